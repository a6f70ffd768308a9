import { UntagResourceCommand, UpdateClusterCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { expect } from 'vitest';
import { cluster, running as containers, rollingBack, taskDefinition } from '../../support/manifests.ts';
import { condition } from '../../support/namespace-bed.ts';
import {
  activeRevisions,
  clusterIn,
  isOwned,
  networkOf,
  revisionIn,
  running,
  type Scenario,
  type Stage,
  serviceIn,
  taskCount,
  trio,
  userTags,
  withSpec,
} from './stage.ts';

export const changes: readonly Scenario[] = [
  {
    name: "a cluster's settings, capacity providers and tags are changed in place",
    shows: ['ECSCluster update'],
    async play(stage) {
      const before = {
        settings: [{ name: 'containerInsights', value: 'enabled' }],
        tags: tagged({ team: 'blue', stays: '1' }),
      };
      await stage.bed.apply(withSpec(cluster('c-update'), before));
      await stage.bed.ready('ECSCluster', 'c-update');
      const arn = (await clusterIn(stage, 'c-update'))?.clusterArn;
      const mark = stage.mark();
      const after = {
        settings: [{ name: 'containerInsights', value: 'disabled' }],
        capacityProviders: ['FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 2 }],
        tags: tagged({ stays: '1', tier: 'web' }),
      };
      await stage.bed.apply(withSpec(cluster('c-update'), after));
      await stage.bed.ready('ECSCluster', 'c-update');
      const live = await clusterIn(stage, 'c-update');
      expect(live).toMatchObject({
        clusterArn: arn,
        settings: expect.arrayContaining([{ name: 'containerInsights', value: 'disabled' }]),
        capacityProviders: ['FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 2 }],
      });
      expect(userTags(live?.tags)).toEqual({ stays: '1', tier: 'web' });
      expect(stage.mutations(mark).toSorted()).toEqual([
        'PutClusterCapacityProviders',
        'TagResource',
        'UntagResource',
        'UpdateCluster',
      ]);
    },
  },
  {
    name: "a task definition's tags are changed without a new revision",
    shows: ['ECSTaskDefinition update'],
    async play(stage) {
      await stage.bed.apply(withSpec(taskDefinition('td-tags'), { tags: tagged({ team: 'blue' }) }));
      await stage.bed.ready('ECSTaskDefinition', 'td-tags');
      await stage.bed.apply(withSpec(taskDefinition('td-tags'), { tags: tagged({ tier: 'web' }) }));
      await stage.bed.ready('ECSTaskDefinition', 'td-tags');
      expect(userTags((await revisionIn(stage, 'td-tags:1')).tags)).toEqual({ tier: 'web' });
      expect(await activeRevisions(stage, 'td-tags')).toEqual(['td-tags:1']);
    },
  },
  {
    name: 'a service is scaled up and down',
    shows: ['ECSService update'],
    async play(stage) {
      await running(stage, 's-scale');
      for (const desiredCount of [4, 1]) {
        const mark = stage.mark();
        await running(stage, 's-scale', { desiredCount });
        expect(await serviceIn(stage, 's-scale')).toMatchObject({
          desiredCount,
          runningCount: desiredCount,
          pendingCount: 0,
        });
        expect(stage.mutations(mark)).toEqual(['UpdateService']);
      }
    },
  },
  {
    name: "a service's network, flags and tags are changed in place",
    shows: ['ECSService update'],
    async play(stage) {
      await running(stage, 's-update', { tags: tagged({ team: 'blue' }) });
      const arn = (await serviceIn(stage, 's-update'))?.serviceArn;
      const [first] = stage.subnets;
      const network = { awsvpcConfiguration: { subnets: [...stage.subnets], securityGroups: [stage.securityGroup] } };
      const flags = { enableECSManagedTags: true, propagateTags: 'SERVICE' } as const;
      await running(stage, 's-update', { networkConfiguration: network, ...flags, tags: tagged({ tier: 'web' }) });
      const live = await serviceIn(stage, 's-update');
      expect(live).toMatchObject({ serviceArn: arn, ...flags });
      expect(live?.networkConfiguration?.awsvpcConfiguration?.subnets?.toSorted()).toEqual(stage.subnets.toSorted());
      expect(userTags(live?.tags)).toEqual({ tier: 'web' });

      const mark = stage.mark();
      await running(stage, 's-update', { networkConfiguration: networkOf(stage) });
      const back = await serviceIn(stage, 's-update');
      expect(back?.networkConfiguration?.awsvpcConfiguration?.subnets).toEqual([first]);
      expect(back).toMatchObject({ propagateTags: 'NONE', enableECSManagedTags: false });
      expect(userTags(back?.tags)).toEqual({});
      expect(stage.mutations(mark).toSorted()).toEqual(['UntagResource', 'UpdateService']);
    },
  },
  {
    name: 'a service rolls to the new revision of its task definition, and back to the old one without a third',
    shows: ['ECSTaskDefinition roll', 'ECSService roll'],
    async play(stage) {
      await running(stage, 's-roll');
      for (const [image, revision] of [
        ['nginx:2', 's-roll:2'],
        ['nginx:1', 's-roll:1'],
      ] as const) {
        await stage.bed.apply(taskDefinition('s-roll', containers(image)));
        await runs(stage, 's-roll', revision);
        const live = await serviceIn(stage, 's-roll');
        expect(live?.taskDefinition).toMatch(new RegExp(`:task-definition/${revision}$`));
        const primary = live?.deployments?.find(({ status }) => status === 'PRIMARY');
        expect(primary?.taskDefinition).toBe(live?.taskDefinition);
        expect(live).toMatchObject({ desiredCount: taskCount, runningCount: taskCount });
      }
      expect(await activeRevisions(stage, 's-roll')).toEqual(['s-roll:1', 's-roll:2']);
    },
  },
  {
    name: 'a rollout whose tasks fail is rolled back by ECS, told, and not tried again',
    shows: ['ECSService roll'],
    async play(stage) {
      await running(stage, 's-back', rollingBack);
      await stage.bed.apply(taskDefinition('s-back', containers('sim/exit:1')));
      const object = await stage.bed.notReady('ECSService', 's-back', 'RolledBack');
      expect(condition(object, 'Ready')?.message).toContain('ECS rolled back from s-back:2 to s-back:1');
      const mark = stage.mark();
      await stage.bed.pass('ECSService', 's-back');
      expect(stage.mutations(mark)).toEqual([]);
      expect((await serviceIn(stage, 's-back'))?.taskDefinition).toMatch(/:task-definition\/s-back:1$/);
    },
  },
  {
    name: 'what somebody changes in AWS is set right',
    shows: ['ECSCluster update', 'ECSService update'],
    async play(stage) {
      const [first, ...others] = trio(stage, 'drift', { tags: tagged({ team: 'blue' }) });
      const settings = [{ name: 'containerInsights' as const, value: 'enabled' }];
      await stage.bed.apply(withSpec(first, { settings }), ...others);
      await stage.bed.ready('ECSService', 'drift');
      await meddle(stage, 'drift');
      const mark = stage.mark();
      for (const kind of ['ECSCluster', 'ECSService']) await stage.bed.pass(kind, 'drift');
      await stage.bed.ready('ECSCluster', 'drift');
      await stage.bed.eventually(
        'ECSService',
        'drift',
        'has its count again',
        ({ status }) => status?.runningCount === taskCount,
      );
      expect((await clusterIn(stage, 'drift'))?.settings).toEqual(expect.arrayContaining(settings));
      const live = await serviceIn(stage, 'drift');
      expect(live).toMatchObject({ desiredCount: taskCount, runningCount: taskCount });
      expect(userTags(live?.tags)).toEqual({ team: 'blue' });
      expect(stage.mutations(mark).toSorted()).toEqual(['TagResource', 'UpdateCluster', 'UpdateService']);
      expect(await stage.bed.told('ECSService', 'drift', 'DriftCorrected')).toContain(`desiredCount 5 -> ${taskCount}`);
    },
  },
  {
    name: 'with driftPolicy Report what somebody changes in AWS is told and left',
    shows: ['ECSService update'],
    async play(stage) {
      await running(stage, 'report', { driftPolicy: 'Report' });
      await stage.bed.aws.send(new UpdateServiceCommand({ cluster: 'report', service: 'report', desiredCount: 5 }));
      const mark = stage.mark();
      await stage.bed.pass('ECSService', 'report');
      const object = await stage.bed.notReady('ECSService', 'report', 'Drifted');
      expect(condition(object, 'Ready')?.message).toContain(`desiredCount 5 -> ${taskCount}`);
      expect(stage.mutations(mark)).toEqual([]);
      expect(await serviceIn(stage, 'report')).toMatchObject({ desiredCount: 5 });
    },
  },
];

function tagged(tags: Readonly<Record<string, string>>): { key: string; value: string }[] {
  return Object.entries(tags).map(([key, value]) => ({ key, value }));
}

/** A change of the setting, of the count, and of a tag that is the user's. Ours stay, or the service would be nobody's. */
async function meddle(stage: Stage, name: string): Promise<void> {
  const { aws } = stage.bed;
  const arn = (await serviceIn(stage, name))?.serviceArn;
  const settings = [{ name: 'containerInsights' as const, value: 'disabled' }];
  await aws.send(new UpdateClusterCommand({ cluster: name, settings }));
  await aws.send(new UpdateServiceCommand({ cluster: name, service: name, desiredCount: 5 }));
  await aws.send(new UntagResourceCommand({ resourceArn: arn, tagKeys: ['team'] }));
  const live = await serviceIn(stage, name);
  expect(live?.desiredCount).toBe(5);
  expect(isOwned(live?.tags)).toBe(true);
}

/** Ready alone is not enough: the service was so with the revision before. */
async function runs({ bed }: Stage, name: string, revision: string): Promise<void> {
  await bed.eventually(
    'ECSService',
    name,
    `runs ${revision}`,
    ({ status }) => status?.taskDefinitionRevision === revision,
  );
  await bed.ready('ECSService', name);
}
