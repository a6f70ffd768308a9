import { CreateClusterCommand, CreateServiceCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { expect } from 'vitest';
import { cluster, running as containers, service, taskDefinition } from '../../support/manifests.ts';
import { condition, type Manifest } from '../../support/namespace-bed.ts';
import {
  activeRevisions,
  clusterIn,
  isOwned,
  networkOf,
  revisionIn,
  type Scenario,
  type Stage,
  serviceIn,
  taskCount,
  withSpec,
} from './stage.ts';

export const ownership: readonly Scenario[] = [
  {
    name: 'what somebody else has made is refused and not touched, also when the object is deleted',
    shows: ['ECSCluster create', 'ECSTaskDefinition create', 'ECSService create'],
    async play(stage) {
      await existing(stage, 'theirs');
      const mark = stage.mark();
      const wanted = manifests(stage, 'theirs');
      await stage.bed.apply(...wanted);
      for (const { kind } of wanted) {
        const object = await stage.bed.notReady(kind, 'theirs', 'NotOwned');
        expect(condition(object, 'Stalled')?.message).toContain('was not created by this operator');
      }
      for (const { kind } of wanted) await stage.bed.delete(kind, 'theirs');
      for (const { kind } of wanted) await stage.bed.gone(kind, 'theirs');
      expect(stage.mutations(mark)).toEqual([]);
      expect(isOwned((await clusterIn(stage, 'theirs'))?.tags)).toBe(false);
      expect(isOwned((await revisionIn(stage, 'theirs:1')).tags)).toBe(false);
      expect(await serviceIn(stage, 'theirs')).toMatchObject({ status: 'ACTIVE', desiredCount: taskCount });
    },
  },
  {
    name: 'what somebody else has made is taken over with adoptionPolicy Adopt, tagged and not replaced',
    shows: ['ECSCluster update', 'ECSTaskDefinition update', 'ECSService update'],
    async play(stage) {
      await existing(stage, 'adopted');
      const before = await serviceIn(stage, 'adopted');
      const mark = stage.mark();
      const wanted = manifests(stage, 'adopted').map((one) => withSpec(one, { adoptionPolicy: 'Adopt' }));
      await stage.bed.apply(...wanted);
      for (const { kind } of wanted) await stage.bed.ready(kind, 'adopted');
      expect(stage.mutations(mark)).toEqual(['TagResource', 'TagResource', 'TagResource']);
      const after = await serviceIn(stage, 'adopted');
      expect(after).toMatchObject({ serviceArn: before?.serviceArn, taskDefinition: before?.taskDefinition });
      expect(after?.deployments?.map(({ id }) => id)).toEqual(before?.deployments?.map(({ id }) => id));
      expect(isOwned(after?.tags)).toBe(true);
      expect(isOwned((await clusterIn(stage, 'adopted'))?.tags)).toBe(true);
      expect(isOwned((await revisionIn(stage, 'adopted:1')).tags)).toBe(true);
      expect(await activeRevisions(stage, 'adopted')).toEqual(['adopted:1']);
    },
  },
  {
    name: 'what belongs to another object is refused, with adoptionPolicy Adopt too',
    shows: ['ECSCluster create'],
    async play(stage) {
      await stage.bed.apply(cluster('owned'));
      await stage.bed.ready('ECSCluster', 'owned');
      const mark = stage.mark();
      await stage.bed.apply(cluster('rival', { clusterName: 'owned', adoptionPolicy: 'Adopt' }));
      const rival = await stage.bed.notReady('ECSCluster', 'rival', 'NotOwned');
      expect(condition(rival, 'Stalled')?.message).toContain('belongs to ECSCluster/');
      await stage.bed.delete('ECSCluster', 'rival');
      await stage.bed.gone('ECSCluster', 'rival');
      expect(stage.mutations(mark)).toEqual([]);
      expect(await clusterIn(stage, 'owned')).toMatchObject({ status: 'ACTIVE' });
    },
  },
];

/** Names its cluster and revision as AWS does, so that it waits for no other object. */
function manifests(stage: Stage, name: string): readonly Manifest[] {
  const spec = {
    cluster: name,
    taskDefinition: `${name}:1`,
    desiredCount: taskCount,
    networkConfiguration: networkOf(stage),
  };
  return [cluster(name), taskDefinition(name), service(name, spec)];
}

/** A cluster, a revision and a service as another tool makes them. */
async function existing(stage: Stage, name: string): Promise<void> {
  const { aws } = stage.bed;
  await aws.send(new CreateClusterCommand({ clusterName: name }));
  await aws.send(
    new RegisterTaskDefinitionCommand({
      family: name,
      requiresCompatibilities: ['FARGATE'],
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      ...containers('nginx:1'),
    }),
  );
  await aws.send(
    new CreateServiceCommand({
      cluster: name,
      serviceName: name,
      taskDefinition: name,
      desiredCount: taskCount,
      launchType: 'FARGATE',
      networkConfiguration: networkOf(stage),
    }),
  );
}
