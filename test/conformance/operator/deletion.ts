import { CreateServiceCommand, DeleteServiceCommand } from '@aws-sdk/client-ecs';
import { expect } from 'vitest';
import { condition } from '../../support/namespace-bed.ts';
import {
  activeRevisions,
  clusterIn,
  networkOf,
  revisionIn,
  running,
  type Scenario,
  type Stage,
  serviceIn,
  taskCount,
  trio,
  withSpec,
} from './stage.ts';

const everyKind = ['ECSCluster delete', 'ECSTaskDefinition delete', 'ECSService delete'] as const;

export const deletion: readonly Scenario[] = [
  {
    name: 'deleted in the order of the dependencies, nothing is left',
    shows: everyKind,
    async play(stage) {
      await running(stage, 'd-order');
      for (const kind of ['ECSService', 'ECSTaskDefinition', 'ECSCluster']) {
        await stage.bed.delete(kind, 'd-order');
        await stage.bed.gone(kind, 'd-order');
      }
      await nothingLeft(stage, 'd-order');
    },
  },
  {
    name: 'deleted in the reverse order, what is used waits for its users and nothing is left',
    shows: everyKind,
    async play(stage) {
      await running(stage, 'd-reverse');
      for (const kind of ['ECSCluster', 'ECSTaskDefinition']) {
        await stage.bed.delete(kind, 'd-reverse');
        await stage.bed.eventually(
          kind,
          'd-reverse',
          'waits',
          (object) => condition(object, 'Ready')?.reason === 'InUse',
        );
      }
      expect(await serviceIn(stage, 'd-reverse')).toMatchObject({ status: 'ACTIVE' });
      await stage.bed.delete('ECSService', 'd-reverse');
      for (const { kind } of trio(stage, 'd-reverse')) await stage.bed.gone(kind, 'd-reverse');
      await nothingLeft(stage, 'd-reverse');
    },
  },
  {
    name: 'a cluster waits for services of others in AWS, and names them',
    shows: ['ECSCluster delete'],
    async play(stage) {
      const { bed } = stage;
      await running(stage, 'd-shared');
      await bed.aws.send(
        new CreateServiceCommand({
          cluster: 'd-shared',
          serviceName: 'foreign',
          taskDefinition: 'd-shared:1',
          desiredCount: taskCount,
          launchType: 'FARGATE',
          networkConfiguration: networkOf(stage),
        }),
      );
      await bed.delete('ECSService', 'd-shared');
      await bed.gone('ECSService', 'd-shared');
      const mark = stage.mark();
      await bed.delete('ECSCluster', 'd-shared');
      const waits = await bed.eventually(
        'ECSCluster',
        'd-shared',
        'waits',
        (object) => condition(object, 'Ready')?.reason === 'InUse',
      );
      expect(condition(waits, 'Ready')?.message).toContain('AWS still has foreign');
      expect(stage.mutations(mark)).toEqual([]);
      await bed.aws.send(new DeleteServiceCommand({ cluster: 'd-shared', service: 'foreign', force: true }));
      await bed.gone('ECSCluster', 'd-shared');
      expect(await clusterIn(stage, 'd-shared')).toBeUndefined();
    },
  },
  {
    name: 'a service that somebody deletes in AWS is made again',
    shows: ['ECSService create'],
    async play(stage) {
      await running(stage, 'd-behind');
      const command = new DeleteServiceCommand({ cluster: 'd-behind', service: 'd-behind', force: true });
      await stage.bed.aws.send(command);
      const mark = stage.mark();
      // For a moment after a creation AWS may answer from before it, so the operator waits until that can no longer be.
      await stage.bed.later(20_000);
      await stage.bed.pass('ECSService', 'd-behind');
      await stage.bed.told('ECSService', 'd-behind', 'DriftCorrected');
      await stage.bed.ready('ECSService', 'd-behind');
      expect(await serviceIn(stage, 'd-behind')).toMatchObject({ status: 'ACTIVE', runningCount: taskCount });
      expect(stage.mutations(mark)).toEqual(['CreateService']);
    },
  },
  {
    name: 'with deletionPolicy Retain everything stays as it is',
    shows: everyKind,
    async play(stage) {
      const kept = trio(stage, 'd-kept').map((manifest) => withSpec(manifest, { deletionPolicy: 'Retain' }));
      await stage.bed.apply(...kept);
      await stage.bed.ready('ECSService', 'd-kept');
      const before = await Promise.all([clusterIn(stage, 'd-kept'), serviceIn(stage, 'd-kept')]);
      const mark = stage.mark();
      for (const { kind } of kept) await stage.bed.delete(kind, 'd-kept');
      for (const { kind } of kept) await stage.bed.gone(kind, 'd-kept');
      expect(stage.mutations(mark)).toEqual([]);
      expect(await Promise.all([clusterIn(stage, 'd-kept'), serviceIn(stage, 'd-kept')])).toEqual(before);
      expect(await activeRevisions(stage, 'd-kept')).toEqual(['d-kept:1']);
    },
  },
  {
    name: 'an object that never came to be is deleted without a call',
    shows: ['ECSService delete'],
    async play(stage) {
      const [, , service] = trio(stage, 'd-never');
      await stage.bed.apply(service);
      await stage.bed.notReady('ECSService', 'd-never', 'ReferenceNotFound');
      const mark = stage.mark();
      await stage.bed.delete('ECSService', 'd-never');
      await stage.bed.gone('ECSService', 'd-never');
      expect(stage.mutations(mark)).toEqual([]);
    },
  },
];

/** The cluster and the service are gone, the revision is INACTIVE and can still be read. */
async function nothingLeft(stage: Stage, name: string): Promise<void> {
  expect(await serviceIn(stage, name)).toBeUndefined();
  expect(await clusterIn(stage, name)).toBeUndefined();
  expect(await activeRevisions(stage, name)).toEqual([]);
  expect((await revisionIn(stage, `${name}:1`)).taskDefinition.status).toBe('INACTIVE');
}
