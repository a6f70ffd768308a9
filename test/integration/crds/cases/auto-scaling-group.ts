import { autoScalingGroupNames } from '../../../../src/kinds/auto-scaling-group/names.ts';
import { type Attempt, change, commonCases, many, type RuleCase, type SchemaCase } from './shared.ts';

const names = autoScalingGroupNames;
const bare = { minSize: 0, maxSize: 3, vpcZoneIdentifier: 'subnet-1,subnet-2' };
const byRef = { launchTemplateRef: { name: 'web' } };
const byName = { launchTemplate: { launchTemplateName: 'web', version: '3' } };
const group = (fields: object = {}): object => ({ ...bare, ...byRef, ...fields });
const sized = (minSize: number, maxSize: number, desiredCapacity?: number): Attempt => ({
  spec: group({ minSize, maxSize, ...(desiredCapacity === undefined ? {} : { desiredCapacity }) }),
});
const ownTemplate = { launchTemplate: { launchTemplateSpecification: { launchTemplateId: 'lt-1' } } };
const overrides = (...items: object[]): object => ({ mixedInstancesPolicy: { launchTemplate: { overrides: items } } });
const required = { vCpuCount: { min: 2 }, memoryMiB: { min: 4096 } };
const requiring = (more: object): object => group(overrides({ instanceRequirements: { ...required, ...more } }));
const refresh = (instanceRefresh: object, more: object = {}): Attempt => ({
  spec: group({ instanceRefresh, ...more }),
});
const maintenance = (instanceMaintenancePolicy: object): Attempt => ({ spec: group({ instanceMaintenancePolicy }) });
const percent = (minHealthyPercentage: number, maxHealthyPercentage: number): object => ({
  minHealthyPercentage,
  maxHealthyPercentage,
});
const hook = (lifecycleHookName: string, more: object = {}): object =>
  group({
    lifecycleHookSpecificationList: [
      { lifecycleHookName, lifecycleTransition: 'autoscaling:EC2_INSTANCE_TERMINATING', ...more },
    ],
  });

