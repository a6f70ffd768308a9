import type { CapacityProvider } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { absent } from '../../../../src/engine/kind.ts';
import type {
  ECSCapacityProvider,
  ECSCapacityProviderSpec,
  ECSCapacityProviderStatus,
} from '../../../../src/kinds/capacity-provider/api.ts';
import { capacityProvider } from '../../../../src/kinds/capacity-provider/kind.ts';
import { arns, deleted, desired, foreignTags, ownTags, region, summaries } from '../../../support/builders.ts';
import {
  capacityProviderArn,
  ecsCapacityProvider,
  GROUP_REF,
  groupArn,
  groupIdentity,
  liveCapacityProvider,
  managedInstances,
} from '../../../support/builders-capacity-provider.ts';

const onGroup: ECSCapacityProviderSpec = { autoScalingGroupProvider: { autoScalingGroupRef: { name: 'nodes' } } };
const onCluster: ECSCapacityProviderSpec = { cluster: 'prod', managedInstancesProvider: managedInstances };

function seen(of: ECSCapacityProvider, live: Partial<CapacityProvider> = {}) {
  return { provider: liveCapacityProvider(of, live), group: undefined };
}

describe('what a provider refers to', () => {
  test('is its group, or its cluster', () => {
    expect(capacityProvider.references(onGroup)).toEqual([
      { field: GROUP_REF, kind: 'AutoScalingGroup', to: { name: 'nodes' } },
    ]);
    expect(
      capacityProvider.references({ managedInstancesProvider: managedInstances, clusterRef: { name: 'prod' } }),
    ).toEqual([{ field: 'spec.clusterRef', kind: 'ECSCluster', to: { name: 'prod' } }]);
    expect(capacityProvider.references(onCluster)).toEqual([]);
  });
});

describe('what a provider is to others', () => {
  const status = { capacityProviderArn: capacityProviderArn('nodes'), name: 'nodes' };

  test('is known while it is ACTIVE', () => {
    const of = ecsCapacityProvider('nodes', onGroup, { status: { ...status, status: 'ACTIVE' } });
    expect(capacityProvider.identity(of)).toEqual({ arn: status.capacityProviderArn, name: 'nodes', region });
  });

  test('tells that it is one of Managed Instances, which no cluster associates', () => {
    const of = ecsCapacityProvider('nodes', onCluster, { status: { ...status, status: 'ACTIVE' } });
    expect(capacityProvider.identity(of)).toMatchObject({ details: { type: 'MANAGED_INSTANCES' } });
  });

  test.each([undefined, 'PROVISIONING', 'DEPROVISIONING', 'INACTIVE'])('is nothing while it is %s', (state) => {
    const of = ecsCapacityProvider('nodes', onGroup, { status: { ...status, status: state } });
    expect(capacityProvider.identity(of)).toBeUndefined();
  });
});

describe('creating a provider', () => {
  test('sends what the user wrote, with the group that is referred to, our tags, and none of the operator fields', () => {
    const of = ecsCapacityProvider('nodes', {
      name: 'spot',
      region,
      deletionPolicy: 'Retain',
      adoptionPolicy: 'Adopt',
      driftPolicy: 'Report',
      allowedNamespaces: ['*'],
      tags: [{ key: 'team', value: 'x' }],
      autoScalingGroupProvider: {
        autoScalingGroupRef: { name: 'nodes' },
        managedScaling: { status: 'ENABLED', targetCapacity: 90 },
      },
    });
    expect(summaries(capacityProvider.plan(desired(of, { [GROUP_REF]: groupIdentity('nodes') }), absent))).toEqual([
      {
        operation: 'CreateCapacityProvider',
        input: {
          name: 'spot',
          tags: ownTags(of, { key: 'team', value: 'x' }),
          autoScalingGroupProvider: {
            autoScalingGroupArn: groupArn('nodes'),
            managedScaling: { status: 'ENABLED', targetCapacity: 90 },
          },
        },
        reason: 'capacity provider spot created',
      },
    ]);
  });

  test('of Managed Instances names its cluster', () => {
    const of = ecsCapacityProvider('managed', {
      clusterRef: { name: 'prod' },
      managedInstancesProvider: managedInstances,
    });
    const cluster = { arn: arns.cluster('prod'), name: 'prod', region };
    expect(summaries(capacityProvider.plan(desired(of, { 'spec.clusterRef': cluster }), absent))).toEqual([
      {
        operation: 'CreateCapacityProvider',
        input: {
          name: 'managed',
          cluster: arns.cluster('prod'),
          managedInstancesProvider: managedInstances,
          tags: ownTags(of),
        },
        reason: 'capacity provider managed created',
      },
    ]);
  });
});

