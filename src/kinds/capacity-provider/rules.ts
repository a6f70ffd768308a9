import type { KindRules, Rule } from '../../generate/contract.ts';
import { instanceRequirements } from '../../generate/instance-requirements.ts';
import {
  awsName,
  rules as cel,
  immutable,
  int64,
  nameRules,
  regionRule,
  tags,
  unchanged,
} from '../../generate/shared.ts';
import { capacityProviderNames } from './names.ts';

const recreate =
  'create a new ECSCapacityProvider beside this one, move the weight in the strategies to it, then delete this one';

const specRules: readonly Rule[] = [
  regionRule,
  {
    rule: 'has(self.autoScalingGroupProvider) != has(self.managedInstancesProvider)',
    message: 'spec needs one of spec.autoScalingGroupProvider and spec.managedInstancesProvider: set exactly one',
  },
  {
    rule: 'has(self.managedInstancesProvider) == has(oldSelf.managedInstancesProvider)',
    message: `spec.managedInstancesProvider and spec.autoScalingGroupProvider cannot take each other's place: ${recreate}`,
  },
  {
    rule: 'has(self.managedInstancesProvider) ? has(self.cluster) != has(self.clusterRef) : !has(self.cluster) && !has(self.clusterRef)',
    message:
      'spec.cluster and spec.clusterRef: a provider with managedInstancesProvider needs exactly one of them, and one with autoScalingGroupProvider none, because ECSCluster names it in capacityProviderRefs',
  },
  immutable('cluster', `ECS cannot move a provider to another cluster; ${recreate}`),
  immutable('clusterRef', `ECS cannot move a provider to another cluster; ${recreate}`),
];

const groupRules: readonly Rule[] = [
  {
    rule: 'has(self.autoScalingGroupArn) != has(self.autoScalingGroupRef)',
    message:
      'spec.autoScalingGroupProvider: one of autoScalingGroupArn and autoScalingGroupRef has to name the group; set exactly one',
  },
  {
    // CP-15
    rule: `${unchanged('autoScalingGroupRef')} && ${unchanged('autoScalingGroupArn')}`,
    message: `spec.autoScalingGroupProvider: the group is immutable, because ECS cannot change it; ${recreate}`,
  },
  {
    // CP-02
    rule: "self.?managedTerminationProtection.orValue('') != 'ENABLED' || self.?managedScaling.?status.orValue('') == 'ENABLED'",
    message:
      'spec.autoScalingGroupProvider.managedTerminationProtection ENABLED needs managed scaling: set managedScaling.status to ENABLED, or managedTerminationProtection to DISABLED',
  },
];

/** UpdateCapacityProvider has no member for these. */
const launchRules: readonly Rule[] = ['capacityOptionType', 'fipsEnabled'].map((field) => ({
  rule: unchanged(field),
  message: `spec.managedInstancesProvider.instanceLaunchTemplate.${field} is immutable, because ECS cannot change it; ${recreate}`,
}));

export const rules: KindRules = {
  names: capacityProviderNames,
  description:
    'An Amazon ECS capacity provider: an Auto Scaling group, or Managed Instances. The fields of spec are those of CreateCapacityProvider.',
  spec: 'ECSCapacityProviderSpec',
  status: 'ECSCapacityProviderStatus',
  request: { type: 'CreateCapacityProviderRequest', nameField: 'name' },
  overlays: {
    Object: cel(...nameRules('ECSCapacityProvider', 'name', 'capacity provider'), {
      rule: "has(self.spec.name) ? !self.spec.name.lowerAscii().matches('^(aws|ecs|fargate)') : !['aws', 'ecs', 'fargate'].exists(reserved, self.metadata.name.startsWith(reserved))",
      message:
        'metadata.name or spec.name begins with aws, ecs or fargate, which AWS keeps for its own providers: set spec.name to another name',
    }),
    Spec: cel(...specRules),
    'Spec.name': { ...awsName, description: 'The name in AWS. The default is metadata.name.' },
    'Spec.cluster': { description: 'Name or ARN of the cluster of managedInstancesProvider.', maxLength: 2048 },
    'Spec.clusterRef': { description: 'The ECSCluster of managedInstancesProvider.' },
    'Spec.tags': tags,
    GroupProvider: cel(...groupRules),
    'GroupProvider.autoScalingGroupArn': {
      description: 'ARN of a group that is not an AutoScalingGroup of ours.',
      maxLength: 2048,
    },
    'GroupProvider.autoScalingGroupRef': { description: 'The AutoScalingGroup.' },
    ManagedScaling: cel({
      rule: 'self.?minimumScalingStepSize.orValue(1) <= self.?maximumScalingStepSize.orValue(10000)',
      message:
        'spec.autoScalingGroupProvider.managedScaling: minimumScalingStepSize is above maximumScalingStepSize; lower the one or raise the other',
    }),
    // CAS-04: the guide says 0 to 100, the API reference 1 to 100.
    'ManagedScaling.targetCapacity': { minimum: 1, maximum: 100 },
    'ManagedScaling.minimumScalingStepSize': { minimum: 1, maximum: 10_000 },
    'ManagedScaling.maximumScalingStepSize': { minimum: 1, maximum: 10_000 },
    'ManagedScaling.instanceWarmupPeriod': { minimum: 0, maximum: 10_000 },
    InstanceLaunchTemplate: cel(...launchRules),
    'InfrastructureOptimization.scaleInAfter': { minimum: -1, maximum: 3600 },
    'ManagedInstancesStorageConfiguration.storageSizeGiB': { minimum: 1 },
    ...instanceRequirements(
      'InstanceRequirementsRequest',
      'spec.managedInstancesProvider.instanceLaunchTemplate.instanceRequirements',
    ),
    'Status.attemptedGeneration': {
      ...int64,
      description:
        'The generation of the spec that ECS was last seen at work on. What it could not do is tried again for the next one.',
    },
    'Status.type': { description: 'Which sort of provider it is.' },
  },
  columns: [
    { name: 'Status', type: 'string', jsonPath: '.status.status' },
    { name: 'Type', type: 'string', jsonPath: '.status.type' },
    { name: 'Group', type: 'string', jsonPath: '.spec.autoScalingGroupProvider.autoScalingGroupRef.name' },
    { name: 'Update', type: 'string', jsonPath: '.status.updateStatus', priority: 1 },
    { name: 'ARN', type: 'string', jsonPath: '.status.capacityProviderArn', priority: 1 },
  ],
};
