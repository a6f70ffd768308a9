import type { LifecycleHook, AutoScalingGroup as LiveGroup } from '@aws-sdk/client-auto-scaling';
import { describe, expect, test } from 'vitest';
import type { Identity } from '../../../../src/engine/kind.ts';
import type { AutoScalingGroupSpec, AutoScalingGroupStatus } from '../../../../src/kinds/auto-scaling-group/api.ts';
import { autoScalingGroup as kind } from '../../../../src/kinds/auto-scaling-group/kind.ts';
import type { ObservedGroup } from '../../../../src/kinds/auto-scaling-group/observed.ts';
import { desired, foreignTags, summaries } from '../../../support/builders.ts';
import {
  autoScalingGroup,
  groupTags,
  liveGroup,
  observedGroup,
  template,
  templateField,
} from '../../../support/builders-auto-scaling-group.ts';

interface Seen {
  readonly live?: Partial<LiveGroup>;
  readonly more?: Partial<ObservedGroup>;
  readonly status?: AutoScalingGroupStatus;
  readonly template?: Identity;
}

function plan(spec: Partial<AutoScalingGroupSpec>, seen: Seen = {}) {
  const of = autoScalingGroup('nodes', spec, { status: seen.status });
  const observed = observedGroup(liveGroup(of, seen.live), seen.more);
  const references = of.spec.launchTemplateRef === undefined ? {} : { [templateField]: seen.template ?? template() };
  return summaries(kind.plan(desired(of, references), observed));
}

/** AutoScalingGroupName left out: it is in every call. */
function update(input: object, reason: unknown = expect.any(String)) {
  return { operation: 'UpdateAutoScalingGroup', input: { AutoScalingGroupName: 'nodes', ...input }, reason };
}

const settled = (...settledFields: readonly string[]): AutoScalingGroupStatus => ({ settledFields });

describe('each difference is sent alone', () => {
  test.each<[string, Partial<AutoScalingGroupSpec>, Seen, object, string]>([
    [
      'sizes',
      { minSize: 2, maxSize: 6 },
      { live: { MinSize: 1, MaxSize: 6, DesiredCapacity: 3 } },
      { MinSize: 2 },
      'minSize 1 -> 2',
    ],
    ['the desired capacity', { desiredCapacity: 3 }, {}, { DesiredCapacity: 3 }, 'desiredCapacity 1 -> 3'],
    [
      'subnets',
      { vpcZoneIdentifier: 'subnet-a,subnet-c' },
      {},
      { VPCZoneIdentifier: 'subnet-a,subnet-c' },
      'vpcZoneIdentifier subnet-a,subnet-b -> subnet-a,subnet-c',
    ],
    [
      'another order of termination policies',
      { terminationPolicies: ['OldestInstance', 'Default'] },
      { live: { TerminationPolicies: ['Default', 'OldestInstance'] } },
      { TerminationPolicies: ['OldestInstance', 'Default'] },
      'terminationPolicies changed',
    ],
    [
      'protection of new instances',
      { newInstancesProtectedFromScaleIn: true },
      {},
      { NewInstancesProtectedFromScaleIn: true },
      'newInstancesProtectedFromScaleIn false -> true',
    ],
    [
      'a setting that AWS does not show before it has a value',
      { maxInstanceLifetime: 86_400 },
      {},
      { MaxInstanceLifetime: 86_400 },
      'maxInstanceLifetime 0 -> 86400',
    ],
    [
      'the policy for zonal shifts, with the answer to its check',
      { availabilityZoneImpairmentPolicy: { zonalShiftEnabled: true }, skipZonalShiftValidation: true },
      {},
      { AvailabilityZoneImpairmentPolicy: { ZonalShiftEnabled: true }, SkipZonalShiftValidation: true },
      'availabilityZoneImpairmentPolicy changed',
    ],
    [
      'the version of the template',
      {},
      { template: template('4') },
      { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '4' } },
      'launchTemplate lt-1:3 -> lt-1:4',
    ],
    [
      'a launch configuration',
      { launchTemplateRef: undefined, launchConfigurationName: 'new' },
      { live: { LaunchTemplate: undefined, LaunchConfigurationName: 'old' } },
      { LaunchConfigurationName: 'new' },
      'launchConfigurationName old -> new',
    ],
    [
      'no mixed instances policy any more',
      {},
      {
        live: {
          LaunchTemplate: undefined,
          MixedInstancesPolicy: {
            LaunchTemplate: { LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '3' } },
          },
        },
      },
      { LaunchTemplate: { LaunchTemplateId: 'lt-1', Version: '3' } },
      'mixedInstancesPolicy changed',
    ],
  ])('%s', (_what, spec, seen, input, reason) => {
    expect(plan(spec, seen)).toEqual([update(input, reason)]);
  });

  test('several go into one call', () => {
    expect(plan({ maxSize: 9, defaultCooldown: 60 }, { live: { MaxSize: 4 } })).toEqual([
      update({ MaxSize: 9, DefaultCooldown: 60 }, 'defaultCooldown 300 -> 60, maxSize 4 -> 9'),
    ]);
  });
});