describe('whose provider it is', () => {
  test('one of another object is refused, whatever the policy', () => {
    for (const adoptionPolicy of ['Never', 'Adopt'] as const) {
      const of = ecsCapacityProvider('nodes', { ...onGroup, adoptionPolicy });
      expect(() => capacityProvider.plan(desired(of), seen(of, { tags: [...foreignTags] }))).toThrow(
        expect.objectContaining({ reason: 'NotOwned', disposition: 'terminal' }),
      );
    }
  });

  test('one of nobody is refused, and taken over with Adopt by tagging it', () => {
    const never = ecsCapacityProvider('nodes');
    expect(() => capacityProvider.plan(desired(never), seen(never, { tags: [] }))).toThrow(/adoptionPolicy: Adopt/);
    const adopt = ecsCapacityProvider('nodes', { ...never.spec, adoptionPolicy: 'Adopt' });
    expect(summaries(capacityProvider.plan(desired(adopt), seen(adopt, { tags: [] })))).toEqual([
      {
        operation: 'TagResource',
        input: { resourceArn: capacityProviderArn('nodes'), tags: ownTags(adopt) },
        reason: 'tags set: ecs-operator.dev/object, ecs-operator.dev/owner',
      },
    ]);
  });

  test('one that is on its way out is waited for, whoever it belonged to', () => {
    const of = ecsCapacityProvider('nodes');
    const going = seen(of, { updateStatus: 'DELETE_IN_PROGRESS', tags: [...foreignTags] });
    expect(summaries(capacityProvider.plan(desired(of), going))).toMatchObject([{ wait: 'Deprovisioning' }]);
  });

  test('one of nobody or of another object is never deleted', () => {
    const of = ecsCapacityProvider('nodes', { ...onGroup, adoptionPolicy: 'Adopt' }, { metadata: deleted });
    for (const tags of [[], [...foreignTags]]) {
      expect(() => capacityProvider.retire(desired(of), seen(of, { tags }))).toThrow(
        expect.objectContaining({ reason: 'NotOwned' }),
      );
    }
  });
});

describe('deleting a provider', () => {
  const retire = (
    live: Partial<CapacityProvider>,
    spec: ECSCapacityProviderSpec = onGroup,
    status: ECSCapacityProviderStatus | undefined = undefined,
  ) => {
    const of = ecsCapacityProvider('nodes', spec, { metadata: deleted, status });
    return summaries(capacityProvider.retire(desired(of), seen(of, live)));
  };
  const deletion = {
    operation: 'DeleteCapacityProvider',
    input: { capacityProvider: 'nodes' },
    reason: 'capacity provider nodes deleted',
  };

  test.each<[string, Partial<CapacityProvider>]>([
    ['at rest', {}],
    ['whose last update failed', { updateStatus: 'UPDATE_FAILED' }],
    ['that could not be made', { updateStatus: 'CREATE_FAILED', status: 'PROVISIONING' }],
  ])('is one call for one %s', (_what, live) => {
    expect(retire(live)).toEqual([deletion]);
  });

  test('names the cluster of Managed Instances, also when its object is gone', () => {
    const gone = { clusterRef: { name: 'prod-object' }, managedInstancesProvider: managedInstances };
    expect(retire({}, onCluster)).toMatchObject([{ input: { capacityProvider: 'nodes', cluster: 'prod' } }]);
    expect(retire({}, gone, { cluster: 'prod' })).toMatchObject([{ input: { cluster: 'prod' } }]);
    expect(retire({}, gone)).toMatchObject([{ input: { cluster: 'prod-object' } }]);
  });

  test.each<[string, Partial<CapacityProvider>, string]>([
    ['an update', { updateStatus: 'UPDATE_IN_PROGRESS' }, 'Updating'],
    ['its creation', { updateStatus: 'CREATE_IN_PROGRESS', status: 'PROVISIONING' }, 'Updating'],
    ['its deletion', { updateStatus: 'DELETE_IN_PROGRESS' }, 'Deleting'],
    ['the end of its instances', { status: 'DEPROVISIONING' }, 'Deleting'],
  ])('waits while ECS is at %s', (_what, live, reason) => {
    expect(retire(live)).toMatchObject([{ wait: reason }]);
  });

  test('that fails is told with the reason, then tried again, and the reason stays in view', () => {
    const updateStatusReason = 'The capacity provider is used by the service web.';
    const failed = { updateStatus: 'DELETE_FAILED', updateStatusReason } as const;
    expect(retire(failed)).toEqual([
      {
        wait: 'DeleteFailed',
        message: `ECS could not delete the capacity provider: ${updateStatusReason} It is tried again.`,
      },
    ]);
    expect(retire(failed, onGroup, failed)).toEqual([deletion]);

    const of = ecsCapacityProvider('nodes', onGroup, { metadata: deleted, status: failed });
    const trying = seen(of, { updateStatus: 'DELETE_IN_PROGRESS' });
    expect(summaries(capacityProvider.retire(desired(of), trying))).toEqual([
      {
        wait: 'Deleting',
        message: `ECS is deleting the capacity provider. Before, it could not: ${updateStatusReason}`,
      },
    ]);
    expect(capacityProvider.conclude(desired(of), trying).status).toMatchObject({ updateStatusReason });
  });
});

