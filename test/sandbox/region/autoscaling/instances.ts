import type {
  ActivityType,
  AutoScalingInstancesType,
  DescribeAutoScalingInstancesType,
  SetDesiredCapacityType,
  SetInstanceHealthQuery,
  SetInstanceProtectionQuery,
  TerminateInstanceInAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import type { AwsError } from '../errors.ts';
import { paged } from '../paged.ts';
import type { World } from '../world.ts';
import { isActivityRunning, stamp } from './activities.ts';
import { activityInProgress, invalidToken, validationError } from './errors.ts';
import { findLiveGroup, findMember, isActive, isTerminating, isWarmed } from './find.ts';
import { groupChanged } from './group-changed.ts';
import { pageSize } from './group-view.ts';
import { memberDetails } from './member-view.ts';
import { retire } from './members.ts';
import type { GroupState, MemberState } from './state.ts';

const MAX_PROTECTED_AT_ONCE = 50;

export function setDesiredCapacity(world: World, input: SetDesiredCapacityType): object {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  const wanted = input.DesiredCapacity ?? 0;
  if (wanted > group.maxSize) {
    throw validationError(
      `New SetDesiredCapacity value ${wanted} is above max value ${group.maxSize} for the AutoScalingGroup.`,
    );
  }
  if (wanted < group.minSize) {
    throw validationError(
      `New SetDesiredCapacity value ${wanted} is below min value ${group.minSize} for the AutoScalingGroup.`,
    );
  }
  if (input.HonorCooldown === true) checkCooldown(world, group);
  group.cause =
    `At ${stamp(world.agenda.date)} a user request explicitly set group desired capacity changing the desired capacity ` +
    `from ${group.desiredCapacity} to ${wanted}.`;
  group.desiredCapacity = wanted;
  group.launchesResume = undefined;
  groupChanged(world, group);
  return {};
}

function checkCooldown(world: World, group: GroupState): void {
  const cooledAt = (group.lastActivityEnd?.getTime() ?? 0) + group.defaultCooldown * 1_000;
  if (!isActivityRunning(group) && (group.lastActivityEnd === undefined || cooledAt <= world.agenda.now)) return;
  const [activity] = group.activities;
  throw activityInProgress(`Scaling activity ${activity?.ActivityId} is in progress and blocks this action`);
}

/** All of them or none. */
export function setInstanceProtection(world: World, input: SetInstanceProtectionQuery): object {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  const ids = input.InstanceIds ?? [];
  if (ids.length > MAX_PROTECTED_AT_ONCE) {
    throw validationError(`The number of instance IDs exceeds the limit of ${MAX_PROTECTED_AT_ONCE}.`);
  }
  const members = ids.map((id) => {
    const member = group.members.get(id);
    if (member === undefined) {
      throw validationError(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
    }
    if (!isActive(member)) {
      throw validationError(`The instance ${id} is not in InService or EnteringStandby or Standby.`);
    }
    return member;
  });
  for (const member of members) member.protectedFromScaleIn = input.ProtectedFromScaleIn ?? false;
  groupChanged(world, group);
  return {};
}

/** Protection from scale-in does not keep an instance from this. */
export function terminateInstanceInAutoScalingGroup(
  world: World,
  input: TerminateInstanceInAutoScalingGroupType,
): ActivityType {
  const member = managed(world, input.InstanceId ?? '');
  const group = findLiveGroup(world, member.group.name);
  const decrements = input.ShouldDecrementDesiredCapacity === true && !isWarmed(member.lifecycleState);
  if (decrements && group.desiredCapacity <= group.minSize) throw belowMinimum(group);
  const at = stamp(world.agenda.date);
  let cause = `At ${at} instance ${member.instance.id} was taken out of service in response to a user request`;
  if (isTerminating(member)) {
    cause += '.';
  } else if (decrements) {
    cause += `, shrinking the capacity from ${group.desiredCapacity} to ${group.desiredCapacity - 1}.`;
    group.desiredCapacity -= 1;
  } else {
    cause += '.';
    group.cause = `At ${at} an instance was launched in response to an unhealthy instance needing to be replaced.`;
  }
  retire(world, member, cause);
  const activity = group.activities.find(({ ActivityId }) => ActivityId === member.activityId);
  return { Activity: activity === undefined ? undefined : { ...activity } };
}

function managed(world: World, id: string): MemberState {
  const member = findMember(world, id);
  if (member === undefined) {
    throw validationError(`Instance Id not found - No managed instance found for instance ID: ${id}`);
  }
  return member;
}

const belowMinimum = (group: GroupState): AwsError =>
  validationError(
    `Currently, desiredSize equals minSize (${group.minSize}). Terminating instance without replacement will violate ` +
      "group's min size constraint. Either set shouldDecrementDesiredCapacity flag to false or lower group's min size.",
  );

/** What a health check outside of AWS has found. */
export function setInstanceHealth(world: World, input: SetInstanceHealthQuery): object {
  const member = managed(world, input.InstanceId ?? '');
  const health = input.HealthStatus;
  if (health !== 'Healthy' && health !== 'Unhealthy') {
    throw validationError('Valid instance health states are: [Healthy, Unhealthy].');
  }
  member.healthStatus = health;
  groupChanged(world, member.group);
  return {};
}

/** Instances that are not in a group are left out, without an error. */
export function describeAutoScalingInstances(
  world: World,
  input: DescribeAutoScalingInstancesType,
): AutoScalingInstancesType {
  const ids = input.InstanceIds ?? [];
  const found = [...world.autoScaling.groups.values()]
    .flatMap(({ members }) => [...members.values()])
    .filter(({ instance }) => ids.length === 0 || ids.includes(instance.id));
  const { items, nextToken } = paged(found, ({ instance }) => instance.id, {
    token: input.NextToken,
    size: pageSize(input.MaxRecords, 50, 50),
    invalidToken,
  });
  return { AutoScalingInstances: items.map(memberDetails), NextToken: nextToken };
}