describe('what AWS fills in is no difference (feature-bar row 41)', () => {
  test.each<[string, Partial<AutoScalingGroupSpec>, Partial<LiveGroup>]>([
    ['a group that says nothing more', {}, {}],
    ['subnets in another order and with spaces', { vpcZoneIdentifier: 'subnet-b, subnet-a' }, {}],
    ['zones in another order', { availabilityZones: ['us-east-1b', 'us-east-1a'] }, {}],
    ['EC2 health checks, which are always made', { healthCheckType: 'ELB,EC2' }, { HealthCheckType: 'ELB' }],
    ['health checks in another order', { healthCheckType: 'ELB,EBS' }, { HealthCheckType: 'EBS,ELB' }],
    ['no warm-up', { defaultInstanceWarmup: -1 }, { DefaultInstanceWarmup: undefined }],
    ['no maximum lifetime', { maxInstanceLifetime: 0 }, {}],
    [
      'a maintenance policy that is none',
      { instanceMaintenancePolicy: { minHealthyPercentage: -1, maxHealthyPercentage: -1 } },
      {},
    ],
    ['no placement group', { placementGroup: '' }, {}],
    [
      'the default of everything that has one',
      { capacityRebalance: false, desiredCapacityType: 'units', deletionProtection: 'none' },
      {},
    ],
    [
      'a template by its name, with the version that AWS takes',
      { launchTemplateRef: undefined, launchTemplate: { launchTemplateName: 'nodes' } },
      { LaunchTemplate: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'nodes', Version: '$Default' } },
    ],
    ['a desired capacity that a user or a scaling policy moved', {}, { DesiredCapacity: 4 }],
    [
      'a distribution with its defaults',
      { mixedInstancesPolicy: { launchTemplate: { overrides: [{ instanceType: 'm7g.large' }] } } },
      {
        LaunchTemplate: undefined,
        MixedInstancesPolicy: {
          LaunchTemplate: {
            LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'nodes', Version: '3' },
            Overrides: [{ InstanceType: 'm7g.large' }],
          },
          InstancesDistribution: { OnDemandBaseCapacity: 0, SpotAllocationStrategy: 'lowest-price' },
        },
      },
    ],
  ])('%s', (_what, spec, live) => {
    expect(plan(spec, { live })).toEqual([]);
  });
});

