import type {
  AutoScalingGroupProvider,
  AutoScalingGroupProviderUpdate,
  CapacityProvider,
  InstanceLaunchTemplate,
  ManagedInstancesProvider,
  ManagedScaling,
} from '@aws-sdk/client-ecs';
import { UpdateCapacityProviderCommand } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { GroupProvider } from '../../../../src/kinds/capacity-provider/api.ts';
import { capacityProvider } from '../../../../src/kinds/capacity-provider/kind.ts';
import { covers } from '../../../../src/kinds/shared/compare.ts';
import { desired } from '../../../support/builders.ts';
import {
  ecsCapacityProvider,
  groupArn,
  groupDefaults,
  instanceTemplate,
  liveCapacityProvider,
  liveManagedInstances,
  managedInstances,
  protectedGroup,
} from '../../../support/builders-capacity-provider.ts';

/** The sources do not say what ECS does with members that an update leaves out. What is sent must be right either way. */
type Semantics = 'keeps what an update leaves out' | 'puts its defaults there';

const scaling: fc.Arbitrary<ManagedScaling> = fc.record(
  {
    status: fc.constantFrom('ENABLED' as const, 'DISABLED' as const),
    targetCapacity: fc.integer({ min: 1, max: 100 }),
    minimumScalingStepSize: fc.integer({ min: 1, max: 10 }),
    maximumScalingStepSize: fc.integer({ min: 10, max: 100 }),
    instanceWarmupPeriod: fc.integer({ min: 0, max: 600 }),
  },
  { requiredKeys: [] },
);

const settings: fc.Arbitrary<AutoScalingGroupProviderUpdate> = fc
  .record(
    {
      managedScaling: scaling,
      managedTerminationProtection: fc.constantFrom('ENABLED' as const, 'DISABLED' as const),
      managedDraining: fc.constantFrom('ENABLED' as const, 'DISABLED' as const),
    },
    { requiredKeys: [] },
  )
  // CP-02: the other combinations are refused.
  .map((some) =>
    some.managedTerminationProtection === 'ENABLED'
      ? { ...some, managedScaling: { ...some.managedScaling, status: 'ENABLED' as const } }
      : some,
  );

const complete = (some: AutoScalingGroupProviderUpdate): AutoScalingGroupProvider => ({
  ...groupDefaults,
  ...some,
  managedScaling: { ...groupDefaults.managedScaling, ...some.managedScaling },
});

function updated(
  live: AutoScalingGroupProvider,
  update: AutoScalingGroupProviderUpdate,
  semantics: Semantics,
): AutoScalingGroupProvider {
  const kept = semantics === 'keeps what an update leaves out' ? live.managedScaling : groupDefaults.managedScaling;
  return {
    ...live,
    ...update,
    managedScaling: update.managedScaling === undefined ? live.managedScaling : { ...kept, ...update.managedScaling },
  };
}

function updatesOf(of: ReturnType<typeof ecsCapacityProvider>, provider: CapacityProvider) {
  const steps = capacityProvider.plan(desired(of), { provider, group: protectedGroup() });
  return steps.flatMap((step) =>
    step.kind === 'call' && step.command instanceof UpdateCapacityProviderCommand ? [step.command.input] : [],
  );
}

const bothSemantics: readonly Semantics[] = ['keeps what an update leaves out', 'puts its defaults there'];

