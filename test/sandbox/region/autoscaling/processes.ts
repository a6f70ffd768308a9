import type { DescribeAccountLimitsAnswer, ScalingProcessQuery } from '@aws-sdk/client-auto-scaling';
import type { World } from '../world.ts';
import { validationError } from './errors.ts';
import { findLiveGroup } from './find.ts';
import { groupChanged } from './group-changed.ts';
import { MAX_GROUPS } from './groups.ts';

const PROCESSES = [
  'Launch',
  'Terminate',
  'AddToLoadBalancer',
  'AlarmNotification',
  'AZRebalance',
  'HealthCheck',
  'InstanceRefresh',
  'ReplaceUnhealthy',
  'ScheduledActions',
];

export function suspendProcesses(world: World, input: ScalingProcessQuery): object {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  const at = world.agenda.date.toISOString().slice(0, 19);
  for (const process of processes(input)) group.suspended.set(process, `User suspended at ${at}Z`);
  return {};
}

export function resumeProcesses(world: World, input: ScalingProcessQuery): object {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  for (const process of processes(input)) group.suspended.delete(process);
  groupChanged(world, group);
  return {};
}

/** All of them, if none is named. */
function processes(input: ScalingProcessQuery): readonly string[] {
  const given = input.ScalingProcesses ?? [];
  const unknown = given.find((process) => !PROCESSES.includes(process));
  if (unknown !== undefined) throw validationError(`Invalid scaling process: ${unknown}.`);
  return given.length === 0 ? PROCESSES : given;
}

export function describeAccountLimits(world: World): DescribeAccountLimitsAnswer {
  return {
    MaxNumberOfAutoScalingGroups: MAX_GROUPS,
    MaxNumberOfLaunchConfigurations: 200,
    NumberOfAutoScalingGroups: world.autoScaling.groups.size,
    NumberOfLaunchConfigurations: 0,
  };
}