describe('a field that leaves the spec', () => {
  test.each<[string, Partial<LiveGroup>, object]>([
    ['defaultInstanceWarmup', { DefaultInstanceWarmup: 60 }, { DefaultInstanceWarmup: -1 }],
    ['maxInstanceLifetime', { MaxInstanceLifetime: 86_400 }, { MaxInstanceLifetime: 0 }],
    ['healthCheckType', { HealthCheckType: 'ELB' }, { HealthCheckType: 'EC2' }],
    ['terminationPolicies', { TerminationPolicies: ['NewestInstance'] }, { TerminationPolicies: ['Default'] }],
    ['placementGroup', { PlacementGroup: 'close' }, { PlacementGroup: '' }],
    [
      'instanceMaintenancePolicy',
      { InstanceMaintenancePolicy: { MinHealthyPercentage: 90, MaxHealthyPercentage: 110 } },
      { InstanceMaintenancePolicy: { MinHealthyPercentage: -1, MaxHealthyPercentage: -1 } },
    ],
    [
      'newInstancesProtectedFromScaleIn',
      { NewInstancesProtectedFromScaleIn: true },
      { NewInstancesProtectedFromScaleIn: false },
    ],
  ])('%s goes back to what AWS documents as its default', (field, live, input) => {
    expect(plan({}, { live, status: settled(field) })).toEqual([update(input)]);
    expect(plan({}, { live })).toEqual([]);
    expect(plan({}, { status: settled(field) })).toEqual([]);
  });

  test('stays when AWS has no default for it', () => {
    const status = settled('serviceLinkedRoleARN', 'vpcZoneIdentifier', 'context');
    expect(plan({ vpcZoneIdentifier: undefined }, { live: { Context: 'x' }, status })).toEqual([]);
  });
});

describe('the desired capacity', () => {
  test('is not written while a capacity provider with managed scaling moves it (CAS-01, CP-07)', () => {
    const policies = [{ PolicyName: 'ECSManagedAutoScalingPolicy-0123' }];
    expect(plan({ desiredCapacity: 3 }, { more: { policies } })).toEqual([]);
  });

  test('is written beside scaling policies of other makers', () => {
    const policies = [{ PolicyName: 'cpu50' }];
    expect(plan({ desiredCapacity: 3 }, { more: { policies } })).toEqual([update({ DesiredCapacity: 3 })]);
  });
});

describe('the mixed instances policy', () => {
  const policy = (overrides: readonly string[], distribution: object = {}): Partial<LiveGroup> => ({
    LaunchTemplate: undefined,
    MixedInstancesPolicy: {
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'nodes', Version: '3' },
        Overrides: overrides.map((InstanceType) => ({ InstanceType })),
      },
      InstancesDistribution: distribution,
    },
  });
  const types = (...instanceTypes: readonly string[]): Partial<AutoScalingGroupSpec> => ({
    mixedInstancesPolicy: { launchTemplate: { overrides: instanceTypes.map((instanceType) => ({ instanceType })) } },
  });

  test('is sent whole when the priority of its types changes', () => {
    const steps = plan(types('m7i.large', 'm7g.large'), { live: policy(['m7g.large', 'm7i.large']) });
    expect(steps).toEqual([
      update(
        {
          MixedInstancesPolicy: {
            LaunchTemplate: {
              LaunchTemplateSpecification: { LaunchTemplateId: 'lt-1', Version: '3' },
              Overrides: [{ InstanceType: 'm7i.large' }, { InstanceType: 'm7g.large' }],
            },
          },
        },
        'mixedInstancesPolicy changed',
      ),
    ]);
  });

  test('names members that left the spec with their defaults, because AWS keeps what an update does not name', () => {
    const status = settled(
      'mixedInstancesPolicy/instancesDistribution/onDemandBaseCapacity',
      'mixedInstancesPolicy/instancesDistribution/spotMaxPrice',
      'mixedInstancesPolicy/instancesDistribution/spotInstancePools',
      'mixedInstancesPolicy/overrides',
    );
    const spec = { mixedInstancesPolicy: { instancesDistribution: { onDemandPercentageAboveBaseCapacity: 50 } } };
    const had = policy(['m7g.large'], {
      OnDemandBaseCapacity: 2,
      SpotMaxPrice: '0.1',
      OnDemandPercentageAboveBaseCapacity: 50,
    });
    expect(plan(spec, { live: had, status })).toMatchObject([
      {
        input: {
          MixedInstancesPolicy: {
            LaunchTemplate: { Overrides: [] },
            InstancesDistribution: {
              OnDemandBaseCapacity: 0,
              OnDemandPercentageAboveBaseCapacity: 50,
              SpotMaxPrice: '',
            },
          },
        },
      },
    ]);
    const has = policy([], { OnDemandBaseCapacity: 0, OnDemandPercentageAboveBaseCapacity: 50 });
    expect(plan(spec, { live: has, status })).toEqual([]);
  });

  test('its members are remembered one by one', () => {
    const { spec } = autoScalingGroup('nodes', {
      mixedInstancesPolicy: {
        instancesDistribution: { spotMaxPrice: '0.1', onDemandBaseCapacity: undefined },
        launchTemplate: { overrides: [] },
      },
    });
    expect(kind.fields(spec)).toEqual([
      'launchTemplateRef',
      'minSize',
      'maxSize',
      'vpcZoneIdentifier',
      'mixedInstancesPolicy',
      'mixedInstancesPolicy/overrides',
      'mixedInstancesPolicy/instancesDistribution/spotMaxPrice',
    ]);
  });
});

