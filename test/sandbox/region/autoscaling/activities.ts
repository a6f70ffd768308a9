import { randomUUID } from 'node:crypto';
import type {
  ActivitiesType,
  Activity,
  DescribeScalingActivitiesType,
  ScalingActivityStatusCode,
} from '@aws-sdk/client-auto-scaling';
import { paged } from '../paged.ts';
import type { World } from '../world.ts';
import { invalidToken } from './errors.ts';
import type { GroupState, MemberState } from './state.ts';

/** AWS keeps six weeks of them; a long run of the region must not grow without end. */
const MAX_KEPT = 500;

/** `2020-10-30T19:35:51Z`, as in causes. */
export const stamp = (date: Date): string => `${date.toISOString().slice(0, 19)}Z`;

export function startActivity(
  world: World,
  group: GroupState,
  given: { readonly description: string; readonly cause: string; readonly subnet: string; readonly zone: string },
): string {
  const activity: Activity = {
    ActivityId: randomUUID(),
    AutoScalingGroupName: group.name,
    AutoScalingGroupARN: group.arn,
    Description: given.description,
    Cause: given.cause,
    StartTime: world.agenda.date,
    StatusCode: 'InProgress',
    Progress: 50,
    Details: JSON.stringify({ 'Subnet ID': given.subnet, 'Availability Zone': given.zone }),
  };
  group.activities.unshift(activity);
  group.activities.length = Math.min(group.activities.length, MAX_KEPT);
  return activity.ActivityId ?? '';
}

export function moveActivity(group: GroupState, id: string | undefined, status: ScalingActivityStatusCode): void {
  const activity = running(group, id);
  if (activity !== undefined) activity.StatusCode = status;
}

export function endActivity(
  world: World,
  group: GroupState,
  id: string | undefined,
  end: { readonly status: 'Successful' | 'Failed' | 'Cancelled'; readonly message?: string },
): void {
  const activity = running(group, id);
  if (activity === undefined) return;
  activity.StatusCode = end.status;
  activity.EndTime = world.agenda.date;
  activity.Progress = 100;
  group.lastActivityEnd = world.agenda.date;
  if (end.message === undefined) return;
  activity.StatusMessage = end.message;
  if (end.status === 'Failed') activity.Description += `.  Status Reason: ${end.message}`;
}

function running(group: GroupState, id: string | undefined): Activity | undefined {
  return id === undefined
    ? undefined
    : group.activities.find(({ ActivityId, EndTime }) => ActivityId === id && EndTime === undefined);
}

export function isActivityRunning(group: GroupState): boolean {
  return group.activities.some(({ EndTime }) => EndTime === undefined);
}

export function terminationActivity(world: World, member: MemberState, cause: string): string {
  return startActivity(world, member.group, {
    description: `Terminating EC2 instance: ${member.instance.id}`,
    cause,
    subnet: member.instance.subnetId,
    zone: member.instance.availabilityZone,
  });
}

export function describeScalingActivities(world: World, input: DescribeScalingActivitiesType): ActivitiesType {
  const { groups, deletedGroupActivities } = world.autoScaling;
  const named =
    input.AutoScalingGroupName === undefined
      ? [...groups.values()]
      : [groups.get(input.AutoScalingGroupName)].filter((group) => group !== undefined);
  const live = named.flatMap(({ activities }) => activities);
  const gone =
    input.IncludeDeletedGroups === true
      ? deletedGroupActivities.filter(
          ({ AutoScalingGroupName: name }) =>
            input.AutoScalingGroupName === undefined || name === input.AutoScalingGroupName,
        )
      : [];
  const found = [...live, ...gone].filter(
    ({ ActivityId = '' }) => (input.ActivityIds ?? []).length === 0 || input.ActivityIds?.includes(ActivityId),
  );
  const { items, nextToken } = paged(found, ({ ActivityId = '' }) => ActivityId, {
    token: input.NextToken,
    size: Math.min(input.MaxRecords ?? 100, 100),
    invalidToken,
  });
  return { Activities: items.map((activity) => ({ ...activity })), NextToken: nextToken };
}

/** What remains of a group that is gone. */
export function keepActivities(world: World, group: GroupState): void {
  const kept = group.activities.map((activity) => ({ ...activity, AutoScalingGroupState: 'Deleted' }));
  world.autoScaling.deletedGroupActivities = [...kept, ...world.autoScaling.deletedGroupActivities].slice(0, MAX_KEPT);
}
