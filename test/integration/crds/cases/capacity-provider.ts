import { capacityProviderNames } from '../../../../src/kinds/capacity-provider/names.ts';
import { change, commonCases, dottedCase, type RuleCase, type SchemaCase } from './shared.ts';

const names = capacityProviderNames;
const group = { autoScalingGroupRef: { name: 'gpu' } };
const ofGroup = (fields: object = {}): object => ({ autoScalingGroupProvider: group, ...fields });
const withSettings = (settings: object): object => ofGroup({ autoScalingGroupProvider: { ...group, ...settings } });
const scaled = (managedScaling: object, more: object = {}): object => withSettings({ managedScaling, ...more });
const launchTemplate = {
  ec2InstanceProfileArn: 'arn:aws:iam::111122223333:instance-profile/ecs',
  networkConfiguration: {},
};
const managed = (fields: object = {}, template: object = {}): object => ({
  clusterRef: { name: 'prod' },
  managedInstancesProvider: {
    infrastructureRoleArn: 'arn:aws:iam::111122223333:role/ecs',
    instanceLaunchTemplate: { ...launchTemplate, ...template },
  },
  ...fields,
});
const required = { vCpuCount: { min: 2 }, memoryMiB: { min: 4096 } };
const requiring = (more: object): object => managed({}, { instanceRequirements: { ...required, ...more } });
const reserved = 'begins with aws, ecs or fargate';