describe('tags', () => {
  const of = autoScalingGroup('nodes');
  const tag = (Key: string, Value: string, PropagateAtLaunch = true) => ({
    ResourceId: 'nodes',
    ResourceType: 'auto-scaling-group',
    Key,
    Value,
    PropagateAtLaunch,
  });

  test('that are missing, or that are passed on or not against the spec, are set', () => {
    const live = { Tags: [...groupTags(of), tag('team', 'x', false), tag('same', 'y')] };
    const tags = [
      { key: 'team', value: 'x' },
      { key: 'same', value: 'y' },
      { key: 'new', propagateAtLaunch: false },
    ];
    expect(plan({ tags }, { live })).toEqual([
      {
        operation: 'CreateOrUpdateTags',
        input: { Tags: [tag('new', '', false), tag('team', 'x')] },
        reason: 'tags set: new, team',
      },
    ]);
  });

  test('of ECS and of other tools stay, those that left the spec go (CP-08)', () => {
    const live = { Tags: [...groupTags(of), tag('AmazonECSManaged', ''), tag('theirs', 'z'), tag('old', 'x')] };
    const status = settled('tags/old', 'tags/AmazonECSManaged', 'tags/gone');
    expect(plan({}, { live, status })).toEqual([
      {
        operation: 'DeleteTags',
        input: { Tags: [{ ResourceId: 'nodes', ResourceType: 'auto-scaling-group', Key: 'old' }] },
        reason: 'tags removed: old',
      },
    ]);
  });

  test('of another object refuse the group', () => {
    const Tags = foreignTags.map(({ key, value }) => ({ Key: key, Value: value }));
    expect(() => plan({}, { live: { Tags } })).toThrow('already belongs to ECSService/other/theirs');
    expect(() => plan({}, { live: { Tags: [] } })).toThrow('was not created by this operator');
  });

  test('make the group ours when it is adopted', () => {
    expect(plan({ adoptionPolicy: 'Adopt' }, { live: { Tags: [tag('theirs', 'z')] } })).toMatchObject([
      { operation: 'CreateOrUpdateTags', input: { Tags: groupTags(of) } },
    ]);
  });
});

