import type {
  CapacityProvider,
  CreateManagedInstancesProviderConfiguration,
  InstanceLaunchTemplate,
  ManagedInstancesProvider,
  ManagedScaling,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type {
  ECSCapacityProvider,
  ECSCapacityProviderSpec,
  ECSCapacityProviderStatus,
  GroupProvider,
} from '../../../../src/kinds/capacity-provider/api.ts';
import { capacityProvider } from '../../../../src/kinds/capacity-provider/kind.ts';
import { desired, summaries } from '../../../support/builders.ts';
import {
  ecsCapacityProvider,
  GROUP_REF,
  groupArn,
  groupDefaults,
  groupIdentity,
  instanceTemplate,
  liveCapacityProvider,
  liveManagedInstances,
  managedInstances,
  protectedGroup,
} from '../../../support/builders-capacity-provider.ts';

type Settings = Partial<CreateManagedInstancesProviderConfiguration>;

const defaults = groupDefaults.managedScaling;
const scaled = (scaling: ManagedScaling) => ({ ...groupDefaults, managedScaling: { ...defaults, ...scaling } });

function provider(
  settings: Partial<GroupProvider>,
  status: ECSCapacityProviderStatus | undefined = undefined,
): ECSCapacityProvider {
  const autoScalingGroupProvider = { autoScalingGroupArn: groupArn('nodes'), ...settings };
  return ecsCapacityProvider('nodes', { autoScalingGroupProvider }, { status });
}

function managed(settings: Settings, status: ECSCapacityProviderStatus | undefined = undefined): ECSCapacityProvider {
  const managedInstancesProvider = { ...managedInstances, ...settings };
  return ecsCapacityProvider('nodes', { cluster: 'prod', managedInstancesProvider }, { status });
}

const plan = (of: ECSCapacityProvider, live: CapacityProvider) =>
  summaries(capacityProvider.plan(desired(of), { provider: live, group: protectedGroup() }));

const progress = (of: ECSCapacityProvider, live: CapacityProvider) =>
  capacityProvider.conclude(desired(of), { provider: live, group: undefined }).progress;

describe('each difference is sent alone', () => {
  test.each<[string, Partial<GroupProvider>, CapacityProvider['autoScalingGroupProvider'], object]>([
    [
      'managed scaling, whole: nothing says that ECS keeps what an update leaves out',
      { managedScaling: { status: 'ENABLED', targetCapacity: 80 } },
      scaled({ status: 'ENABLED', instanceWarmupPeriod: 60 }),
      { managedScaling: { ...defaults, status: 'ENABLED', targetCapacity: 80, instanceWarmupPeriod: 60 } },
    ],
    [
      'managed scaling turned on',
      { managedScaling: { status: 'ENABLED' } },
      groupDefaults,
      { managedScaling: { ...defaults, status: 'ENABLED' } },
    ],
    ['managed draining', { managedDraining: 'DISABLED' }, groupDefaults, { managedDraining: 'DISABLED' }],
    [
      'managed termination protection',
      { managedScaling: { status: 'ENABLED' }, managedTerminationProtection: 'ENABLED' },
      scaled({ status: 'ENABLED' }),
      { managedTerminationProtection: 'ENABLED' },
    ],
    [
      'managed termination protection together with the managed scaling that it needs',
      { managedScaling: { status: 'ENABLED' }, managedTerminationProtection: 'ENABLED' },
      groupDefaults,
      { managedScaling: { ...defaults, status: 'ENABLED' }, managedTerminationProtection: 'ENABLED' },
    ],
  ])('%s', (_what, settings, autoScalingGroupProvider, sent) => {
    const of = provider(settings);
    expect(plan(of, liveCapacityProvider(of, { autoScalingGroupProvider }))).toEqual([
      {
        operation: 'UpdateCapacityProvider',
        input: { name: 'nodes', autoScalingGroupProvider: sent },
        reason: `${Object.keys(sent).join(', ')} changed`,
      },
    ]);
  });
});

describe('no difference', () => {
  test.each<[string, Partial<GroupProvider>, CapacityProvider['autoScalingGroupProvider']]>([
    ['is in a minimal spec over what AWS fills in (MD-01, MD-10)', {}, groupDefaults],
    [
      'is in a minimal spec over what somebody else has set',
      {},
      { ...scaled({ status: 'ENABLED', targetCapacity: 10 }), managedDraining: 'DISABLED' },
    ],
    [
      'is in defaults that the user has written down and AWS leaves out',
      {
        managedScaling: { ...defaults },
        managedTerminationProtection: 'DISABLED',
        managedDraining: 'ENABLED',
      },
      { autoScalingGroupArn: groupArn('nodes') },
    ],
    [
      'is in members of managed scaling that have no effect while it is off (CP-11)',
      { managedScaling: { status: 'DISABLED', targetCapacity: 80 } },
      groupDefaults,
    ],
    [
      'is in the group when the spec has its name',
      { autoScalingGroupArn: 'nodes', managedScaling: { status: 'ENABLED' } },
      scaled({ status: 'ENABLED' }),
    ],
  ])('%s', (_what, settings, autoScalingGroupProvider) => {
    const of = provider(settings);
    const live = liveCapacityProvider(of, { autoScalingGroupProvider });
    expect(plan(of, live)).toEqual([]);
    expect(progress(of, live)).toEqual({ kind: 'live' });
  });
});

describe('a setting taken out of the spec', () => {
  const live = {
    ...scaled({ status: 'ENABLED', targetCapacity: 80 }),
    managedTerminationProtection: 'ENABLED',
    managedDraining: 'DISABLED',
  } as const;
  const path = 'autoScalingGroupProvider';

  test.each<[string, Partial<GroupProvider>, object]>([
    [`${path}.managedDraining`, {}, { managedDraining: 'ENABLED' }],
    [
      `${path}.managedTerminationProtection`,
      { managedScaling: { status: 'ENABLED' } },
      { managedTerminationProtection: 'DISABLED' },
    ],
    [
      `${path}.managedScaling.targetCapacity`,
      { managedScaling: { status: 'ENABLED' } },
      { managedScaling: { ...defaults, status: 'ENABLED', targetCapacity: 100 } },
    ],
  ])('%s goes back to its default if it was set before, and is left alone else', (field, settings, sent) => {
    const removed = provider(settings, { settledFields: [field] });
    expect(plan(removed, liveCapacityProvider(removed, { autoScalingGroupProvider: live }))).toMatchObject([
      { input: { autoScalingGroupProvider: sent } },
    ]);
    const never = provider(settings);
    expect(plan(never, liveCapacityProvider(never, { autoScalingGroupProvider: live }))).toEqual([]);
  });

  test('is known by its path, so that its neighbours stay', () => {
    const spec: ECSCapacityProviderSpec = {
      tags: [{ key: 'team', value: 'x' }],
      autoScalingGroupProvider: {
        autoScalingGroupRef: { name: 'nodes' },
        managedScaling: { status: 'ENABLED', targetCapacity: 80 },
        managedDraining: 'ENABLED',
      },
    };
    expect(capacityProvider.fields(spec)).toEqual([
      'tags/team',
      'autoScalingGroupProvider.autoScalingGroupRef.name',
      'autoScalingGroupProvider.managedScaling.status',
      'autoScalingGroupProvider.managedScaling.targetCapacity',
      'autoScalingGroupProvider.managedDraining',
    ]);
  });
});

describe('Managed Instances', () => {
  const arn = managedInstances.infrastructureRoleArn;
  const required = { infrastructureRoleArn: arn, instanceLaunchTemplate: instanceTemplate };
  const other = (more: Partial<InstanceLaunchTemplate>) => ({
    instanceLaunchTemplate: { ...instanceTemplate, ...more },
  });

  test.each<[string, Settings, Partial<ManagedInstancesProvider>, object]>([
    ['the role', { infrastructureRoleArn: 'arn:new' }, {}, { ...required, infrastructureRoleArn: 'arn:new' }],
    ['tags', { propagateTags: 'CAPACITY_PROVIDER' }, {}, { ...required, propagateTags: 'CAPACITY_PROVIDER' }],
    [
      'optimization',
      { infrastructureOptimization: { scaleInAfter: 0 } },
      { infrastructureOptimization: { scaleInAfter: 60 } },
      { ...required, infrastructureOptimization: { scaleInAfter: 0 } },
    ],
    [
      'auto repair',
      { autoRepairConfiguration: { actionsStatus: 'ENABLED' } },
      {},
      { ...required, autoRepairConfiguration: { actionsStatus: 'ENABLED' } },
    ],
    [
      'a member of the template, with the others as they are, and without those that an update does not have',
      other({ monitoring: 'DETAILED', capacityOptionType: 'SPOT' }),
      other({ capacityOptionType: 'SPOT', fipsEnabled: true, storageConfiguration: { storageSizeGiB: 50 } }),
      {
        infrastructureRoleArn: arn,
        instanceLaunchTemplate: {
          ...instanceTemplate,
          storageConfiguration: { storageSizeGiB: 50 },
          monitoring: 'DETAILED',
        },
      },
    ],
  ])('send %s alone, beside what an update has to have', (_what, settings, live, sent) => {
    const of = managed(settings);
    const steps = plan(of, liveManagedInstances(of, live));
    expect(steps).toHaveLength(1);
    expect(steps).toMatchObject([{ operation: 'UpdateCapacityProvider', input: { name: 'nodes', cluster: 'prod' } }]);
    expect(steps[0]).toHaveProperty('input.managedInstancesProvider', sent);
  });

  test('tell which fields an update is for', () => {
    const of = managed({ ...other({ monitoring: 'DETAILED' }), propagateTags: 'CAPACITY_PROVIDER' });
    expect(plan(of, liveManagedInstances(of))).toMatchObject([
      { reason: 'propagateTags, instanceLaunchTemplate.monitoring changed' },
    ]);
  });

  test('differ neither in defaults nor in order', () => {
    const of = managed({
      ...other({
        monitoring: 'BASIC',
        instanceMetadataTagsPropagation: true,
        networkConfiguration: { subnets: ['subnet-b', 'subnet-a'] },
      }),
      propagateTags: 'NONE',
    });
    const live = liveManagedInstances(of, other({ capacityOptionType: 'ON_DEMAND' }));
    expect(plan(of, live)).toEqual([]);
  });

  test('go back to the documented defaults when a setting leaves the spec', () => {
    const of = managed(
      {},
      {
        settledFields: [
          'managedInstancesProvider.propagateTags',
          'managedInstancesProvider.instanceLaunchTemplate.monitoring',
        ],
      },
    );
    const live = liveManagedInstances(of, { ...other({ monitoring: 'DETAILED' }), propagateTags: 'CAPACITY_PROVIDER' });
    expect(plan(of, live)).toMatchObject([
      {
        input: {
          managedInstancesProvider: { propagateTags: 'NONE', instanceLaunchTemplate: { monitoring: 'BASIC' } },
        },
      },
    ]);
  });
});

describe('what ECS cannot change is refused with the way to it', () => {
  const refused = (message: string) => ({
    disposition: 'terminal',
    reason: 'ImmutableField',
    message: `${message}, and ECS cannot change that. Create another ECSCapacityProvider beside this one, add it to the capacityProviderRefs of the cluster and to the strategies of the services, take this one out of them, then delete it.`,
  });

  test.each<[string, ECSCapacityProvider, (of: ECSCapacityProvider) => CapacityProvider, string]>([
    [
      'another group',
      provider({ autoScalingGroupArn: groupArn('others') }),
      liveCapacityProvider,
      `spec.autoScalingGroupProvider.autoScalingGroupArn: the capacity provider was made for the Auto Scaling group ${groupArn('nodes')}, not for ${groupArn('others')}`,
    ],
    [
      'Managed Instances in place of a group',
      managed({}),
      liveCapacityProvider,
      'spec.managedInstancesProvider: the capacity provider exists, and has an Auto Scaling group',
    ],
    [
      'a group in place of Managed Instances',
      provider({}),
      liveManagedInstances,
      'spec.autoScalingGroupProvider: the capacity provider exists, and has Managed Instances',
    ],
    [
      'what UpdateCapacityProvider has no member for',
      managed({ instanceLaunchTemplate: { ...instanceTemplate, capacityOptionType: 'SPOT', fipsEnabled: true } }),
      (of) =>
        liveManagedInstances(of, {
          instanceLaunchTemplate: { ...instanceTemplate, capacityOptionType: 'ON_DEMAND', fipsEnabled: false },
        }),
      'spec.managedInstancesProvider.instanceLaunchTemplate.capacityOptionType, spec.managedInstancesProvider.instanceLaunchTemplate.fipsEnabled: the capacity provider was made with something else',
    ],
  ])('%s', (_what, of, live, message) => {
    expect(() => plan(of, live(of))).toThrow(expect.objectContaining(refused(message)));
  });

  test('a group that was deleted and made again under its old name', () => {
    const of = ecsCapacityProvider('nodes', {
      autoScalingGroupProvider: { autoScalingGroupRef: { name: 'nodes' } },
    });
    const again = { ...groupIdentity('nodes'), arn: groupArn('nodes', '2') };
    expect(() =>
      capacityProvider.plan(desired(of, { [GROUP_REF]: again }), {
        provider: liveCapacityProvider(of),
        group: undefined,
      }),
    ).toThrow(/^spec\.autoScalingGroupProvider\.autoScalingGroupRef: .* not for .*autoScalingGroup:2:/);
  });
});

describe('an update that ECS could not make (MD-10)', () => {
  const failed = { updateStatus: 'UPDATE_FAILED', updateStatusReason: 'internal error. Try again.' } as const;
  const wished = { managedDraining: 'DISABLED' } as const;
  const update = { operation: 'UpdateCapacityProvider' };

  test('is told with its reason, and not tried again for the generation that ECS was at work on', () => {
    const of = provider(wished, { attemptedGeneration: 1 });
    const live = liveCapacityProvider(of, failed);
    expect(plan(of, live)).toEqual([]);
    expect(progress(of, live)).toEqual({
      kind: 'stalled',
      reason: 'UpdateFailed',
      message:
        'ECS could not update the capacity provider: internal error. Try again. It is not tried again until the spec changes.',
    });
  });

  test('does not keep the tags from being set', () => {
    const of = provider(wished, { attemptedGeneration: 1 });
    const tagged = { ...of, spec: { ...of.spec, tags: [{ key: 'team', value: 'x' }] } };
    expect(plan(tagged, liveCapacityProvider(of, failed))).toMatchObject([{ operation: 'TagResource' }]);
  });

  test.each([undefined, 0])('is tried for a generation that was not (%s)', (attemptedGeneration) => {
    const of = provider(wished, { attemptedGeneration });
    expect(plan(of, liveCapacityProvider(of, failed))).toMatchObject([update]);
  });

  test('is over when the spec does not ask for it any more', () => {
    const of = provider({}, { attemptedGeneration: 1 });
    const live = liveCapacityProvider(of, failed);
    expect(plan(of, live)).toEqual([]);
    expect(progress(of, live)).toEqual({ kind: 'live' });
  });

  const attempted = (status: ECSCapacityProviderStatus | undefined, live: Partial<CapacityProvider>) => {
    const of = provider(wished, status);
    return capacityProvider.conclude(desired(of), { provider: liveCapacityProvider(of, live), group: undefined }).status
      .attemptedGeneration;
  };

  test('is put down to the generation under which ECS was seen to begin', () => {
    expect(attempted(undefined, { updateStatus: 'UPDATE_IN_PROGRESS' })).toBe(1);
    expect(
      attempted({ updateStatus: 'UPDATE_FAILED', attemptedGeneration: 0 }, { updateStatus: 'UPDATE_IN_PROGRESS' }),
    ).toBe(1);
    expect(attempted({ updateStatus: 'UPDATE_IN_PROGRESS', attemptedGeneration: 1 }, failed)).toBe(1);
  });

  test('is not put down to one that came while ECS was at work already, nor to one that was only seen with it', () => {
    const before = { updateStatus: 'UPDATE_IN_PROGRESS', attemptedGeneration: 0 };
    expect(attempted(before, { updateStatus: 'UPDATE_IN_PROGRESS' })).toBe(0);
    expect(attempted({ updateStatus: 'UPDATE_COMPLETE' }, failed)).toBeUndefined();
  });

  test('of a creation is made good by making the provider anew for the next generation', () => {
    const live = { updateStatus: 'CREATE_FAILED', status: 'PROVISIONING', updateStatusReason: 'no role' } as const;
    const tried = managed({}, { attemptedGeneration: 1 });
    expect(plan(tried, { ...liveManagedInstances(tried), ...live })).toEqual([]);
    expect(progress(tried, { ...liveManagedInstances(tried), ...live })).toMatchObject({ reason: 'CreateFailed' });
    const corrected = managed({}, { attemptedGeneration: 0 });
    expect(plan(corrected, { ...liveManagedInstances(corrected), ...live })).toEqual([
      {
        operation: 'DeleteCapacityProvider',
        input: { capacityProvider: 'nodes', cluster: 'prod' },
        reason: 'capacity provider nodes deleted, to be made anew',
      },
    ]);
  });
});