describe.each(bothSemantics)('when ECS %s', (semantics) => {
  test('one update with nothing but settings that differ brings a group provider to any spec, and no second follows', () => {
    fc.assert(
      fc.property(settings, settings, (wanted, present) => {
        fc.pre(isPossible(wanted, present));
        const said: GroupProvider = { autoScalingGroupArn: groupArn('nodes'), ...wanted };
        const of = ecsCapacityProvider('nodes', { autoScalingGroupProvider: said });
        const before = complete(present);
        const updates = updatesOf(of, liveCapacityProvider(of, { autoScalingGroupProvider: before }));
        expect(updates.length).toBeLessThanOrEqual(1);

        let after = before;
        for (const { autoScalingGroupProvider: update = {} } of updates) {
          for (const [field, value] of Object.entries(update)) {
            expect(covers(Object.entries(before).find(([name]) => name === field)?.[1], value)).toBe(false);
          }
          after = updated(before, update, semantics);
        }
        expect(updatesOf(of, liveCapacityProvider(of, { autoScalingGroupProvider: after }))).toEqual([]);
        expectAgreement(after, wanted, before);
      }),
    );
  });

  test('one update brings Managed Instances to any spec, keeps what nobody said, and no second follows', () => {
    fc.assert(
      fc.property(instances, instances, (wanted, present) => {
        const template = { ...instanceTemplate, ...wanted.instanceLaunchTemplate };
        const of = ecsCapacityProvider('nodes', {
          cluster: 'prod',
          managedInstancesProvider: { ...managedInstances, ...wanted, instanceLaunchTemplate: template },
        });
        const before: ManagedInstancesProvider = {
          ...managedInstances,
          ...present,
          instanceLaunchTemplate: { ...instanceTemplate, ...present.instanceLaunchTemplate },
        };
        const updates = updatesOf(of, liveManagedInstances(of, before));
        expect(updates.length).toBeLessThanOrEqual(1);

        let after = before;
        for (const { managedInstancesProvider: update } of updates) {
          const kept = semantics === 'keeps what an update leaves out' ? before.instanceLaunchTemplate : {};
          const instanceLaunchTemplate = { ...instanceTemplate, ...kept, ...update?.instanceLaunchTemplate };
          after = { ...before, ...update, instanceLaunchTemplate };
        }
        expect(updatesOf(of, liveManagedInstances(of, after))).toEqual([]);
        expect(after.propagateTags ?? 'NONE').toBe(wanted.propagateTags ?? before.propagateTags ?? 'NONE');
        expect(after.infrastructureOptimization).toEqual(
          wanted.infrastructureOptimization ?? before.infrastructureOptimization,
        );
        expect(after.instanceLaunchTemplate).toEqual({
          ...before.instanceLaunchTemplate,
          ...(updates.length === 0 ? {} : template),
        });
      }),
    );
  });
});

/** A spec that leaves protection open over a provider that has it may not take managed scaling away. */
function isPossible(wanted: AutoScalingGroupProviderUpdate, present: AutoScalingGroupProviderUpdate): boolean {
  const protection = wanted.managedTerminationProtection ?? present.managedTerminationProtection;
  const status = wanted.managedScaling?.status ?? present.managedScaling?.status;
  return protection !== 'ENABLED' || status === 'ENABLED';
}

/** What was said is there, and what nobody said is as it was; with managed scaling off only that counts. */
function expectAgreement(
  after: AutoScalingGroupProvider,
  wanted: AutoScalingGroupProviderUpdate,
  before: AutoScalingGroupProvider,
): void {
  expect(after.managedDraining).toBe(wanted.managedDraining ?? before.managedDraining);
  expect(after.managedTerminationProtection).toBe(
    wanted.managedTerminationProtection ?? before.managedTerminationProtection,
  );
  const expected = { ...before.managedScaling, ...wanted.managedScaling };
  expect(after.managedScaling?.status).toBe(expected.status);
  if (expected.status === 'ENABLED') expect(after.managedScaling).toEqual(expected);
}

const instances: fc.Arbitrary<
  Pick<ManagedInstancesProvider, 'propagateTags' | 'infrastructureOptimization'> & {
    instanceLaunchTemplate: Partial<InstanceLaunchTemplate>;
  }
> = fc.record(
  {
    propagateTags: fc.constantFrom('NONE' as const, 'CAPACITY_PROVIDER' as const),
    infrastructureOptimization: fc.record({ scaleInAfter: fc.integer({ min: -1, max: 3_600 }) }),
    instanceLaunchTemplate: fc.record(
      {
        monitoring: fc.constantFrom('BASIC' as const, 'DETAILED' as const),
        storageConfiguration: fc.record({ storageSizeGiB: fc.integer({ min: 30, max: 40 }) }),
        networkConfiguration: fc.record({
          subnets: fc.uniqueArray(fc.constantFrom('subnet-a', 'subnet-b', 'subnet-c'), { minLength: 1 }),
        }),
        instanceRequirements: fc.record({
          vCpuCount: fc.record({ min: fc.integer({ min: 1, max: 4 }) }),
          memoryMiB: fc.record({ min: fc.constantFrom(1_024, 2_048) }),
        }),
      },
      { requiredKeys: [] },
    ),
  },
  { requiredKeys: ['instanceLaunchTemplate'] },
);