describe('lifecycle hooks', () => {
  const TERMINATING = 'autoscaling:EC2_INSTANCE_TERMINATING';
  const spec = (more: object = {}): Partial<AutoScalingGroupSpec> => ({
    lifecycleHookSpecificationList: [{ lifecycleHookName: 'save', lifecycleTransition: TERMINATING, ...more }],
  });
  const hook = (LifecycleHookName: string, more: Partial<LifecycleHook> = {}): LifecycleHook => ({
    LifecycleHookName,
    AutoScalingGroupName: 'nodes',
    LifecycleTransition: TERMINATING,
    DefaultResult: 'ABANDON',
    HeartbeatTimeout: 3_600,
    GlobalTimeout: 172_800,
    ...more,
  });
  const ofEcs = hook('ecs-managed-draining-termination-hook', { DefaultResult: 'CONTINUE' });
  const put = { operation: 'PutLifecycleHook', input: { LifecycleHookName: 'save' } };

  test('of the spec are made and changed', () => {
    expect(plan(spec({ defaultResult: 'CONTINUE' }), { more: { hooks: [ofEcs] } })).toEqual([
      {
        operation: 'PutLifecycleHook',
        input: {
          AutoScalingGroupName: 'nodes',
          LifecycleHookName: 'save',
          LifecycleTransition: TERMINATING,
          HeartbeatTimeout: 3_600,
          DefaultResult: 'CONTINUE',
        },
        reason: 'lifecycle hook save made',
      },
    ]);
    expect(plan(spec({ heartbeatTimeout: 60 }), { more: { hooks: [hook('save')] } })).toMatchObject([
      { ...put, input: { HeartbeatTimeout: 60 }, reason: 'lifecycle hook save changed' },
    ]);
    expect(plan(spec(), { more: { hooks: [hook('save')] } })).toEqual([]);
  });

  test('lose what left the spec', () => {
    const had = hook('save', { HeartbeatTimeout: 60, NotificationTargetARN: 'arn:queue' });
    expect(plan(spec(), { more: { hooks: [had] } })).toMatchObject([
      { ...put, input: { HeartbeatTimeout: 3_600, NotificationTargetARN: '' } },
    ]);
  });

  test('are made anew for another transition', () => {
    const had = hook('save', { LifecycleTransition: 'autoscaling:EC2_INSTANCE_LAUNCHING' });
    expect(plan(spec(), { more: { hooks: [had] } })).toMatchObject([
      { operation: 'DeleteLifecycleHook', input: { LifecycleHookName: 'save' } },
      put,
    ]);
  });

  test('that left the spec go; those of ECS and of others stay (MD-04)', () => {
    const status = settled('lifecycleHookSpecificationList', 'lifecycleHookSpecificationList/save');
    const hooks = [hook('save'), hook('theirs'), ofEcs];
    expect(plan({}, { more: { hooks }, status })).toEqual([
      {
        operation: 'DeleteLifecycleHook',
        input: { AutoScalingGroupName: 'nodes', LifecycleHookName: 'save' },
        reason: 'lifecycle hook save removed',
      },
    ]);
    expect(plan({}, { more: { hooks: [ofEcs] }, status })).toEqual([]);
    expect(kind.fields(autoScalingGroup('nodes', spec()).spec)).toContain('lifecycleHookSpecificationList/save');
  });
});

describe('the warm pool', () => {
  const spec = { warmPool: { minSize: 2 } };

  test('is put when it is not there or differs', () => {
    const put = { operation: 'PutWarmPool', reason: 'warm pool set' };
    expect(plan(spec)).toEqual([{ ...put, input: { AutoScalingGroupName: 'nodes', MinSize: 2 } }]);
    const warmPool = { MinSize: 2, PoolState: 'Running', MaxGroupPreparedCapacity: 5 } as const;
    expect(plan(spec, { more: { warmPool } })).toMatchObject([
      { ...put, input: { MinSize: 2, PoolState: 'Stopped', MaxGroupPreparedCapacity: -1 } },
    ]);
    expect(plan(spec, { more: { warmPool: { MinSize: 2, PoolState: 'Stopped' } } })).toEqual([]);
  });

  test('waits for a former one to be gone, without keeping other changes back', () => {
    const warmPool = { MinSize: 2, Status: 'PendingDelete' } as const;
    expect(plan({ ...spec, tags: [{ key: 'a' }] }, { more: { warmPool } })).toMatchObject([
      { operation: 'CreateOrUpdateTags' },
      { wait: 'WarmPoolDeleting' },
    ]);
  });

  test('is deleted when it leaves the spec, and never when it was not in it', () => {
    const warmPool = { MinSize: 2 };
    expect(plan({}, { more: { warmPool }, status: settled('warmPool') })).toEqual([
      { operation: 'DeleteWarmPool', input: { AutoScalingGroupName: 'nodes' }, reason: 'warm pool deleted' },
    ]);
    expect(plan({}, { more: { warmPool } })).toEqual([]);
    const going = { MinSize: 2, Status: 'PendingDelete' } as const;
    expect(plan({}, { more: { warmPool: going }, status: settled('warmPool') })).toEqual([]);
  });

  test('cannot be reused in a group of a capacity provider (CP-12)', () => {
    const reuse = { warmPool: { instanceReusePolicy: { reuseOnScaleIn: true } } };
    const Tags = [...groupTags(autoScalingGroup('nodes')), { Key: 'AmazonECSManaged', Value: '' }];
    expect(() => plan(reuse, { live: { Tags } })).toThrow('spec.warmPool.instanceReusePolicy.reuseOnScaleIn');
    expect(plan(reuse)).toHaveLength(1);
  });
});