describe('a provider that ECS is at work on', () => {
  const of = ecsCapacityProvider('nodes', {
    autoScalingGroupProvider: { autoScalingGroupArn: groupArn('nodes'), managedDraining: 'DISABLED' },
    tags: [{ key: 'team', value: 'x' }],
  });

  test.each<[string, Partial<CapacityProvider>, string]>([
    ['updated', { updateStatus: 'UPDATE_IN_PROGRESS' }, 'Updating'],
    ['made', { updateStatus: 'CREATE_IN_PROGRESS', status: 'PROVISIONING' }, 'Provisioning'],
    ['made, by its status', { status: 'PROVISIONING' }, 'Provisioning'],
    ['deleted by somebody else', { updateStatus: 'DELETE_IN_PROGRESS' }, 'Deprovisioning'],
  ])('is waited for while it is %s, because ECS shows the old settings (MD-10)', (_what, live, reason) => {
    expect(summaries(capacityProvider.plan(desired(of), seen(of, live)))).toMatchObject([{ wait: reason }]);
    expect(capacityProvider.conclude(desired(of), seen(of, live)).progress).toMatchObject({
      kind: 'progressing',
      reason,
    });
  });
});

describe('the status', () => {
  test('tells what DescribeCapacityProviders says', () => {
    const of = ecsCapacityProvider('nodes');
    const live = { updateStatus: 'UPDATE_COMPLETE', updateStatusReason: 'done' } as const;
    expect(capacityProvider.conclude(desired(of), seen(of, live))).toEqual({
      status: {
        capacityProviderArn: capacityProviderArn('nodes'),
        name: 'nodes',
        status: 'ACTIVE',
        updateStatus: 'UPDATE_COMPLETE',
        updateStatusReason: 'done',
        type: 'EC2_AUTOSCALING',
        autoScalingGroupArn: groupArn('nodes'),
      },
      progress: { kind: 'live' },
    });
  });

  test('keeps no reason of an earlier change while nothing is being deleted', () => {
    const of = ecsCapacityProvider('nodes', onGroup, { status: { updateStatusReason: 'old' } });
    expect(capacityProvider.conclude(desired(of), seen(of)).status.updateStatusReason).toBeUndefined();
  });

  test.each<[string, Partial<CapacityProvider>, object]>([
    ['a deletion by hand that failed and changed nothing', { updateStatus: 'DELETE_FAILED' }, { kind: 'live' }],
    [
      'a deletion by hand that failed half way',
      { updateStatus: 'DELETE_FAILED', status: 'DEPROVISIONING', updateStatusReason: 'instances remain' },
      {
        kind: 'stalled',
        reason: 'DeleteFailed',
        message:
          'ECS could not delete the capacity provider: instances remain. Delete it in AWS, or delete this object.',
      },
    ],
  ])('says of %s how far it is', (_what, live, expected) => {
    const of = ecsCapacityProvider('nodes');
    expect(capacityProvider.conclude(desired(of), seen(of, live)).progress).toEqual(expected);
  });
});

describe('a batch of resyncs', () => {
  test('is shared by the providers of a region, and of a cluster when they belong to one', () => {
    expect(capacityProvider.batchGroup(desired(ecsCapacityProvider('a', onGroup)))).toBe(`${region}/`);
    expect(capacityProvider.batchGroup(desired(ecsCapacityProvider('b', onCluster)))).toBe(`${region}/prod`);
  });
});
