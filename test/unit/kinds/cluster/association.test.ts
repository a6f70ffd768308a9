import type { Cluster } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { absent, type Identity, type Unresolved } from '../../../../src/engine/kind.ts';
import type { ECSClusterSpec, ECSClusterStatus } from '../../../../src/kinds/cluster/api.ts';
import { surplusProviders } from '../../../../src/kinds/cluster/associate.ts';
import { cluster } from '../../../../src/kinds/cluster/kind.ts';
import type { ObservedCluster } from '../../../../src/kinds/cluster/observed.ts';
import { usesOf } from '../../../../src/kinds/cluster/uses.ts';
import { arns, ecsCluster, ecsService, liveService, ownTags, summaries } from '../../../support/builders.ts';
import {
  capacity,
  desiredCluster,
  managedInstances,
  observedCluster,
  observedProvider,
  providerIdentity,
} from '../../../support/builders-cluster.ts';

const FIRST = 'spec.capacityProviderRefs[0]';
const SECOND = 'spec.capacityProviderRefs[1]';
const STRATEGY = 'spec.defaultCapacityProviderStrategy[0].capacityProviderRef';

/** A cluster of two providers of ours, the first of which its services use by default. */
const referring: ECSClusterSpec = {
  capacityProviderRefs: [{ name: 'ec2' }, { name: 'spot', namespace: 'shared' }],
  defaultCapacityProviderStrategy: [{ capacityProviderRef: { name: 'ec2' }, weight: 1 }],
};

const notReady: Unresolved = {
  reason: 'ReferenceNotReady',
  message: 'spec.capacityProviderRefs[0]: ECSCapacityProvider team/ec2 is not ready yet.',
};

const ec2 = providerIdentity('ec2');
const spot = providerIdentity('spot-live');
const all: Readonly<Record<string, Identity>> = { [FIRST]: ec2, [SECOND]: spot, [STRATEGY]: ec2 };

interface Given {
  readonly spec?: ECSClusterSpec;
  readonly status?: ECSClusterStatus;
  readonly references?: Readonly<Record<string, Identity>>;
  readonly unresolved?: Readonly<Record<string, Unresolved>>;
  readonly observed?: Partial<ObservedCluster>;
}

function plan(live: Partial<Cluster> | undefined, given: Given = {}) {
  const { spec = referring, status, references = all, unresolved = {}, observed } = given;
  const of = ecsCluster('prod', spec, { status });
  const seen = live === undefined ? absent : observedCluster(of, live, observed);
  return summaries(cluster.plan(desiredCluster(of, references, unresolved), seen));
}

const put = (capacityProviders: readonly string[], defaultCapacityProviderStrategy: readonly object[] = []) => ({
  operation: 'PutClusterCapacityProviders',
  input: { cluster: arns.cluster('prod'), capacityProviders, defaultCapacityProviderStrategy },
});

const byDefault = [{ capacityProvider: 'ec2', weight: 1 }];

describe('references to capacity providers', () => {
  test('are needed later, for a circle of references has to begin somewhere', () => {
    expect(cluster.references(referring)).toEqual([
      { field: FIRST, kind: 'ECSCapacityProvider', to: { name: 'ec2' }, need: 'later' },
      { field: SECOND, kind: 'ECSCapacityProvider', to: { name: 'spot', namespace: 'shared' }, need: 'later' },
      { field: STRATEGY, kind: 'ECSCapacityProvider', to: { name: 'ec2' }, need: 'later' },
    ]);
    expect(cluster.references({ capacityProviders: ['FARGATE'] })).toEqual([]);
  });

  test('that are in another region are refused before anything is made', () => {
    const elsewhere = { [FIRST]: providerIdentity('ec2', 'eu-west-1') };
    expect(() => plan(undefined, { references: elsewhere })).toThrow(
      /^spec\.capacityProviderRefs\[0\] is in eu-west-1 but this cluster is in us-east-1\./,
    );
  });
});

