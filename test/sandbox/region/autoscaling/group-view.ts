import type {
  AutoScalingGroup,
  AutoScalingGroupNamesType,
  AutoScalingGroupsType,
  Filter,
  MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';
import { zoneId } from '../ec2/network.ts';
import { paged } from '../paged.ts';
import type { World } from '../world.ts';
import { invalidToken, validationError } from './errors.ts';
import { isWarmed } from './find.ts';
import { groupMember, templateView } from './member-view.ts';
import type { GroupState, LaunchSource } from './state.ts';
import { tagList } from './tags.ts';
import { trafficView } from './traffic.ts';
import { poolView } from './warm-pool.ts';

/** Names that do not exist are left out, without an error. */
export function describeAutoScalingGroups(world: World, input: AutoScalingGroupNamesType): AutoScalingGroupsType {
  const names = input.AutoScalingGroupNames ?? [];
  const found = [...world.autoScaling.groups.values()]
    .filter(({ name }) => names.length === 0 || names.includes(name))
    .filter((group) => (input.Filters ?? []).every((filter) => passes(group, filter)));
  const { items, nextToken } = paged(found, ({ name }) => name, {
    token: input.NextToken,
    size: pageSize(input.MaxRecords, 50, 100),
    invalidToken,
  });
  const withInstances = input.IncludeInstances !== false;
  return { AutoScalingGroups: items.map((group) => groupView(group, withInstances)), NextToken: nextToken };
}

export function pageSize(given: number | undefined, size: number, max: number): number {
  if (given !== undefined && (given < 1 || given > max)) {
    throw validationError(
      `1 validation error detected: Value '${given}' at 'maxRecords' failed to satisfy constraint: ` +
        `Member must have value less than or equal to ${max}`,
    );
  }
  return given ?? size;
}

function passes(group: GroupState, { Name = '', Values = [] }: Filter): boolean {
  if (Name.startsWith('tag:')) return Values.includes(group.tags.get(Name.slice('tag:'.length))?.value ?? '\0');
  switch (Name) {
    case 'tag-key':
      return Values.some((key) => group.tags.has(key));
    case 'tag-value':
      return [...group.tags.values()].some(({ value }) => Values.includes(value));
    default:
      throw validationError(`The filter name ${Name} is not valid.`);
  }
}

function groupView(group: GroupState, withInstances: boolean): AutoScalingGroup {
  const members = [...group.members.values()];
  const warm = members.filter(({ lifecycleState }) => isWarmed(lifecycleState));
  return {
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    ...sourceView(group.launch),
    MinSize: group.minSize,
    MaxSize: group.maxSize,
    DesiredCapacity: group.desiredCapacity,
    DefaultCooldown: group.defaultCooldown,
    AvailabilityZones: [...group.availabilityZones],
    AvailabilityZoneIds: group.availabilityZones.map(zoneId),
    HealthCheckType: group.healthCheckType,
    HealthCheckGracePeriod: group.healthCheckGracePeriod,
    Instances: withInstances
      ? members.filter(({ lifecycleState }) => !isWarmed(lifecycleState)).map(groupMember)
      : undefined,
    CreatedTime: group.createdTime,
    SuspendedProcesses: [...group.suspended].map(([ProcessName, SuspensionReason]) => ({
      ProcessName,
      SuspensionReason,
    })),
    VPCZoneIdentifier: group.subnets.join(','),
    EnabledMetrics: [],
    Status: group.status,
    Tags: tagList(group),
    TerminationPolicies: [...group.terminationPolicies],
    NewInstancesProtectedFromScaleIn: group.newInstancesProtectedFromScaleIn,
    MaxInstanceLifetime: group.maxInstanceLifetime,
    DefaultInstanceWarmup: group.defaultInstanceWarmup,
    WarmPoolConfiguration: group.warmPool === undefined ? undefined : poolView(group.warmPool),
    WarmPoolSize: group.warmPool === undefined ? undefined : warm.length,
    ...trafficView(group),
    ...group.kept,
  };
}

function sourceView(source: LaunchSource): Pick<AutoScalingGroup, 'LaunchTemplate' | 'MixedInstancesPolicy'> {
  if (source.kind === 'template') return { LaunchTemplate: templateView(source.template) };
  const policy: MixedInstancesPolicy = {
    LaunchTemplate: {
      LaunchTemplateSpecification: templateView(source.template),
      Overrides: [...source.overrides],
    },
    // What was not given has its default in the answer.
    InstancesDistribution: {
      OnDemandAllocationStrategy: 'prioritized',
      OnDemandBaseCapacity: 0,
      OnDemandPercentageAboveBaseCapacity: 100,
      SpotAllocationStrategy: 'lowest-price',
      ...(source.distribution.SpotAllocationStrategy === undefined ? { SpotInstancePools: 2 } : {}),
      ...source.distribution,
    },
  };
  return { MixedInstancesPolicy: policy };
}
