import type { CreateServiceCommandInput, Service } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { AwsReads } from '../../../../src/aws/reads.ts';
import { absent } from '../../../../src/engine/kind.ts';
import type { ECSService, ECSServiceSpec, ECSServiceStatus } from '../../../../src/kinds/service/api.ts';
import { service } from '../../../../src/kinds/service/kind.ts';
import type { ObservedService } from '../../../../src/kinds/service/observe.ts';
import {
  arns,
  deleted,
  desired,
  ecsService,
  foreignTags,
  liveService,
  type ObjectOptions,
  ownTags,
  primaryDeployment,
  region,
  summaries,
} from '../../../support/builders.ts';
import { unusedReads } from '../../../support/reads.ts';

const base: ECSServiceSpec = { cluster: 'prod', taskDefinition: 'web:1', desiredCount: 2 };

function web(spec: ECSServiceSpec = {}, options: ObjectOptions<ECSServiceStatus> = {}): ECSService {
  return ecsService('web', { ...base, ...spec }, options);
}

function observed(of: ECSService, live: Partial<Service> = {}): ObservedService {
  return {
    service: liveService(of, live),
    revision: undefined,
    lastDeployment: undefined,
    lastTarget: undefined,
    unassociated: [],
  };
}

function creation(of: ECSService): CreateServiceCommandInput {
  const [step] = summaries(service.plan(desired(of), absent));
  if (step === undefined || !('operation' in step)) throw new Error('nothing is created');
  expect(step.operation).toBe('CreateService');
  return { serviceName: undefined, ...step.input };
}

describe('creating', () => {
  test('sends what the user wrote in AWS own words, with our tags and a token, and none of the operator fields', () => {
    const of = web({
      driftPolicy: 'Report',
      deletionPolicy: 'Retain',
      adoptionPolicy: 'Adopt',
      region,
      allowedNamespaces: ['*'],
    });
    expect(creation(of)).toEqual({
      serviceName: 'web',
      cluster: 'prod',
      taskDefinition: 'web:1',
      desiredCount: 2,
      tags: ownTags(of),
      clientToken: expect.stringMatching(/^[0-9a-f]{32}$/),
    });
  });

  test('starts one task when the user leaves the count open, and none of its own for a DAEMON', () => {
    expect(creation(web({ desiredCount: undefined })).desiredCount).toBe(1);
    expect(creation(web({ desiredCount: undefined, schedulingStrategy: 'DAEMON' }))).not.toHaveProperty(
      'desiredCount',
      1,
    );
  });

  test('uses what the references lead to', () => {
    const of = ecsService('web', { clusterRef: { name: 'prod' }, taskDefinitionRef: { name: 'web' } });
    const wish = desired(of, {
      'spec.clusterRef': { arn: arns.cluster('prod'), name: 'prod', region },
      'spec.taskDefinitionRef': { arn: arns.taskDefinition('web:7'), name: 'web:7', region },
    });
    const [step] = summaries(service.plan(wish, absent));
    expect(step).toMatchObject({
      input: { cluster: arns.cluster('prod'), taskDefinition: arns.taskDefinition('web:7') },
    });
    expect(step).not.toHaveProperty('input.clusterRef');
    expect(step).not.toHaveProperty('input.taskDefinitionRef');
  });

  test('has the same token for the same content, so that a lost answer makes no second service', () => {
    const reordered = ecsService('web', { desiredCount: 2, taskDefinition: 'web:1', cluster: 'prod' });
    expect(creation(reordered).clientToken).toBe(creation(web()).clientToken);
  });

  test.each<[string, ECSService]>([
    ['another content', web({ desiredCount: 3 })],
    ['another object of the same name', web({}, { metadata: { uid: 'another' } })],
    ['a service that was seen and deleted since', web({}, { status: { createdAt: '2026-01-01T00:00:00Z' } })],
  ])('has another token for %s', (_what, of) => {
    expect(creation(of).clientToken).not.toBe(creation(web()).clientToken);
  });
});

describe('whose service it is', () => {
  test('one of another object is refused, whatever the policy', () => {
    for (const adoptionPolicy of ['Never', 'Adopt'] as const) {
      const of = web({ adoptionPolicy });
      expect(() => service.plan(desired(of), observed(of, { tags: [...foreignTags] }))).toThrow(
        expect.objectContaining({ reason: 'NotOwned', disposition: 'terminal' }),
      );
    }
  });

  test('one of nobody is refused, and taken over with Adopt by tagging it', () => {
    const never = web();
    expect(() => service.plan(desired(never), observed(never, { tags: [] }))).toThrow(/adoptionPolicy: Adopt/);
    const adopt = web({ adoptionPolicy: 'Adopt' });
    expect(summaries(service.plan(desired(adopt), observed(adopt, { tags: [{ key: 'team', value: 'x' }] })))).toEqual([
      {
        operation: 'TagResource',
        input: { resourceArn: arns.service('prod', 'web'), tags: ownTags(adopt) },
        reason: 'tags set: ecs-operator.dev/object, ecs-operator.dev/owner',
      },
    ]);
  });

  test('one of nobody or of another object is never deleted', () => {
    const of = web({ adoptionPolicy: 'Adopt' }, { metadata: deleted });
    for (const tags of [[], [...foreignTags]]) {
      expect(() => service.retire(desired(of), observed(of, { tags }))).toThrow(
        expect.objectContaining({ reason: 'NotOwned' }),
      );
    }
  });
});