describe('creating a cluster whose providers need it themselves', () => {
  test('makes it without those that do not resolve, and then waits for them', () => {
    const unresolved = { [FIRST]: notReady, [STRATEGY]: notReady };
    const spec = { ...referring, capacityProviders: ['FARGATE'] };
    const of = ecsCluster('prod', spec);
    expect(plan(undefined, { spec, references: { [SECOND]: spot }, unresolved })).toEqual([
      {
        operation: 'CreateCluster',
        input: { clusterName: 'prod', capacityProviders: ['FARGATE', 'spot-live'], tags: ownTags(of) },
        reason: 'cluster prod created',
      },
      { wait: notReady.reason, message: notReady.message },
    ]);
  });

  test('leaves the lists out when nothing of them is known', () => {
    const unresolved = { [FIRST]: notReady, [SECOND]: notReady, [STRATEGY]: notReady };
    const [create] = plan(undefined, { references: {}, unresolved });
    expect(create).toMatchObject({ operation: 'CreateCluster' });
    expect(create).not.toHaveProperty('input.capacityProviders');
    expect(create).not.toHaveProperty('input.defaultCapacityProviderStrategy');
  });

  test('gives it all of them when they are there already', () => {
    expect(plan(undefined)).toMatchObject([
      { input: { capacityProviders: ['ec2', 'spot-live'], defaultCapacityProviderStrategy: byDefault } },
    ]);
  });
});

describe('associating providers', () => {
  test('waits until all resolve, after everything that can be done without them', () => {
    const spec = { ...referring, settings: [{ name: 'containerInsights', value: 'enabled' } as const] };
    expect(plan({}, { spec, unresolved: { [FIRST]: notReady } })).toMatchObject([
      { operation: 'UpdateCluster' },
      { wait: 'ReferenceNotReady', message: notReady.message },
    ]);
  });

  test('sends names and resolved references as one whole list, and the strategy with it (CLU-16)', () => {
    const spec = { ...referring, capacityProviders: ['FARGATE'] };
    expect(plan({ capacityProviders: ['FARGATE'] }, { spec })).toMatchObject([
      {
        ...put(['FARGATE', 'ec2', 'spot-live'], byDefault),
        reason: 'capacityProviders, defaultCapacityProviderStrategy changed',
      },
    ]);
  });

  test('is done when AWS has them, in whatever order', () => {
    const strategy = [{ capacityProvider: 'ec2', weight: 1, base: 0 }];
    expect(plan({ capacityProviders: ['spot-live', 'ec2'], defaultCapacityProviderStrategy: strategy })).toEqual([]);
  });

  test.each(['UPDATE_IN_PROGRESS', 'UPDATING'])('waits while ECS is %s (MD-11)', (attachmentsStatus) => {
    expect(plan({ attachmentsStatus })).toMatchObject([{ wait: 'AttachmentsUpdating' }]);
  });

  test('that ECS could not do is tried again with the next generation, and not before', () => {
    const failed = { attachmentsStatus: 'UPDATE_FAILED', capacityProviders: ['ec2'] };
    expect(plan(failed, { status: { observedGeneration: 1 } })).toEqual([]);
    expect(plan(failed, { status: { observedGeneration: 0 } })).toMatchObject([put(['ec2', 'spot-live'], byDefault)]);
    const same = { capacityProviders: ['ec2', 'spot-live'], defaultCapacityProviderStrategy: byDefault };
    expect(plan({ ...failed, ...same }, { status: { observedGeneration: 0 } })).toMatchObject([
      { ...put(['ec2', 'spot-live'], byDefault), reason: 'capacity providers associated again' },
    ]);
  });

  test('that has failed is mended by taking the provider away', () => {
    const live = { attachmentsStatus: 'UPDATE_FAILED', capacityProviders: ['ec2', 'broken'] };
    const spec = { capacityProviders: ['ec2'] };
    expect(plan(live, { spec, status: { observedGeneration: 1 } })).toMatchObject([put(['ec2'])]);
  });
});

