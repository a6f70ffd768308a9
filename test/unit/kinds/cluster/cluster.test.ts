import type { Cluster } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { absent } from '../../../../src/engine/kind.ts';
import type { ECSClusterSpec, ECSClusterStatus } from '../../../../src/kinds/cluster/api.ts';
import { cluster } from '../../../../src/kinds/cluster/kind.ts';
import { arns, desired, ecsCluster, foreignTags, ownTags, region, summaries } from '../../../support/builders.ts';
import { observedCluster } from '../../../support/builders-cluster.ts';

function plan(spec: ECSClusterSpec, live: Partial<Cluster> = {}, status: ECSClusterStatus | undefined = undefined) {
  const of = ecsCluster('prod', spec, { status });
  return summaries(cluster.plan(desired(of), observedCluster(of, live)));
}

const NAMESPACE_ARN = 'arn:aws:servicediscovery:us-east-1:123456789012:namespace/ns-1';
const namespaceTag = { key: 'ecs-operator.dev/service-connect-namespace', value: 'apps' };

describe('creating a cluster', () => {
  test('sends what the user wrote, with our tags and none of the operator fields', () => {
    const of = ecsCluster('prod', {
      region,
      deletionPolicy: 'Retain',
      adoptionPolicy: 'Adopt',
      driftPolicy: 'Report',
      allowedNamespaces: ['*'],
      capacityProviders: ['FARGATE'],
      tags: [{ key: 'team', value: 'x' }],
    });
    expect(summaries(cluster.plan(desired(of), absent))).toEqual([
      {
        operation: 'CreateCluster',
        input: { clusterName: 'prod', capacityProviders: ['FARGATE'], tags: ownTags(of, { key: 'team', value: 'x' }) },
        reason: 'cluster prod created',
      },
    ]);
  });

  test('keeps the name of the namespace in a tag, because ECS answers with its ARN', () => {
    const of = ecsCluster('prod', { clusterName: 'live', serviceConnectDefaults: { namespace: 'apps' } });
    expect(summaries(cluster.plan(desired(of), absent))).toMatchObject([
      { input: { clusterName: 'live', tags: ownTags(of, namespaceTag) } },
    ]);
  });
});

describe('each difference is sent alone', () => {
  test.each<[string, ECSClusterSpec, Partial<Cluster>, object]>([
    [
      'settings: only the one that differs',
      { settings: [{ name: 'containerInsights', value: 'enabled' }] },
      {},
      {
        operation: 'UpdateCluster',
        input: { cluster: arns.cluster('prod'), settings: [{ name: 'containerInsights', value: 'enabled' }] },
      },
    ],
    [
      'configuration',
      { configuration: { executeCommandConfiguration: { logging: 'NONE' } } },
      {},
      { operation: 'UpdateCluster', input: { configuration: { executeCommandConfiguration: { logging: 'NONE' } } } },
    ],
    [
      'a namespace by ARN',
      { serviceConnectDefaults: { namespace: NAMESPACE_ARN } },
      { serviceConnectDefaults: { namespace: 'arn:other' } },
      { operation: 'UpdateCluster', input: { serviceConnectDefaults: { namespace: NAMESPACE_ARN } } },
    ],
    [
      'capacity providers, with the strategy left as it is',
      { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] },
      {
        capacityProviders: ['FARGATE'],
        defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }],
      },
      {
        operation: 'PutClusterCapacityProviders',
        input: {
          cluster: arns.cluster('prod'),
          capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
          defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }],
        },
        reason: 'capacityProviders changed',
      },
    ],
    [
      'the default strategy, with the providers left as they are',
      { defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 2 }] },
      { capacityProviders: ['FARGATE'] },
      {
        operation: 'PutClusterCapacityProviders',
        input: {
          capacityProviders: ['FARGATE'],
          defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 2 }],
        },
        reason: 'defaultCapacityProviderStrategy changed',
      },
    ],
  ])('%s', (_what, spec, live, expected) => {
    const steps = plan(spec, live);
    expect(steps).toHaveLength(1);
    expect(steps).toMatchObject([expected]);
  });

  test('a namespace by name is compared with the name asked for last, and the tag follows', () => {
    const live = { serviceConnectDefaults: { namespace: NAMESPACE_ARN } };
    const of = ecsCluster('prod', { serviceConnectDefaults: { namespace: 'apps' } });
    expect(plan(of.spec, { ...live, tags: ownTags(of, namespaceTag) })).toEqual([]);
    expect(plan(of.spec, { ...live, tags: ownTags(of, { ...namespaceTag, value: 'old' }) })).toMatchObject([
      { operation: 'UpdateCluster', input: { serviceConnectDefaults: { namespace: 'apps' } } },
      { operation: 'TagResource', input: { tags: [namespaceTag] } },
    ]);
  });

  test('a tag of ours about the namespace goes with the name', () => {
    const of = ecsCluster('prod', { serviceConnectDefaults: { namespace: NAMESPACE_ARN } });
    const live = { serviceConnectDefaults: { namespace: NAMESPACE_ARN }, tags: ownTags(of, namespaceTag) };
    expect(plan(of.spec, live)).toMatchObject([{ operation: 'UntagResource', input: { tagKeys: [namespaceTag.key] } }]);
  });
});