describe('tags', () => {
  test('are added, changed and removed by key, and those of other tools stay', () => {
    const of = web(
      {
        tags: [
          { key: 'a', value: '2' },
          { key: 'b', value: '1' },
        ],
      },
      { status: { settledFields: ['tags/a', 'tags/gone'] } },
    );
    const live = ownTags(
      of,
      { key: 'a', value: '1' },
      { key: 'gone', value: '' },
      { key: 'others', value: '' },
      { key: 'aws:x', value: '' },
    );
    expect(summaries(service.plan(desired(of), observed(of, { tags: live })))).toMatchObject([
      {
        operation: 'TagResource',
        input: {
          tags: [
            { key: 'a', value: '2' },
            { key: 'b', value: '1' },
          ],
        },
      },
      { operation: 'UntagResource', input: { tagKeys: ['gone'] } },
    ]);
  });
});

describe('a service that is going', () => {
  test('of the same name is waited for before it is created again', () => {
    const of = web();
    expect(summaries(service.plan(desired(of), observed(of, { status: 'DRAINING' })))).toMatchObject([
      { wait: 'Draining' },
    ]);
  });

  test('is deleted by force, once, and then waited for', () => {
    const of = web({}, { metadata: deleted });
    expect(summaries(service.retire(desired(of), observed(of)))).toEqual([
      {
        operation: 'DeleteService',
        input: { cluster: 'prod', service: 'web', force: true },
        reason: 'service web deleted',
      },
    ]);
    expect(summaries(service.retire(desired(of), observed(of, { status: 'DRAINING', runningCount: 3 })))).toEqual([
      { wait: 'Draining', message: 'Waiting for ECS to stop 3 running tasks.' },
    ]);
  });

  test('is found by the status when its cluster object is gone', () => {
    const of = ecsService(
      'web',
      { clusterRef: { name: 'prod' } },
      { metadata: deleted, status: { clusterArn: arns.cluster('prod') } },
    );
    expect(summaries(service.retire(desired(of), observed(of)))).toMatchObject([
      { input: { cluster: arns.cluster('prod') } },
    ]);
  });
});

describe('observing', () => {
  const signal = new AbortController().signal;
  const observe = (of: ECSService, reads: Partial<AwsReads>, references = {}) =>
    service.observe({ reads: { ...unusedReads, ...reads }, signal, afterChange: false }, desired(of, references));
  const elsewhere = {
    'spec.clusterRef': { arn: arns.cluster('prod', 'eu-west-1'), name: 'prod', region: 'eu-west-1' },
  };

  test('asks for nothing but the service when it is known and has nothing to hide', async () => {
    const of = web({}, { status: { serviceArn: arns.service('prod', 'web') } });
    const live = liveService(of);
    expect(await observe(of, { describeService: async () => live })).toEqual(observed(of));
  });

  test('finds out from an empty cluster that a new service cannot exist', async () => {
    const cluster = { status: 'ACTIVE', activeServicesCount: 0 };
    expect(await observe(web(), { describeCluster: async () => cluster })).toBe(absent);
  });

  test('is blocked while the cluster does not exist', async () => {
    for (const found of [undefined, { status: 'INACTIVE' }]) {
      await expect(observe(web(), { describeCluster: async () => found })).rejects.toMatchObject({
        disposition: 'blocked',
        reason: 'ClusterNotFound',
      });
    }
  });

  test.each([undefined, 'INACTIVE'])('takes a service that is %s as absent', async (status) => {
    const of = web({}, { status: { serviceArn: arns.service('prod', 'web') } });
    const found = status === undefined ? undefined : liveService(of, { status });
    expect(await observe(of, { describeService: async () => found })).toBe(absent);
  });

  test('refuses a reference into another region, which cannot work', async () => {
    const of = ecsService('web', { clusterRef: { name: 'prod' } });
    await expect(observe(of, {}, elsewhere)).rejects.toMatchObject({
      disposition: 'terminal',
      reason: 'RegionMismatch',
    });
  });

  test('lets a service go that never came to be because its cluster is in another region', async () => {
    const of = ecsService('web', { clusterRef: { name: 'prod' } }, { metadata: deleted });
    expect(await observe(of, {}, elsewhere)).toBe(absent);
  });

  test('reads the newest service revision when the spec says something that only it shows', async () => {
    const of = web({ volumeConfigurations: [{ name: 'data' }] }, { status: { serviceArn: 'arn' } });
    // The numbers are as AWS gives them: they do not grow with time.
    const createdAt = new Map(['99', '100', '7'].map((id, minute) => [`arn:revision/web/${id}`, new Date(minute)]));
    const currentServiceRevisions = [...createdAt.keys()].toReversed().map((arn) => ({ arn }));
    const live = liveService(of, { currentServiceRevisions });
    const describeServiceRevision = async (arn: string) => ({
      serviceRevisionArn: arn,
      createdAt: createdAt.get(arn),
      volumeConfigurations: [{ name: 'data' }],
    });
    expect(await observe(of, { describeService: async () => live, describeServiceRevision })).toMatchObject({
      revision: { serviceRevisionArn: 'arn:revision/web/7' },
    });
  });
});