export const autoScalingGroupCases: readonly RuleCase[] = [
  ...commonCases(names, group, 'autoScalingGroupName'),
  {
    names,
    says: 'spec.maxSize is below spec.minSize',
    accepted: [sized(2, 2), sized(0, 0)],
    refused: [sized(3, 2)],
  },
  {
    names,
    says: 'spec.desiredCapacity is not between',
    accepted: [sized(1, 3, 1), sized(1, 3, 3), sized(1, 3)],
    refused: [sized(1, 3, 0), sized(1, 3, 4)],
  },
  {
    names,
    says: 'exclude one another: set exactly one',
    accepted: [
      { spec: group() },
      { spec: { ...bare, ...byName } },
      { spec: { ...bare, mixedInstancesPolicy: ownTemplate } },
      { spec: group(overrides({ instanceType: 'm5.large' })) },
      { spec: { ...bare, ...byName, ...overrides({ instanceType: 'm5.large' }) } },
      { spec: { ...bare, launchConfigurationName: 'old' } },
      { spec: { ...bare, instanceId: 'i-1' } },
      { from: { ...bare, launchConfigurationName: 'old' }, to: group() },
    ],
    refused: [
      { spec: bare },
      { spec: group(byName) },
      { spec: group({ mixedInstancesPolicy: ownTemplate }) },
      { spec: group({ launchConfigurationName: 'old' }) },
      { spec: group({ instanceId: 'i-1' }) },
      { spec: { ...bare, ...overrides({ instanceType: 'm5.large' }) } },
    ],
  },
  {
    names,
    says: 'spec.mixedInstancesPolicy needs a launch template',
    accepted: [{ spec: group({ mixedInstancesPolicy: {} }) }],
    refused: [
      { spec: { ...bare, launchConfigurationName: 'old', mixedInstancesPolicy: {} } },
      { spec: { ...bare, instanceId: 'i-1', mixedInstancesPolicy: {} } },
    ],
  },
  {
    names,
    says: 'spec.instanceId is immutable',
    accepted: [{ from: { ...bare, instanceId: 'i-1' }, to: { ...bare, instanceId: 'i-1', maxSize: 9 } }],
    refused: [
      { from: { ...bare, instanceId: 'i-1' }, to: { ...bare, instanceId: 'i-2' } },
      { from: { ...bare, instanceId: 'i-1' }, to: group() },
    ],
  },
  {
    names,
    says: 'has to say where instances run',
    accepted: [
      { spec: group() },
      { spec: { minSize: 0, maxSize: 1, ...byRef, availabilityZones: ['eu-west-1a'] } },
      { spec: { minSize: 0, maxSize: 1, ...byRef, availabilityZoneIds: ['euw1-az1'] } },
      { spec: { minSize: 0, maxSize: 1, instanceId: 'i-1' } },
    ],
    refused: [{ spec: { minSize: 0, maxSize: 1, ...byRef } }],
  },
  {
    names,
    says: 'spec.cluster and spec.clusterRef exclude each other',
    accepted: [
      { spec: group({ cluster: 'prod' }) },
      change(group, { cluster: 'prod' }, { clusterRef: { name: 'prod' } }),
    ],
    refused: [{ spec: group({ cluster: 'prod', clusterRef: { name: 'prod' } }) }],
  },
  {
    names,
    says: 'spec.maxInstanceLifetime is less than a day',
    accepted: [0, 86_400].map((maxInstanceLifetime) => ({ spec: group({ maxInstanceLifetime }) })),
    refused: [{ spec: group({ maxInstanceLifetime: 3600 }) }],
  },
  {
    names,
    says: 'spec.forceDelete contradicts spec.deletionProtection',
    accepted: [
      { spec: group({ forceDelete: true }) },
      { spec: group({ forceDelete: true, deletionProtection: 'none' }) },
      { spec: group({ forceDelete: false, deletionProtection: 'prevent-force-deletion' }) },
    ],
    refused: [{ spec: group({ forceDelete: true, deletionProtection: 'prevent-force-deletion' }) }],
  },
  {
    names,
    says: 'spec.instanceRefresh.autoRollback needs a version',
    accepted: [
      refresh({ autoRollback: true }),
      refresh({ autoRollback: true }, { launchTemplateRef: undefined, ...byName }),
      refresh({ autoRollback: false }, { launchTemplateRef: undefined, launchTemplate: { launchTemplateId: 'lt-1' } }),
    ],
    refused: [
      refresh({ autoRollback: true }, { launchTemplateRef: undefined, launchTemplate: { launchTemplateId: 'lt-1' } }),
      refresh(
        { autoRollback: true },
        { launchTemplateRef: undefined, launchTemplate: { launchTemplateId: 'lt-1', version: '$Latest' } },
      ),
    ],
  },
  {
    names,
    says: 'a launch template is named by launchTemplateId or launchTemplateName',
    accepted: [{ spec: { ...bare, ...byName } }],
    refused: [
      { spec: { ...bare, launchTemplate: { version: '1' } } },
      { spec: { ...bare, launchTemplate: { launchTemplateName: 'web', launchTemplateId: 'lt-1' } } },
      { spec: group(overrides({ launchTemplateSpecification: {} })) },
    ],
  },
  {
    names,
    says: 'has both instanceType and instanceRequirements',
    accepted: [
      { spec: group(overrides({ instanceType: 'm5.large' }, { instanceType: 'm6i.large' })) },
      { spec: group(overrides({ instanceRequirements: required })) },
    ],
    refused: [
      { spec: group(overrides({ instanceType: 'm5.large' }, { instanceRequirements: required })) },
      { spec: group(overrides({ instanceType: 'm5.large', instanceRequirements: required })) },
    ],
  },
  {
    names,
    says: 'launchTemplateSpecification and launchTemplateRef of an item exclude',
    accepted: [
      { spec: group(overrides({ instanceType: 'm6g.large', launchTemplateRef: { name: 'arm' } })) },
      {
        spec: group(
          overrides({ instanceType: 'm6g.large', launchTemplateSpecification: { launchTemplateName: 'arm' } }),
        ),
      },
    ],
    refused: [
      {
        spec: group(
          overrides({ launchTemplateRef: { name: 'arm' }, launchTemplateSpecification: { launchTemplateName: 'arm' } }),
        ),
      },
    ],
  },
  {
    names,
    says: "ecs-managed-draining-termination-hook is ECS's own",
    accepted: [{ spec: hook('drain-connections', { defaultResult: 'ABANDON' }) }],
    refused: [{ spec: hook('ecs-managed-draining-termination-hook') }],
  },
  {
    names,
    says: 'spec.instanceMaintenancePolicy needs both',
    accepted: [maintenance(percent(90, 120))],
    refused: [maintenance({ minHealthyPercentage: 90 }), maintenance({ maxHealthyPercentage: 120 }), maintenance({})],
  },
  {
    names,
    says: 'spec.instanceMaintenancePolicy: maxHealthyPercentage is 100 to 200',
    accepted: [maintenance(percent(-1, -1)), maintenance(percent(100, 200)), maintenance(percent(0, 100))],
    refused: [
      maintenance(percent(-1, 100)),
      maintenance(percent(90, -1)),
      maintenance(percent(50, 90)),
      maintenance(percent(50, 151)),
    ],
  },
  {
    names,
    says: 'spec.instanceRefresh.maxHealthyPercentage needs minHealthyPercentage',
    accepted: [refresh(percent(100, 110)), refresh({ minHealthyPercentage: 90 })],
    refused: [refresh({ maxHealthyPercentage: 110 })],
  },
  {
    names,
    says: 'spec.instanceRefresh: maxHealthyPercentage is more than 100 above',
    accepted: [refresh(percent(0, 100)), refresh(percent(100, 200))],
    refused: [refresh(percent(50, 151))],
  },
  {
    names,
    says: 'spec.instanceRefresh.checkpointDelay needs checkpointPercentages',
    accepted: [
      refresh({ checkpointDelay: 60, checkpointPercentages: [50, 100] }),
      refresh({ checkpointPercentages: [50] }),
    ],
    refused: [refresh({ checkpointDelay: 60 })],
  },
  {
    names,
    says: 'spec.instanceRefresh.checkpointPercentages have to rise',
    accepted: [refresh({ checkpointPercentages: [1, 20, 100] })],
    refused: [refresh({ checkpointPercentages: [20, 10] }), refresh({ checkpointPercentages: [20, 20] })],
  },
  {
    names,
    says: 'allowedInstanceTypes and excludedInstanceTypes exclude',
    accepted: [{ spec: requiring({ excludedInstanceTypes: ['t3.*'] }) }],
    refused: [{ spec: requiring({ allowedInstanceTypes: ['m5.*'], excludedInstanceTypes: ['t3.*'] }) }],
  },
  {
    names,
    says: 'spotMaxPricePercentageOverLowestPrice and maxSpotPriceAs',
    accepted: [{ spec: requiring({ spotMaxPricePercentageOverLowestPrice: 20 }) }],
    refused: [
      {
        spec: requiring({
          spotMaxPricePercentageOverLowestPrice: 20,
          maxSpotPriceAsPercentageOfOptimalOnDemandPrice: 50,
        }),
      },
    ],
  },
];