describe('where traffic comes from', () => {
  test('target groups are attached and detached', () => {
    expect(plan({ targetGroupARNs: ['arn:a', 'arn:b'] }, { live: { TargetGroupARNs: ['arn:b', 'arn:c'] } })).toEqual([
      {
        operation: 'AttachLoadBalancerTargetGroups',
        input: { AutoScalingGroupName: 'nodes', TargetGroupARNs: ['arn:a'] },
        reason: 'target groups attached: arn:a',
      },
      {
        operation: 'DetachLoadBalancerTargetGroups',
        input: { AutoScalingGroupName: 'nodes', TargetGroupARNs: ['arn:c'] },
        reason: 'target groups detached: arn:c',
      },
    ]);
  });

  test('classic load balancers are attached and detached', () => {
    expect(plan({ loadBalancerNames: ['a'] }, { live: { LoadBalancerNames: ['b'] } })).toMatchObject([
      { operation: 'AttachLoadBalancers', input: { LoadBalancerNames: ['a'] } },
      { operation: 'DetachLoadBalancers', input: { LoadBalancerNames: ['b'] } },
    ]);
  });

  test('traffic sources are attached and detached', () => {
    const trafficSources = [{ identifier: 'arn:a', type: 'vpc-lattice' }];
    const live = { TrafficSources: [{ Identifier: 'arn:b', Type: 'vpc-lattice' }] };
    expect(plan({ trafficSources, skipZonalShiftValidation: true }, { live })).toMatchObject([
      {
        operation: 'AttachTrafficSources',
        input: { TrafficSources: [{ Identifier: 'arn:a', Type: 'vpc-lattice' }], SkipZonalShiftValidation: true },
      },
      { operation: 'DetachTrafficSources', input: { TrafficSources: [{ Identifier: 'arn:b', Type: 'vpc-lattice' }] } },
    ]);
  });

  test('what one field names is not detached because another does not, though AWS lists it in both', () => {
    const live = {
      TargetGroupARNs: ['arn:a', 'arn:b'],
      TrafficSources: [
        { Identifier: 'arn:a', Type: 'elbv2' },
        { Identifier: 'arn:b', Type: 'elbv2' },
      ],
    };
    const spec = { targetGroupARNs: ['arn:a'], trafficSources: [{ identifier: 'arn:b', type: 'elbv2' }] };
    expect(plan(spec, { live })).toEqual([]);
  });

  test('ten go into one call', () => {
    const arns = Array.from({ length: 23 }, (_, index) => `arn:${index}`);
    const sizes = plan({ targetGroupARNs: arns }).map((step) => 'input' in step && Object.values(step.input)[1].length);
    expect(sizes).toEqual([10, 10, 3]);
  });

  test('what the spec never set is left alone, and what left it is detached', () => {
    const live = { TargetGroupARNs: ['arn:a'] };
    expect(plan({}, { live })).toEqual([]);
    expect(plan({}, { live, status: settled('targetGroupARNs') })).toMatchObject([
      { operation: 'DetachLoadBalancerTargetGroups', input: { TargetGroupARNs: ['arn:a'] } },
    ]);
  });
});

describe('what cannot be changed', () => {
  test('the operator of the group', () => {
    const spec = { operator: { principal: 'ecs.amazonaws.com' } };
    expect(() => plan(spec)).toThrow('spec.operator: the group in AWS has none');
    expect(plan(spec, { live: { Operator: { Principal: 'ecs.amazonaws.com' } } })).toEqual([]);
  });
});