describe('what a service is to others', () => {
  test('is known while it is ACTIVE', () => {
    const status = { serviceArn: arns.service('prod', 'web'), serviceName: 'web', status: 'ACTIVE' };
    expect(service.identity(web({}, { status }))).toEqual({ arn: status.serviceArn, name: 'web', region });
    expect(service.identity(web({}, { status: { ...status, status: 'DRAINING' } }))).toBeUndefined();
    expect(service.identity(web())).toBeUndefined();
  });
});

describe('how far a service is', () => {
  const progress = (live: Partial<Service>) => service.conclude(desired(web()), observed(web(), live)).progress;
  const events = [{ id: 'e', createdAt: new Date(0), message: '(service web) was unable to place a task.' }];

  test.each<[string, Partial<Service>, object]>([
    ['live once all tasks run', {}, { kind: 'live' }],
    [
      'rolling out while the primary deployment is in progress, even with the right number of tasks',
      { deployments: [primaryDeployment({ rolloutState: 'IN_PROGRESS', runningCount: 1 })] },
      { kind: 'progressing', reason: 'RolloutInProgress', message: 'web:1: 1 of 2 tasks are running.' },
    ],
    [
      'rolling out with failures, and says why tasks do not start',
      { deployments: [primaryDeployment({ rolloutState: 'IN_PROGRESS', runningCount: 0, failedTasks: 3 })], events },
      {
        kind: 'progressing',
        reason: 'RolloutInProgress',
        message:
          'web:1: 0 of 2 tasks are running. 3 tasks failed. Last event: (service web) was unable to place a task.',
      },
    ],
    [
      'scaling',
      { runningCount: 1, pendingCount: 1 },
      { kind: 'progressing', reason: 'Scaling', message: '1 of 2 tasks are running, 1 pending.' },
    ],
    ['scaling in', { runningCount: 3 }, { kind: 'progressing', reason: 'Scaling' }],
    [
      'stalled after a failed deployment that nothing rolled back',
      {
        deployments: [
          primaryDeployment({
            rolloutState: 'FAILED',
            rolloutStateReason: 'ECS deployment circuit breaker: tasks failed to start.',
          }),
        ],
      },
      {
        kind: 'stalled',
        reason: 'DeploymentFailed',
        message: 'ECS deployment circuit breaker: tasks failed to start. (web:1). Change the spec to try again.',
      },
    ],
  ])('%s', (_what, live, expected) => {
    expect(progress(live)).toMatchObject(expected);
  });
});

describe('the status', () => {
  test('shows what AWS shows, with times as Kubernetes writes them', () => {
    const { status } = service.conclude(desired(web()), observed(web()));
    expect(status).toMatchObject({
      serviceArn: arns.service('prod', 'web'),
      clusterArn: arns.cluster('prod'),
      createdAt: '2026-01-01T00:00:00Z',
      taskDefinition: arns.taskDefinition('web:1'),
      taskDefinitionRevision: 'web:1',
      rolloutState: 'COMPLETED',
      runningCount: 2,
    });
  });

  test('shows ten events, newest first, and none twice', () => {
    const events = Array.from({ length: 30 }, (_, index) => ({
      id: `e${index}`,
      createdAt: new Date(1_000_000 - index * 1_000),
      message: index % 2 === 0 ? 'has reached a steady state.' : `has started task ${index}.`,
    }));
    const shown = service.conclude(desired(web()), observed(web(), { events })).status.events ?? [];
    expect(shown.map(({ id }) => id)).toEqual(['e0', 'e1', 'e3', 'e5', 'e7', 'e9', 'e11', 'e13', 'e15', 'e17']);
  });
});