export const capacityProviderCases: readonly RuleCase[] = [
  ...commonCases(names, ofGroup, 'name'),
  dottedCase(names, ofGroup, 'name'),
  {
    names,
    says: reserved,
    accepted: [
      { name: 'my-ecs', spec: ofGroup() },
      { name: 'aws-gpu', spec: ofGroup({ name: 'gpu' }) },
      { spec: ofGroup({ name: 'laws' }) },
    ],
    refused: [
      { name: 'aws-gpu', spec: ofGroup() },
      { name: 'ecs', spec: ofGroup() },
      { name: 'fargate2', spec: ofGroup() },
      ...['aws', 'ECS-gpu', 'Fargate_GPU'].map((name) => ({ spec: ofGroup({ name }) })),
    ],
  },
  {
    names,
    says: 'spec needs one of spec.autoScalingGroupProvider',
    accepted: [{ spec: ofGroup() }, { spec: managed() }],
    refused: [{ spec: {} }, { spec: { ...managed(), ...ofGroup() } }],
  },
  {
    names,
    says: "cannot take each other's place",
    accepted: [change(managed, {}, { driftPolicy: 'Report' })],
    refused: [
      { from: ofGroup(), to: managed() },
      { from: managed(), to: ofGroup() },
    ],
  },
  {
    names,
    says: 'spec.cluster and spec.clusterRef: a provider with',
    accepted: [{ spec: managed() }, { spec: managed({ clusterRef: undefined, cluster: 'prod' }) }],
    refused: [
      { spec: ofGroup({ cluster: 'prod' }) },
      { spec: ofGroup({ clusterRef: { name: 'prod' } }) },
      { spec: managed({ cluster: 'prod' }) },
      { spec: managed({ clusterRef: undefined }) },
    ],
  },
  {
    names,
    says: 'spec.cluster is immutable',
    accepted: [
      change(managed, { clusterRef: undefined, cluster: 'a' }, { clusterRef: undefined, cluster: 'a', tags: [] }),
    ],
    refused: [change(managed, { clusterRef: undefined, cluster: 'a' }, { clusterRef: undefined, cluster: 'b' })],
  },
  {
    names,
    says: 'spec.clusterRef is immutable',
    accepted: [change(managed, {}, { driftPolicy: 'Report' })],
    refused: [
      change(managed, {}, { clusterRef: { name: 'other' } }),
      change(managed, {}, { clusterRef: undefined, cluster: 'prod' }),
    ],
  },
  {
    names,
    says: 'one of autoScalingGroupArn and autoScalingGroupRef has to name',
    accepted: [{ spec: ofGroup() }, { spec: { autoScalingGroupProvider: { autoScalingGroupArn: 'arn:aws:x' } } }],
    refused: [{ spec: { autoScalingGroupProvider: {} } }, { spec: withSettings({ autoScalingGroupArn: 'arn:aws:x' }) }],
  },
  {
    names,
    says: 'the group is immutable',
    accepted: [
      { from: ofGroup(), to: scaled({ status: 'ENABLED' }) },
      change(
        (autoScalingGroupProvider) => ({ autoScalingGroupProvider }),
        { autoScalingGroupArn: 'arn:aws:x' },
        { autoScalingGroupArn: 'arn:aws:x', managedDraining: 'ENABLED' },
      ),
    ],
    refused: [
      { from: ofGroup(), to: withSettings({ autoScalingGroupRef: { name: 'other' } }) },
      { from: ofGroup(), to: withSettings({ autoScalingGroupRef: { name: 'gpu', namespace: 'other' } }) },
      { from: ofGroup(), to: { autoScalingGroupProvider: { autoScalingGroupArn: 'arn:aws:x' } } },
      change(
        (autoScalingGroupProvider) => ({ autoScalingGroupProvider }),
        { autoScalingGroupArn: 'arn:aws:x' },
        { autoScalingGroupArn: 'arn:aws:y' },
      ),
    ],
  },
  {
    names,
    says: 'managedTerminationProtection ENABLED needs managed scaling',
    accepted: [
      { spec: scaled({ status: 'ENABLED' }, { managedTerminationProtection: 'ENABLED' }) },
      { spec: scaled({ status: 'DISABLED' }, { managedTerminationProtection: 'DISABLED' }) },
    ],
    refused: [
      { spec: withSettings({ managedTerminationProtection: 'ENABLED' }) },
      { spec: scaled({ targetCapacity: 90 }, { managedTerminationProtection: 'ENABLED' }) },
      { spec: scaled({ status: 'DISABLED' }, { managedTerminationProtection: 'ENABLED' }) },
    ],
  },
  {
    names,
    says: 'minimumScalingStepSize is above maximumScalingStepSize',
    accepted: [
      { spec: scaled({ minimumScalingStepSize: 10_000 }) },
      { spec: scaled({ minimumScalingStepSize: 2, maximumScalingStepSize: 2 }) },
      { spec: scaled({ maximumScalingStepSize: 1 }) },
    ],
    refused: [{ spec: scaled({ minimumScalingStepSize: 3, maximumScalingStepSize: 2 }) }],
  },
  {
    names,
    says: 'instanceLaunchTemplate.capacityOptionType is immutable',
    accepted: [
      {
        from: managed({}, { capacityOptionType: 'SPOT' }),
        to: managed({}, { capacityOptionType: 'SPOT', monitoring: 'BASIC' }),
      },
    ],
    refused: [
      { from: managed({}, { capacityOptionType: 'SPOT' }), to: managed({}, { capacityOptionType: 'ON_DEMAND' }) },
      { from: managed(), to: managed({}, { capacityOptionType: 'SPOT' }) },
    ],
  },
  {
    names,
    says: 'instanceLaunchTemplate.fipsEnabled is immutable',
    accepted: [
      { from: managed({}, { fipsEnabled: true }), to: managed({}, { fipsEnabled: true, monitoring: 'BASIC' }) },
    ],
    refused: [{ from: managed({}, { fipsEnabled: true }), to: managed({}, { fipsEnabled: false }) }],
  },
  {
    names,
    says: 'allowedInstanceTypes and excludedInstanceTypes exclude',
    accepted: [
      { spec: requiring({ allowedInstanceTypes: ['m5.*'] }) },
      { spec: requiring({ excludedInstanceTypes: ['t3.*'] }) },
    ],
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

export const capacityProviderSchemaCases: readonly SchemaCase[] = [
  { names, spec: ofGroup({ name: 'no.dots' }), says: 'spec.name' },
  { names, spec: scaled({ targetCapacity: 0 }), says: 'targetCapacity' },
  { names, spec: scaled({ targetCapacity: 101 }), says: 'targetCapacity' },
  { names, spec: scaled({ minimumScalingStepSize: 0 }), says: 'minimumScalingStepSize' },
  { names, spec: scaled({ maximumScalingStepSize: 10_001 }), says: 'maximumScalingStepSize' },
  { names, spec: scaled({ instanceWarmupPeriod: 10_001 }), says: 'instanceWarmupPeriod' },
  { names, spec: scaled({ status: 'ON' }), says: 'managedScaling.status: Unsupported value' },
  { names, spec: { managedInstancesProvider: {}, cluster: 'prod' }, says: 'infrastructureRoleArn: Required value' },
  {
    names,
    spec: { managedInstancesProvider: { infrastructureOptimization: { scaleInAfter: 3601 } }, cluster: 'prod' },
    says: 'scaleInAfter',
  },
];
