import { isEnding } from '../ec2/instance-life.ts';
import type { World } from '../world.ts';
import { endActivity, keepActivities, stamp, startActivity } from './activities.ts';
import { activeMembers, isTerminating, isWarmed } from './find.ts';
import { lookAgainAt } from './group-changed.ts';
import { launchMember } from './launches.ts';
import { retire } from './members.ts';
import { surplusOf } from './refresh/facts.ts';
import { stepRefresh } from './refresh/step.ts';
import { scaleInChoice } from './scale-in.ts';
import type { GroupState, MemberState } from './state.ts';
import { fillPool, returnToPool } from './warm-pool.ts';

/** One look of Auto Scaling at a group: brings what there is nearer to what is wanted. */
export function reconcileGroup(world: World, group: GroupState): void {
  if (world.autoScaling.groups.get(group.name) !== group) return;
  if (group.status !== undefined) {
    if (group.members.size === 0) world.agenda.after(world.timings.groupDeletion, () => removeGroup(world, group));
    return;
  }
  replaceUnhealthy(world, group);
  replaceAged(world, group);
  stepRefresh(world, group);
  scale(world, group);
  fillPool(world, group);
}

function removeGroup(world: World, group: GroupState): void {
  if (world.autoScaling.groups.get(group.name) !== group) return;
  world.autoScaling.groups.delete(group.name);
  keepActivities(world, group);
}

function replaceUnhealthy(world: World, group: GroupState): void {
  if (['HealthCheck', 'ReplaceUnhealthy', 'Terminate'].some((process) => group.suspended.has(process))) return;
  const at = stamp(world.agenda.date);
  for (const member of [...group.members.values()]) {
    if (isTerminating(member) || isHealthy(member)) continue;
    member.healthStatus = 'Unhealthy';
    const check = isRunning(member)
      ? 'a user health-check.'
      : 'an EC2 health check indicating it has been terminated or stopped.';
    retire(world, member, `At ${at} an instance was taken out of service in response to ${check}`);
    group.cause = `At ${at} an instance was launched in response to an unhealthy instance needing to be replaced.`;
  }
}

function isHealthy(member: MemberState): boolean {
  return (
    member.healthStatus === 'Healthy' &&
    (isRunning(member) || isWarmed(member.lifecycleState)) &&
    !isEnding(member.instance)
  );
}

const isRunning = ({ instance }: MemberState): boolean => instance.state === 'running' || instance.state === 'pending';

/** One at a time, so that the group stays in service. */
function replaceAged(world: World, group: GroupState): void {
  const lifetime = (group.maxInstanceLifetime ?? 0) * 1_000;
  if (lifetime === 0 || group.suspended.has('Terminate')) return;
  const members = activeMembers(group);
  const [oldest] = [...members].sort((a, b) => a.instance.launchTime.getTime() - b.instance.launchTime.getTime());
  if (oldest === undefined) return;
  const end = oldest.instance.launchTime.getTime() + lifetime;
  if (end > world.agenda.now) {
    lookAgainAt(world, group, end);
  } else if (members.every(({ lifecycleState }) => lifecycleState === 'InService')) {
    const at = stamp(world.agenda.date);
    retire(
      world,
      oldest,
      `At ${at} an instance was taken out of service in response to its maximum instance lifetime.`,
    );
    group.cause = `At ${at} an instance was launched in response to an instance reaching its maximum lifetime.`;
  }
}

function scale(world: World, group: GroupState): void {
  const wanted = group.desiredCapacity + surplusOf(world, group);
  const actual = activeMembers(group).length;
  if (actual < wanted) scaleOut(world, group, actual, wanted);
  else if (actual > wanted) scaleIn(world, group, actual, wanted);
}

function scaleOut(world: World, group: GroupState, actual: number, wanted: number): void {
  if (group.suspended.has('Launch')) return;
  const resume = group.launchesResume?.getTime() ?? 0;
  if (resume > world.agenda.now) {
    lookAgainAt(world, group, resume);
    return;
  }
  const cause =
    `${group.cause}  At ${stamp(world.agenda.date)} an instance was started in response to a difference between desired ` +
    `and actual capacity, increasing the capacity from ${actual} to ${wanted}.`;
  for (let count = actual; count < wanted; count += 1) {
    if (launchMember(world, group, cause)) continue;
    const retry = world.agenda.now + world.timings.groupLaunchRetry;
    group.launchesResume = new Date(retry);
    lookAgainAt(world, group, retry);
    return;
  }
  group.launchesResume = undefined;
}

const ALL_PROTECTED =
  'Could not scale to desired capacity because all remaining instances are protected from scale-in.';

function scaleIn(world: World, group: GroupState, actual: number, wanted: number): void {
  if (group.suspended.has('Terminate')) return;
  const at = stamp(world.agenda.date);
  for (let count = actual; count > wanted; count -= 1) {
    const member = scaleInChoice(world, group);
    if (member === undefined) {
      reportProtected(world, group);
      return;
    }
    if (returnToPool(world, member)) continue;
    const cause =
      `${group.cause}  At ${at} an instance was taken out of service in response to a difference between desired and ` +
      `actual capacity, shrinking the capacity from ${actual} to ${wanted}.  At ${at} instance ${member.instance.id} was ` +
      'selected for termination.';
    retire(world, member, cause);
  }
}

/** One activity says it until another one happens. */
function reportProtected(world: World, group: GroupState): void {
  if (group.activities[0]?.StatusMessage === ALL_PROTECTED) return;
  const [zone = ''] = group.availabilityZones;
  const [subnet = ''] = group.subnets;
  const activity = startActivity(world, group, { description: 'Could not scale in', cause: group.cause, subnet, zone });
  endActivity(world, group, activity, { status: 'Failed', message: ALL_PROTECTED });
}