describe('taking providers away', () => {
  const live = { capacityProviders: ['ec2', 'spot-live'], defaultCapacityProviderStrategy: byDefault };

  test('that left the spec dissociates them, also when both lists are gone', () => {
    const names = { spec: { capacityProviders: ['ec2'] }, status: { settledFields: ['capacityProviderRefs'] } };
    expect(plan(live, names)).toMatchObject([put(['ec2'], byDefault)]);
    for (const field of ['capacityProviders', 'capacityProviderRefs']) {
      expect(plan(live, { spec: {}, status: { settledFields: [field] } })).toMatchObject([put([])]);
    }
    expect(plan(live, { spec: {} })).toEqual([]);
  });

  test('waits for services that still use them, and names these (CP-14)', () => {
    const uses = [
      { provider: 'spot-live', services: ['web', 'api'] },
      { provider: 'old', services: [] },
    ];
    const both = { capacityProviders: ['ec2', 'spot-live', 'old'], activeServicesCount: 2 };
    const spec = { capacityProviders: ['ec2'] };
    expect(plan(both, { spec, observed: { uses } })).toEqual([
      { ...put(['ec2', 'spot-live']), reason: 'capacityProviders changed' },
      {
        wait: 'InUse',
        message:
          'Capacity providers leave the cluster when no service uses them any more: spot-live (services api, web). Name others in the capacityProviderStrategy of these services.',
      },
    ]);
    const left = { ...both, capacityProviders: ['ec2', 'spot-live'] };
    expect(plan(left, { spec, observed: { uses } })).toMatchObject([{ wait: 'InUse' }]);
    expect(plan(left, { spec })).toMatchObject([put(['ec2'])]);
  });

  test('waits until it is known what is to stay', () => {
    const of = ecsCluster('prod', referring);
    const desired = desiredCluster(of, {}, { [FIRST]: notReady });
    expect(surplusProviders(desired, observedCluster(of, { capacityProviders: ['other'] }))).toEqual([]);
  });

  test('is not done to providers of Managed Instances, which no call associates', () => {
    const observed = { capacity: capacity({ providers: [managedInstances('managed'), observedProvider('ec2')] }) };
    const withManaged = { capacityProviders: ['ec2', 'managed'] };
    expect(plan(withManaged, { spec: { capacityProviders: ['ec2'] }, observed })).toEqual([]);
    expect(plan(withManaged, { spec: { capacityProviders: ['ec2', 'managed'] }, observed })).toEqual([]);
    const added = { spec: { capacityProviders: ['FARGATE', 'ec2', 'managed'] }, observed };
    expect(plan(withManaged, added)).toMatchObject([put(['FARGATE', 'ec2'])]);
  });

  test('is not done to one of Managed Instances that is referred to and that ECS does not list yet (terraform-provider-aws#44783)', () => {
    const managed = { ...providerIdentity('managed'), details: { type: 'MANAGED_INSTANCES' } };
    const spec = { capacityProviderRefs: [{ name: 'managed' }] };
    expect(plan({ capacityProviders: [] }, { spec, references: { [FIRST]: managed } })).toEqual([]);
  });
});

describe('replacing a provider in one go', () => {
  const spec = {
    capacityProviders: ['new'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'new', weight: 1 }],
  };
  const before = {
    capacityProviders: ['old'],
    defaultCapacityProviderStrategy: [{ capacityProvider: 'old', weight: 1, base: 0 }],
  };
  const newByDefault = [{ capacityProvider: 'new', weight: 1 }];

  test('gives a cluster at work the new one first, or its services could never leave the old one', () => {
    const uses = [{ provider: 'old', services: ['web'] }];
    const busy = { ...before, activeServicesCount: 1 };
    expect(plan(busy, { spec, observed: { uses } })).toMatchObject([
      put(['new', 'old'], newByDefault),
      { wait: 'InUse' },
    ]);
    const between = { ...busy, capacityProviders: ['new', 'old'], defaultCapacityProviderStrategy: newByDefault };
    expect(plan(between, { spec, observed: { uses } })).toMatchObject([{ wait: 'InUse' }]);
    expect(plan(between, { spec })).toMatchObject([put(['new'], newByDefault)]);
  });

  test('takes one call where nothing runs, or where AWS would not take so many', () => {
    expect(plan(before, { spec })).toMatchObject([put(['new'], newByDefault)]);
    const many = Array.from({ length: 20 }, (_, index) => `p${index}`);
    expect(plan({ capacityProviders: many, runningTasksCount: 1 }, { spec })).toMatchObject([
      put(['new'], newByDefault),
    ]);
  });
});

describe('who uses a provider', () => {
  test('are services by their strategy, by that of a deployment and by that of a task set', () => {
    const strategy = (name: string) => ({ capacityProviderStrategy: [{ capacityProvider: name, weight: 1 }] });
    const service = (name: string, more: object) => liveService(ecsService(name), { deployments: [], ...more });
    const services = [
      service('direct', strategy('old')),
      service('rolling', { ...strategy('new'), deployments: [strategy('new'), strategy('old')] }),
      service('external', { taskSets: [strategy('old')] }),
      service('other', strategy('new')),
    ];
    expect(usesOf(services, ['old', 'unused'])).toEqual([
      { provider: 'old', services: ['direct', 'rolling', 'external'] },
      { provider: 'unused', services: [] },
    ]);
  });
});
