import type { World } from '../../world.ts';
import { stamp } from '../activities.ts';
import { activeMembers, isProtected, isTerminating } from '../find.ts';
import { lookAgainAt } from '../group-changed.ts';
import { retire } from '../members.ts';
import type { GroupState, RefreshState } from '../state.ts';
import { raisedAlarm } from './alarms.ts';
import { isRefreshing, percentageOf, refreshFacts, warmAt } from './facts.ts';
import { endRefresh, failRefresh, finishRefresh } from './finish.ts';
import { outdatedMembers, replaceWarmed } from './outdated.ts';
import { nextToReplace } from './plan.ts';

/** What a refresh waits for at most without replacing an instance: an hour, as also for scale-in protection to end. */
const PATIENCE = 3_600_000;

/** One look at the refresh of a group, if there is one. */
export function stepRefresh(world: World, group: GroupState): void {
  const [refresh] = group.refreshes;
  if (!isRefreshing(refresh)) return;
  switch (refresh.status) {
    case 'Pending':
      begin(world, group, refresh);
      advance(world, group, refresh);
      return;
    case 'Cancelling':
      endRefresh(world, group, refresh, 'Cancelled', 'Cancelled due to user request.');
      return;
    default:
      advance(world, group, refresh);
  }
}

function begin(world: World, group: GroupState, refresh: RefreshState): void {
  refresh.status = 'InProgress';
  refresh.progressAt = world.agenda.date;
  const all = activeMembers(group);
  const outdated = refresh.preferences.SkipMatching === true ? outdatedMembers(world, group, refresh.target) : all;
  refresh.remaining = new Set(outdated.map(({ instance }) => instance.id));
  refresh.total = refresh.remaining.size;
  replaceWarmed(world, group, refresh.target);
}

function advance(world: World, group: GroupState, refresh: RefreshState): void {
  forget(group, refresh);
  const alarm = refresh.status === 'RollbackInProgress' ? undefined : raisedAlarm(world, refresh);
  if (alarm !== undefined) {
    failRefresh(world, group, refresh, `The alarm ${alarm} is in the ALARM state.`);
    return;
  }
  if (isPaused(world, group, refresh) || reachedCheckpoint(world, group, refresh)) return;
  const facts = refreshFacts(world, group, refresh);
  const isComplete = facts.ready >= facts.desired && activeMembers(group).length === facts.desired;
  // Instances that still end, such as in a hook, keep a refresh from having succeeded.
  if (refresh.remaining.size === 0 && isComplete && ![...group.members.values()].some(isTerminating)) {
    finishRefresh(world, group, refresh);
    return;
  }
  if (!group.suspended.has('Terminate')) replace(world, group, refresh, nextToReplace(facts));
  wait(world, group, refresh);
}

function isPaused(world: World, group: GroupState, refresh: RefreshState): boolean {
  if (refresh.pausedUntil === undefined || refresh.pausedUntil.getTime() <= world.agenda.now) return false;
  lookAgainAt(world, group, refresh.pausedUntil.getTime());
  return true;
}

/** Instances that have left by other ways, or are not to be replaced. */
function forget(group: GroupState, refresh: RefreshState): void {
  for (const id of [...refresh.remaining]) {
    const member = group.members.get(id);
    const isThere = member !== undefined && activeMembers(group).includes(member);
    if (!isThere) refresh.remaining.delete(id);
    else if (refresh.preferences.ScaleInProtectedInstances === 'Ignore' && isProtected(member)) {
      refresh.remaining.delete(id);
      refresh.total -= 1;
    }
  }
}

/** After a checkpoint below 100 that is the last one, the other instances stay as they are. */
function reachedCheckpoint(world: World, group: GroupState, refresh: RefreshState): boolean {
  const [checkpoint] = refresh.checkpoints;
  if (checkpoint === undefined || percentageOf(world, group, refresh) < checkpoint) return false;
  refresh.checkpoints = refresh.checkpoints.slice(1);
  if (refresh.checkpoints.length === 0 && checkpoint < 100) {
    refresh.total -= refresh.remaining.size;
    refresh.remaining = new Set();
  }
  const until = world.agenda.now + (refresh.preferences.CheckpointDelay ?? 3_600) * 1_000;
  if (checkpoint === 100 || until === world.agenda.now) return false;
  refresh.pausedUntil = new Date(until);
  refresh.progressAt = refresh.pausedUntil;
  refresh.statusReason = `Waiting for ${refresh.preferences.CheckpointDelay ?? 3_600} seconds at the checkpoint of ${checkpoint}% before continuing.`;
  lookAgainAt(world, group, until);
  return true;
}

function replace(world: World, group: GroupState, refresh: RefreshState, ids: readonly string[]): void {
  const at = stamp(world.agenda.date);
  for (const id of ids) {
    const member = group.members.get(id);
    if (member === undefined) continue;
    refresh.remaining.delete(id);
    refresh.progressAt = world.agenda.date;
    group.cause = `At ${at} an instance was launched in response to an instance refresh.`;
    retire(world, member, `At ${at} an instance was taken out of service in response to an instance refresh.`);
  }
}

/** Says what it waits for, and comes back when that may have changed by time alone. */
function wait(world: World, group: GroupState, refresh: RefreshState): void {
  const now = world.agenda.now;
  const times = activeMembers(group).map((member) => ({ member, at: warmAt(group, refresh, member) }));
  const [warming] = times.filter(({ at }) => at > now && at < Number.POSITIVE_INFINITY).sort((a, b) => a.at - b.at);
  const [booting] = times.filter(({ at }) => at === Number.POSITIVE_INFINITY);
  if (warming !== undefined) {
    refresh.statusReason =
      'Waiting for instances to warm up before continuing. For example: ' +
      `${warming.member.instance.id.slice(2)} is warming up.`;
    lookAgainAt(world, group, warming.at);
    return;
  }
  refresh.statusReason = reasonFor(world, group, refresh, booting?.member.instance.id);
  const end = refresh.progressAt.getTime() + PATIENCE;
  if (end <= now) failRefresh(world, group, refresh, refresh.statusReason ?? 'No instance could be replaced.');
  else lookAgainAt(world, group, end);
}

function reasonFor(
  world: World,
  group: GroupState,
  refresh: RefreshState,
  booting: string | undefined,
): string | undefined {
  if (booting !== undefined) {
    return `Waiting for remaining instances to be available. For example: ${booting} is not yet in service.`;
  }
  const ending = [...group.members.values()].find(isTerminating);
  if (ending !== undefined) return `Waiting for instances to terminate. For example: ${ending.instance.id}.`;
  const held = refreshFacts(world, group, refresh).outdated.find((instance) => instance.held);
  if (held !== undefined) return `Waiting for instances that are protected from scale-in. For example: ${held.id}.`;
  return undefined;
}
