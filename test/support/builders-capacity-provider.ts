import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type {
  CapacityProvider,
  CreateManagedInstancesProviderConfiguration,
  InstanceLaunchTemplate,
  ManagedInstancesProvider,
} from '@aws-sdk/client-ecs';
import type { Identity } from '../../src/engine/kind.ts';
import type {
  ECSCapacityProvider,
  ECSCapacityProviderSpec,
  ECSCapacityProviderStatus,
} from '../../src/kinds/capacity-provider/api.ts';
import { capacityProviderNames } from '../../src/kinds/capacity-provider/names.ts';
import { type ObjectOptions, object, ownTags, region } from './builders.ts';

const account = '123456789012';

export const capacityProviderArn = (name: string): string =>
  `arn:aws:ecs:${region}:${account}:capacity-provider/${name}`;

/** The id in it is another one when a group is deleted and made again. */
export const groupArn = (name: string, id = '1', where = region): string =>
  `arn:aws:autoscaling:${where}:${account}:autoScalingGroup:${id}:autoScalingGroupName/${name}`;

/** What a reference to an AutoScalingGroup object leads to. */
export function groupIdentity(name: string, isProtected = true, where = region): Identity {
  return {
    arn: groupArn(name, '1', where),
    name,
    region: where,
    details: { newInstancesProtectedFromScaleIn: String(isProtected) },
  };
}

export const GROUP_REF = 'spec.autoScalingGroupProvider.autoScalingGroupRef';

export function ecsCapacityProvider(
  name: string,
  spec: ECSCapacityProviderSpec = { autoScalingGroupProvider: { autoScalingGroupArn: groupArn('nodes') } },
  options: ObjectOptions<ECSCapacityProviderStatus> = {},
): ECSCapacityProvider {
  return object(capacityProviderNames, name, spec, options);
}

/** What ECS fills in where nobody says anything (MD-01, MD-10). */
export const groupDefaults = {
  autoScalingGroupArn: groupArn('nodes'),
  managedScaling: {
    status: 'DISABLED',
    targetCapacity: 100,
    minimumScalingStepSize: 1,
    maximumScalingStepSize: 10_000,
    instanceWarmupPeriod: 300,
  },
  managedTerminationProtection: 'DISABLED',
  managedDraining: 'ENABLED',
} as const satisfies CapacityProvider['autoScalingGroupProvider'];

/** A provider of a group as DescribeCapacityProviders shows one of ours that has settled. */
export function liveCapacityProvider(of: ECSCapacityProvider, more: Partial<CapacityProvider> = {}): CapacityProvider {
  const name = of.spec.name ?? of.metadata.name;
  return {
    capacityProviderArn: capacityProviderArn(name),
    name,
    status: 'ACTIVE',
    autoScalingGroupProvider: groupDefaults,
    type: 'EC2_AUTOSCALING',
    tags: ownTags(of),
    ...more,
  };
}

/** A group that protects its instances, as DescribeAutoScalingGroups shows it. */
export function protectedGroup(name = 'nodes', more: Partial<AutoScalingGroup> = {}): AutoScalingGroup {
  return {
    AutoScalingGroupARN: groupArn(name),
    AutoScalingGroupName: name,
    MinSize: 0,
    MaxSize: 10,
    DesiredCapacity: 0,
    DefaultCooldown: 300,
    AvailabilityZones: [`${region}a`],
    HealthCheckType: 'EC2',
    CreatedTime: new Date('2026-01-01T00:00:00Z'),
    NewInstancesProtectedFromScaleIn: true,
    Instances: [],
    ...more,
  };
}

export const instanceTemplate: InstanceLaunchTemplate = {
  ec2InstanceProfileArn: `arn:aws:iam::${account}:instance-profile/instances`,
  networkConfiguration: { subnets: ['subnet-a', 'subnet-b'], securityGroups: ['sg-1'] },
};

/** The least that Managed Instances take. */
export const managedInstances: CreateManagedInstancesProviderConfiguration = {
  infrastructureRoleArn: `arn:aws:iam::${account}:role/infrastructure`,
  instanceLaunchTemplate: instanceTemplate,
};

/** A provider of Managed Instances as DescribeCapacityProviders shows one of ours that has settled. */
export function liveManagedInstances(
  of: ECSCapacityProvider,
  provider: Partial<ManagedInstancesProvider> = {},
): CapacityProvider {
  return liveCapacityProvider(of, {
    autoScalingGroupProvider: undefined,
    managedInstancesProvider: { ...managedInstances, propagateTags: 'NONE', ...provider },
    cluster: 'prod',
    type: 'MANAGED_INSTANCES',
    updateStatus: 'CREATE_COMPLETE',
  });
}
