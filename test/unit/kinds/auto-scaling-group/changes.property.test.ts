import fc from 'fast-check';
import { expect, test } from 'vitest';
import { absent, type CallStep } from '../../../../src/engine/kind.ts';
import type { AutoScalingGroupSpec, AutoScalingGroupStatus } from '../../../../src/kinds/auto-scaling-group/api.ts';
import { autoScalingGroup as kind } from '../../../../src/kinds/auto-scaling-group/kind.ts';
import { desired } from '../../../support/builders.ts';
import { autoScalingGroup, template, templateField } from '../../../support/builders-auto-scaling-group.ts';
import { LiveModel } from './live-model.ts';

const maybe = <T>(value: fc.Arbitrary<T>): fc.Arbitrary<T | undefined> => fc.option(value, { nil: undefined });
const some = <T>(...values: readonly T[]): fc.Arbitrary<T[]> => fc.shuffledSubarray([...values]);

const TERMINATING = 'autoscaling:EC2_INSTANCE_TERMINATING';

const hooks = some('a', 'b', 'c').chain((names) =>
  fc.tuple(
    ...names.map((lifecycleHookName) =>
      fc.record({
        lifecycleHookName: fc.constant(lifecycleHookName),
        lifecycleTransition: fc.constantFrom('autoscaling:EC2_INSTANCE_LAUNCHING', TERMINATING),
        heartbeatTimeout: maybe(fc.constantFrom(30, 60)),
        defaultResult: maybe(fc.constantFrom('CONTINUE', 'ABANDON')),
        notificationTargetARN: maybe(fc.constantFrom('arn:queue', 'arn:topic')),
      }),
    ),
  ),
);

const policy = fc.record({
  launchTemplate: fc.record({
    overrides: maybe(
      some('m7g.large', 'm7i.large', 'c7g.large').map((types) => types.map((instanceType) => ({ instanceType }))),
    ),
  }),
  instancesDistribution: maybe(
    fc.record({
      onDemandBaseCapacity: maybe(fc.nat(2)),
      spotMaxPrice: maybe(fc.constantFrom('0.1', '0.2')),
      spotAllocationStrategy: maybe(fc.constantFrom('capacity-optimized', 'lowest-price')),
    }),
  ),
});

const anySpec: fc.Arbitrary<Partial<AutoScalingGroupSpec>> = fc.record({
  minSize: fc.nat(2),
  maxSize: fc.integer({ min: 3, max: 5 }),
  desiredCapacity: maybe(fc.constantFrom(2, 3)),
  vpcZoneIdentifier: fc.constantFrom('subnet-a,subnet-b', 'subnet-b,subnet-a', 'subnet-c'),
  healthCheckType: maybe(fc.constantFrom('EC2', 'EC2,ELB', 'ELB')),
  healthCheckGracePeriod: maybe(fc.nat(2)),
  defaultCooldown: maybe(fc.constantFrom(0, 300)),
  defaultInstanceWarmup: maybe(fc.constantFrom(-1, 0, 60)),
  maxInstanceLifetime: maybe(fc.constantFrom(0, 86_400)),
  placementGroup: maybe(fc.constantFrom('', 'close')),
  capacityRebalance: maybe(fc.boolean()),
  newInstancesProtectedFromScaleIn: maybe(fc.boolean()),
  terminationPolicies: maybe(some('OldestInstance', 'NewestInstance', 'Default').filter((list) => list.length > 0)),
  instanceMaintenancePolicy: maybe(
    fc.constantFrom(
      { minHealthyPercentage: -1, maxHealthyPercentage: -1 },
      { minHealthyPercentage: 90, maxHealthyPercentage: 110 },
    ),
  ),
  mixedInstancesPolicy: maybe(policy),
  lifecycleHookSpecificationList: maybe(hooks),
  warmPool: maybe(
    fc.record({
      minSize: maybe(fc.nat(2)),
      poolState: maybe(fc.constantFrom('Running', 'Stopped')),
      maxGroupPreparedCapacity: maybe(fc.constantFrom(-1, 2)),
    }),
  ),
  targetGroupARNs: maybe(some('arn:a', 'arn:b')),
  trafficSources: maybe(some('arn:x', 'arn:y').map((ids) => ids.map((identifier) => ({ identifier, type: 'elbv2' })))),
  tags: maybe(
    some('a', 'b', 'AmazonECSManaged').chain((keys) =>
      fc.tuple(...keys.map((key) => fc.record({ key: fc.constant(key), propagateAtLaunch: maybe(fc.boolean()) }))),
    ),
  ),
});

