import type { Activity, AutoScalingGroup, Instance } from '@aws-sdk/client-auto-scaling';
import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import type { CapacityProvider, Cluster, ContainerInstance, Resource, Task } from '@aws-sdk/client-ecs';
import { desiredOf } from '../../src/engine/desired.ts';
import type { Identity, Unresolved } from '../../src/engine/kind.ts';
import type { ECSCluster } from '../../src/kinds/cluster/api.ts';
import type { DesiredCluster } from '../../src/kinds/cluster/desired.ts';
import type { ObservedCapacity, ObservedCluster, ObservedProvider } from '../../src/kinds/cluster/observed.ts';
import { account, liveCluster, region } from './builders.ts';

export const now = Date.parse('2026-01-03T00:00:00Z');

/** What the pure functions are given for this cluster, with the references that resolve and those that do not yet. */
export function desiredCluster(
  of: ECSCluster,
  references: Readonly<Record<string, Identity>> = {},
  unresolved: Readonly<Record<string, Unresolved>> = {},
): DesiredCluster {
  const resolved = { identities: new Map(Object.entries(references)), unresolved: new Map(Object.entries(unresolved)) };
  return desiredOf(of, resolved, { accountId: account, region: of.spec.region ?? region, now });
}

export function observedCluster(
  of: ECSCluster,
  live: Partial<Cluster> = {},
  more: Partial<ObservedCluster> = {},
): ObservedCluster {
  return { cluster: liveCluster(of, live), services: [], uses: [], capacity: undefined, ...more };
}

export function capacity(more: Partial<ObservedCapacity> = {}): ObservedCapacity {
  return { instances: [], waiting: [], providers: [], denied: new Set(), ...more };
}

export function providerIdentity(name: string, where = region): Identity {
  return { arn: `arn:aws:ecs:${where}:123456789012:capacity-provider/${name}`, name, region: where };
}

/** A provider of a group, with managed scaling, as DescribeCapacityProviders shows it. */
export function capacityProvider(name: string, more: Partial<CapacityProvider> = {}): CapacityProvider {
  return {
    name,
    status: 'ACTIVE',
    type: 'EC2_AUTOSCALING',
    autoScalingGroupProvider: {
      autoScalingGroupArn: `arn:aws:autoscaling:${region}:123456789012:autoScalingGroup:1:autoScalingGroupName/${name}`,
      managedScaling: { status: 'ENABLED', targetCapacity: 100 },
    },
    ...more,
  };
}

export function managedInstances(name: string): ObservedProvider {
  return observedProvider(name, {
    provider: { name, status: 'ACTIVE', type: 'MANAGED_INSTANCES', managedInstancesProvider: {} },
    group: undefined,
  });
}

/** A provider with a group of the same name that has no instances yet and may have three. */
export function observedProvider(name: string, more: Partial<ObservedProvider> = {}): ObservedProvider {
  return {
    name,
    provider: capacityProvider(name),
    group: scalingGroup(name),
    activities: [],
    instanceTypes: [],
    ...more,
  };
}

export function scalingGroup(name: string, more: Partial<AutoScalingGroup> = {}): AutoScalingGroup {
  return {
    AutoScalingGroupName: name,
    MinSize: 0,
    MaxSize: 3,
    DesiredCapacity: 0,
    DefaultCooldown: 300,
    AvailabilityZones: [`${region}a`],
    HealthCheckType: 'EC2',
    CreatedTime: new Date('2026-01-01T00:00:00Z'),
    Tags: [{ Key: 'AmazonECSManaged', Value: '' }],
    Instances: [],
    ...more,
  };
}

export function groupInstance(id: string, more: Partial<Instance> = {}): Instance {
  return {
    InstanceId: id,
    InstanceType: 'm5.large',
    AvailabilityZone: `${region}a`,
    LifecycleState: 'InService',
    HealthStatus: 'Healthy',
    ProtectedFromScaleIn: false,
    ...more,
  };
}

/** An m5.large of the provider `ec2` with nothing on it. */
export function containerInstance(id: string, more: Partial<ContainerInstance> = {}): ContainerInstance {
  return {
    containerInstanceArn: `arn:aws:ecs:${region}:123456789012:container-instance/prod/ci-${id}`,
    ec2InstanceId: id,
    capacityProviderName: 'ec2',
    status: 'ACTIVE',
    agentConnected: true,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    registeredResources: resources(2048, 7985),
    remainingResources: resources(2048, 7985),
    attributes: [{ name: 'ecs.instance-type', value: 'm5.large' }],
    ...more,
  };
}

export function externalInstance(id: string, more: Partial<ContainerInstance> = {}): ContainerInstance {
  return containerInstance(id, {
    capacityProviderName: undefined,
    attributes: [{ name: 'ecs.capability.external' }],
    ...more,
  });
}

export function resources(cpu: number, memory: number): Resource[] {
  return [
    { name: 'CPU', type: 'INTEGER', integerValue: cpu },
    { name: 'MEMORY', type: 'INTEGER', integerValue: memory },
  ];
}

/** A task of the service `web` that waits for an instance of `ec2`. */
export function waitingTask(more: Partial<Task> = {}): Task {
  return {
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    capacityProviderName: 'ec2',
    group: 'service:web',
    cpu: '512',
    memory: '1024',
    createdAt: new Date(now - 1_000),
    ...more,
  };
}

/** What EC2 says of the type: more memory than an instance of it registers. */
export const m5Large: InstanceTypeInfo = {
  InstanceType: 'm5.large',
  VCpuInfo: { DefaultVCpus: 2 },
  MemoryInfo: { SizeInMiB: 8192 },
};

export const m5Xlarge: InstanceTypeInfo = {
  InstanceType: 'm5.xlarge',
  VCpuInfo: { DefaultVCpus: 4 },
  MemoryInfo: { SizeInMiB: 16_384 },
};

export function launchActivity(more: Partial<Activity> = {}): Activity {
  return {
    ActivityId: 'a-1',
    AutoScalingGroupName: 'ec2',
    Description: 'Launching a new EC2 instance: i-1',
    Cause: 'At 2026-01-02T23:50:00Z an instance was started.',
    StartTime: new Date(now - 120_000),
    EndTime: new Date(now - 60_000),
    StatusCode: 'Successful',
    ...more,
  };
}

export const noCapacity =
  'We currently do not have sufficient m5.large capacity in the Availability Zone you requested (us-east-1a). Our system will be working on provisioning additional capacity.';

export function failedLaunchActivity(message: string = noCapacity): Activity {
  return launchActivity({
    Description: `Launching a new EC2 instance.  Status Reason: ${message}`,
    StatusCode: 'Failed',
    StatusMessage: message,
  });
}
