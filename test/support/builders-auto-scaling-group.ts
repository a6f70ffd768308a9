import type { Instance, AutoScalingGroup as LiveGroup, TagDescription } from '@aws-sdk/client-auto-scaling';
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import type { Identity } from '../../src/engine/kind.ts';
import type {
  AutoScalingGroup,
  AutoScalingGroupSpec,
  AutoScalingGroupStatus,
} from '../../src/kinds/auto-scaling-group/api.ts';
import { autoScalingGroupNames } from '../../src/kinds/auto-scaling-group/names.ts';
import type { ObservedGroup } from '../../src/kinds/auto-scaling-group/observed.ts';
import { arns, type ObjectOptions, object, ownTags, region } from './builders.ts';

export const groupArn = (name: string): string =>
  `arn:aws:autoscaling:${region}:123456789012:autoScalingGroup:00000000-0000-0000-0000-000000000000:autoScalingGroupName/${name}`;

/** What the rest of a spec in these tests refers to. */
export const launchTemplateRef = { name: 'nodes' } as const;

export const templateField = 'spec.launchTemplateRef';

/** A LaunchTemplate of ours, which joins its instances to the cluster `prod`. */
export function template(version = '3', details: Readonly<Record<string, string>> = { cluster: 'prod' }): Identity {
  return { arn: 'lt-1', name: 'nodes', region, details: { version, ...details } };
}

/** The least that the API server takes, and what most groups of a cluster have. */
export const smallGroup: AutoScalingGroupSpec = {
  launchTemplateRef,
  minSize: 1,
  maxSize: 4,
  vpcZoneIdentifier: 'subnet-a,subnet-b',
};

export function autoScalingGroup(
  name: string,
  spec: Partial<AutoScalingGroupSpec> = {},
  options: ObjectOptions<AutoScalingGroupStatus> = {},
): AutoScalingGroup {
  return object(autoScalingGroupNames, name, { ...smallGroup, ...spec }, options);
}

/** An instance in service, of the version that the group has. */
export function instance(InstanceId: string, more: Partial<Instance> = {}): Instance {
  return {
    InstanceId,
    InstanceType: 'm7g.large',
    AvailabilityZone: `${region}a`,
    LifecycleState: 'InService',
    HealthStatus: 'Healthy',
    ProtectedFromScaleIn: false,
    LaunchTemplate: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'nodes', Version: '3' },
    ...more,
  };
}

/** An instance as ECS knows it, with an agent and without tasks. */
export function containerInstance(ec2InstanceId: string, more: Partial<ContainerInstance> = {}): ContainerInstance {
  return {
    containerInstanceArn: `${arns.cluster('prod').replace(':cluster/', ':container-instance/')}/${ec2InstanceId}`,
    ec2InstanceId,
    status: 'ACTIVE',
    agentConnected: true,
    runningTasksCount: 0,
    pendingTasksCount: 0,
    ...more,
  };
}

/** The ownership tags of this object as Auto Scaling shows them. */
export function groupTags(of: AutoScalingGroup): TagDescription[] {
  return ownTags(of).map(({ key, value }) => ({
    ResourceId: of.spec.autoScalingGroupName ?? of.metadata.name,
    ResourceType: 'auto-scaling-group',
    Key: key,
    Value: value,
    PropagateAtLaunch: false,
  }));
}

/** A group as DescribeAutoScalingGroups shows one of ours that has settled, with the defaults that AWS fills in. */
export function liveGroup(of: AutoScalingGroup, more: Partial<LiveGroup> = {}): LiveGroup {
  const name = of.spec.autoScalingGroupName ?? of.metadata.name;
  return {
    AutoScalingGroupName: name,
    AutoScalingGroupARN: groupArn(name),
    LaunchTemplate: { LaunchTemplateId: 'lt-1', LaunchTemplateName: 'nodes', Version: '3' },
    MinSize: of.spec.minSize,
    MaxSize: of.spec.maxSize,
    DesiredCapacity: of.spec.minSize,
    DefaultCooldown: 300,
    AvailabilityZones: [`${region}a`, `${region}b`],
    LoadBalancerNames: [],
    TargetGroupARNs: [],
    HealthCheckType: 'EC2',
    HealthCheckGracePeriod: 0,
    Instances: [],
    CreatedTime: new Date('2026-01-01T00:00:00Z'),
    SuspendedProcesses: [],
    VPCZoneIdentifier: 'subnet-a,subnet-b',
    EnabledMetrics: [],
    Tags: groupTags(of),
    TerminationPolicies: ['Default'],
    NewInstancesProtectedFromScaleIn: false,
    ServiceLinkedRoleARN:
      'arn:aws:iam::123456789012:role/aws-service-role/autoscaling.amazonaws.com/AWSServiceRoleForAutoScaling',
    TrafficSources: [],
    ...more,
  };
}

/** What a pass reads of a group that has nothing special. */
export function observedGroup(group: LiveGroup, more: Partial<ObservedGroup> = {}): ObservedGroup {
  return {
    group,
    refresh: undefined,
    hooks: undefined,
    warmPool: undefined,
    activities: [],
    policies: [],
    containerInstances: undefined,
    denied: new Set(),
    ...more,
  };
}