const inWindow = (window: object): object => group({ instanceRefresh: { window } });

export const autoScalingGroupSchemaCases: readonly SchemaCase[] = [
  { names, spec: byRef, says: 'spec.minSize: Required value' },
  { names, spec: group({ minSize: -1 }), says: 'spec.minSize' },
  { names, spec: group({ autoScalingGroupName: 'a:b' }), says: 'spec.autoScalingGroupName' },
  { names, spec: group({ MinSize: 1 }), says: 'unknown field "spec.MinSize"' },
  { names, spec: group({ VPCZoneIdentifier: 'subnet-1' }), says: 'unknown field "spec.VPCZoneIdentifier"' },
  { names, spec: group({ tags: [{ value: 'x' }] }), says: 'spec.tags[0].key: Required value' },
  { names, spec: group({ tags: many(46, (key) => ({ key })) }), says: 'spec.tags: Too many' },
  { names, spec: hook('no spaces'), says: 'lifecycleHookName' },
  { names, spec: hook('hook', { heartbeatTimeout: 29 }), says: 'heartbeatTimeout' },
  { names, spec: hook('hook', { defaultResult: 'STOP' }), says: 'defaultResult: Unsupported value' },
  { names, spec: hook('hook', { lifecycleTransition: 'terminating' }), says: 'lifecycleTransition: Unsupported value' },
  { names, spec: group(overrides({ weightedCapacity: '0.5' })), says: 'weightedCapacity' },
  { names, spec: group(overrides(...many(41, (instanceType) => ({ instanceType })))), says: 'overrides: Too many' },
  { names, spec: group({ instanceRefresh: { minHealthyPercentage: 101 } }), says: 'minHealthyPercentage' },
  { names, spec: group({ instanceRefresh: { strategy: 'BlueGreen' } }), says: 'strategy: Unsupported value' },
  { names, spec: group({ instanceRefresh: { checkpointPercentages: [0] } }), says: 'checkpointPercentages[0]' },
  { names, spec: inWindow({ schedule: '0 2 * * *' }), says: 'window.duration: Required value' },
  { names, spec: inWindow({ schedule: 'nightly', duration: '4h' }), says: 'window.schedule' },
  ...['4 hours', '1.5h', '30', 'PT4H'].map((duration) => ({
    names,
    spec: inWindow({ schedule: '0 2 * * *', duration }),
    says: 'window.duration',
  })),
  { names, spec: group({ warmPool: { poolState: 'Asleep' } }), says: 'poolState: Unsupported value' },
  { names, spec: group({ deletionProtection: 'yes' }), says: 'spec.deletionProtection: Unsupported value' },
];