/** As the API server has them: what is not set is not there. */
const specs = anySpec.map((spec): Partial<AutoScalingGroupSpec> => JSON.parse(JSON.stringify(spec)));

/** One pass: what is sent for this spec, after what was settled before. */
function pass(model: LiveModel, spec: Partial<AutoScalingGroupSpec>, status: AutoScalingGroupStatus): number {
  const of = autoScalingGroup('nodes', spec, { status });
  const steps = kind.plan(desired(of, { [templateField]: template() }), model.observed() ?? absent);
  const calls = steps.filter((step): step is CallStep => step.kind === 'call');
  for (const call of calls) model.apply(call);
  return calls.length;
}

/** What AWS has, in a form in which nothing and the default of it are the same. */
function settings(model: LiveModel): object {
  const { group, hooks = [], warmPool } = model.observed() ?? {};
  const { MixedInstancesPolicy: policy } = group ?? {};
  return {
    ...group,
    CapacityRebalance: group?.CapacityRebalance ?? false,
    MaxInstanceLifetime: group?.MaxInstanceLifetime ?? 0,
    VPCZoneIdentifier: group?.VPCZoneIdentifier?.split(',').sort(),
    HealthCheckType: group?.HealthCheckType?.replace('EC2,', ''),
    TargetGroupARNs: [...(group?.TargetGroupARNs ?? [])].sort(),
    TrafficSources: (group?.TrafficSources ?? []).map(({ Identifier }) => Identifier).sort(),
    Tags: (group?.Tags ?? [])
      // Once there it stays.
      .filter(({ Key }) => Key !== 'AmazonECSManaged')
      .map(({ Key, Value, PropagateAtLaunch }) => `${Key}=${Value} ${PropagateAtLaunch}`)
      .sort(),
    MixedInstancesPolicy: policy && { ...policy, LaunchTemplate: { Overrides: [], ...policy.LaunchTemplate } },
    hooks: hooks.toSorted((a, b) => ((a.LifecycleHookName ?? '') < (b.LifecycleHookName ?? '') ? -1 : 1)),
    warmPool: warmPool && { InstanceReusePolicy: { ReuseOnScaleIn: false }, ...warmPool },
    // Left out of the spec it stays what it was.
    DesiredCapacity: undefined,
  };
}

test('whatever a spec changes to, one pass brings AWS to what a new group would be, and the next has nothing to do', () => {
  fc.assert(
    fc.property(fc.array(specs, { minLength: 1, maxLength: 3 }), specs, (before, last) => {
      const model = new LiveModel();
      let status: AutoScalingGroupStatus = {};
      for (const spec of [...before, last]) {
        pass(model, spec, status);
        expect(pass(model, spec, status)).toBe(0);
        status = { settledFields: kind.fields(autoScalingGroup('nodes', spec).spec) };
        expect(pass(model, spec, status)).toBe(0);
      }
      const fresh = new LiveModel();
      pass(fresh, last, {});
      expect(settings(model)).toEqual(settings(fresh));
    }),
    { numRuns: 200 },
  );
});

test('the tag and the hook of ECS stay, whatever a spec changes to', () => {
  fc.assert(
    fc.property(specs, specs, (first, second) => {
      const model = new LiveModel();
      pass(model, first, {});
      model.meddle();
      pass(model, second, { settledFields: kind.fields(autoScalingGroup('nodes', first).spec) });
      const { group, hooks } = model.observed() ?? {};
      expect(group?.Tags).toContainEqual(expect.objectContaining({ Key: 'AmazonECSManaged' }));
      expect(hooks).toContainEqual(expect.objectContaining({ LifecycleHookName: 'ecs' }));
    }),
  );
});
