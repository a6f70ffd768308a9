import { expect } from 'vitest';
import { cluster, taskDefinition } from '../../support/manifests.ts';
import {
  activeRevisions,
  clusterIn,
  isOwned,
  networkOf,
  revisionIn,
  running,
  type Scenario,
  serviceIn,
  taskCount,
  trio,
  userTags,
  withSpec,
} from './stage.ts';

export const creation: readonly Scenario[] = [
  {
    name: 'a cluster is created with its settings, capacity providers, strategy and tags',
    shows: ['ECSCluster create'],
    async play(stage) {
      const spec = {
        settings: [{ name: 'containerInsights', value: 'enabled' }],
        capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 1 }],
        tags: [{ key: 'team', value: 'blue' }],
      } as const;
      await stage.bed.apply(withSpec(cluster('c-full'), spec));
      const { status } = await stage.bed.ready('ECSCluster', 'c-full');
      const live = await clusterIn(stage, 'c-full');
      expect(live).toMatchObject({
        status: 'ACTIVE',
        clusterArn: status?.clusterArn,
        settings: expect.arrayContaining([{ name: 'containerInsights', value: 'enabled' }]),
        capacityProviders: expect.arrayContaining(['FARGATE', 'FARGATE_SPOT']),
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 1 }],
      });
      expect(userTags(live?.tags)).toEqual({ team: 'blue' });
      expect(isOwned(live?.tags)).toBe(true);
    },
  },
  {
    name: 'a task definition is registered as the spec says, with tags',
    shows: ['ECSTaskDefinition create'],
    async play(stage) {
      const spec = {
        containerDefinitions: [
          {
            name: 'app',
            image: 'nginx:1',
            portMappings: [{ containerPort: 80 }],
            environment: [{ name: 'A', value: '1' }],
            command: ['serve'],
          },
        ],
        tags: [{ key: 'team', value: 'blue' }],
      };
      await stage.bed.apply(withSpec(taskDefinition('td-full'), spec));
      const { status } = await stage.bed.ready('ECSTaskDefinition', 'td-full');
      const { taskDefinition: live, tags } = await revisionIn(stage, 'td-full:1');
      expect(live).toMatchObject({
        status: 'ACTIVE',
        family: 'td-full',
        revision: 1,
        taskDefinitionArn: status?.taskDefinitionArn,
        networkMode: 'awsvpc',
        cpu: '256',
        memory: '512',
        containerDefinitions: [
          { name: 'app', image: 'nginx:1', command: ['serve'], environment: [{ name: 'A', value: '1' }] },
        ],
      });
      expect(userTags(tags)).toEqual({ team: 'blue' });
      expect(isOwned(tags)).toBe(true);
    },
  },
  {
    name: 'a service is created in its cluster from its task definition and runs its tasks',
    shows: ['ECSService create'],
    async play(stage) {
      const mark = stage.mark();
      const [first, second, third] = trio(stage, 's-full', { tags: [{ key: 'team', value: 'blue' }] });
      await stage.bed.apply(third, second, first);
      const { status } = await stage.bed.ready('ECSService', 's-full');
      expect(status).toMatchObject({
        status: 'ACTIVE',
        desiredCount: taskCount,
        runningCount: taskCount,
        pendingCount: 0,
        taskDefinitionRevision: 's-full:1',
      });
      const live = await serviceIn(stage, 's-full');
      expect(live).toMatchObject({
        status: 'ACTIVE',
        serviceArn: status?.serviceArn,
        launchType: 'FARGATE',
        desiredCount: taskCount,
        runningCount: taskCount,
        taskDefinition: expect.stringMatching(/:task-definition\/s-full:1$/),
        networkConfiguration: networkOf(stage),
      });
      expect(userTags(live?.tags)).toEqual({ team: 'blue' });
      expect(isOwned(live?.tags)).toBe(true);
      expect(stage.mutations(mark).toSorted()).toEqual(['CreateCluster', 'CreateService', 'RegisterTaskDefinition']);
    },
  },
  {
    name: 'a second pass over everything, and one by a restarted operator, change nothing',
    shows: ['ECSCluster update', 'ECSTaskDefinition update', 'ECSService update'],
    async play(stage) {
      const tags = [{ key: 'team', value: 'blue' }];
      const [first, second, third] = trio(stage, 'idle', {
        tags,
        enableECSManagedTags: true,
        propagateTags: 'SERVICE',
      });
      await stage.bed.apply(
        withSpec(first, {
          tags,
          settings: [{ name: 'containerInsights', value: 'enabled' }],
          capacityProviders: ['FARGATE'],
        }),
        withSpec(second, { tags }),
        third,
      );
      await stage.bed.ready('ECSService', 'idle');
      const mark = stage.mark();
      for (const { kind } of [first, second, third]) {
        expect(await stage.bed.pass(kind, 'idle'), kind).toMatchObject({ kind: 'settled' });
      }
      await stage.bed.restartOperator();
      for (const { kind } of [first, second, third]) {
        expect(await stage.bed.pass(kind, 'idle'), kind).toMatchObject({ kind: 'settled' });
      }
      expect(stage.mutations(mark)).toEqual([]);
      expect(await activeRevisions(stage, 'idle')).toEqual(['idle:1']);
    },
  },
  {
    name: 'the same names are created anew after a deletion, and the revisions count on',
    shows: ['ECSCluster create', 'ECSTaskDefinition create', 'ECSService create'],
    async play(stage) {
      await running(stage, 'again');
      const kinds = trio(stage, 'again').map(({ kind }) => kind);
      for (const kind of kinds) await stage.bed.delete(kind, 'again');
      for (const kind of kinds) await stage.bed.gone(kind, 'again');
      await running(stage, 'again');
      expect((await serviceIn(stage, 'again'))?.taskDefinition).toMatch(/:task-definition\/again:2$/);
      expect(await activeRevisions(stage, 'again')).toEqual(['again:2']);
    },
  },
];