describe('no difference', () => {
  const both = [
    { capacityProvider: 'FARGATE', weight: 1, base: 0 },
    { capacityProvider: 'FARGATE_SPOT', weight: 0, base: 0 },
  ];

  test.each<[string, ECSClusterSpec, Partial<Cluster>]>([
    [
      'a minimal spec over what AWS fills in',
      {},
      { capacityProviders: ['FARGATE'], settings: [{ name: 'containerInsights', value: 'enabled' }] },
    ],
    [
      'reordered providers',
      { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] },
      { capacityProviders: ['FARGATE_SPOT', 'FARGATE'] },
    ],
    [
      'weight and base that AWS fills in, reordered',
      {
        defaultCapacityProviderStrategy: [
          { capacityProvider: 'FARGATE_SPOT' },
          { capacityProvider: 'FARGATE', weight: 1 },
        ],
      },
      { defaultCapacityProviderStrategy: both },
    ],
    [
      'tags of other tools',
      {},
      { tags: ownTags(ecsCluster('prod'), { key: 'others', value: 'x' }, { key: 'aws:cfn', value: 'x' }) },
    ],
  ])('is in %s', (_what, spec, live) => {
    expect(plan(spec, live)).toEqual([]);
  });
});

describe('a field taken out of the spec', () => {
  const strategy = [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }];
  const namespace = { serviceConnectDefaults: { namespace: NAMESPACE_ARN } };

  test.each<[string, Partial<Cluster>, object]>([
    ['capacityProviders', { capacityProviders: ['FARGATE'] }, { capacityProviders: [] }],
    [
      'defaultCapacityProviderStrategy',
      { defaultCapacityProviderStrategy: strategy },
      { defaultCapacityProviderStrategy: [] },
    ],
    ['serviceConnectDefaults', namespace, { serviceConnectDefaults: { namespace: '' } }],
  ])('%s is reset in AWS if it was set before, and else left alone', (field, live, input) => {
    expect(plan({}, live, { settledFields: [field] })).toMatchObject([{ input }]);
    expect(plan({}, live)).toEqual([]);
    expect(plan({}, {}, { settledFields: [field] })).toEqual([]);
  });
});

describe('waiting', () => {
  test.each<[string, ECSClusterSpec, Partial<Cluster>, string]>([
    ['while ECS makes the cluster', {}, { status: 'PROVISIONING' }, 'Provisioning'],
    ['while an earlier cluster of the name goes', {}, { status: 'DEPROVISIONING' }, 'Deprovisioning'],
    [
      'while ECS still associates other providers',
      { capacityProviders: ['FARGATE'] },
      { attachmentsStatus: 'UPDATE_IN_PROGRESS' },
      'AttachmentsUpdating',
    ],
  ])('%s', (_what, spec, live, wait) => {
    expect(plan(spec, live)).toMatchObject([{ wait }]);
  });
});

describe('whose cluster it is', () => {
  test('one of another object or of nobody is refused, and one of nobody is taken over with Adopt', () => {
    expect(() => plan({ adoptionPolicy: 'Adopt' }, { tags: [...foreignTags] })).toThrow(/already belongs to/);
    expect(() => plan({}, { tags: [] })).toThrow(/was not created by this operator/);
    expect(plan({ adoptionPolicy: 'Adopt' }, { tags: [] })).toMatchObject([{ operation: 'TagResource' }]);
  });

  test('one left by an earlier object of the same name is taken over with Adopt only', () => {
    const tags = ownTags(ecsCluster('prod', {}, { metadata: { uid: 'earlier' } }));
    expect(() => plan({}, { tags })).toThrow(/earlier object of the same name/);
    expect(plan({ adoptionPolicy: 'Adopt' }, { tags })).toMatchObject([
      { operation: 'TagResource', input: { tags: [{ key: 'ecs-operator.dev/owner', value: 'uid-prod' }] } },
    ]);
  });
});

describe('how far a cluster is', () => {
  test.each<[Partial<Cluster>, object]>([
    [{}, { kind: 'live' }],
    [{ attachmentsStatus: 'UPDATE_COMPLETE' }, { kind: 'live' }],
    [{ attachmentsStatus: 'UPDATE_IN_PROGRESS' }, { kind: 'progressing', reason: 'AttachmentsUpdating' }],
    // MD-11
    [{ attachmentsStatus: 'UPDATING' }, { kind: 'progressing', reason: 'AttachmentsUpdating' }],
    [{ attachmentsStatus: 'UPDATE_FAILED' }, { kind: 'stalled', reason: 'AttachmentsFailed' }],
    [{ status: 'FAILED' }, { kind: 'stalled', reason: 'ClusterFailed' }],
  ])('%o -> %o', (live, progress) => {
    const of = ecsCluster('prod');
    expect(cluster.conclude(desired(of), observedCluster(of, live)).progress).toMatchObject(progress);
  });

  test('it can be referred to once it is ACTIVE', () => {
    const status = { clusterArn: arns.cluster('prod'), clusterName: 'prod', status: 'ACTIVE' };
    expect(cluster.identity(ecsCluster('prod', {}, { status }))).toEqual({
      arn: status.clusterArn,
      name: 'prod',
      region,
    });
    expect(cluster.identity(ecsCluster('prod', {}, { status: { ...status, status: 'PROVISIONING' } }))).toBeUndefined();
  });
});
