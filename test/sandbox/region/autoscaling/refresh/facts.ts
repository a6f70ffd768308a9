import type { World } from '../../world.ts';
import { activeMembers, isProtected } from '../find.ts';
import type { GroupState, MemberState, RefreshState } from '../state.ts';
import { type OutdatedInstance, percentageComplete, type RefreshFacts, surplusFor } from './plan.ts';

export function isRefreshing(refresh: RefreshState | undefined): refresh is RefreshState {
  return refresh !== undefined && refresh.endTime === undefined;
}

/** When an instance counts as warm: old ones do, new ones some time after they came into service. */
export function warmAt(group: GroupState, refresh: RefreshState, member: MemberState): number {
  if (member.inServiceAt === undefined) return Number.POSITIVE_INFINITY;
  if (member.inServiceAt <= refresh.startTime) return 0;
  const seconds = refresh.preferences.InstanceWarmup ?? group.defaultInstanceWarmup ?? group.healthCheckGracePeriod;
  return member.inServiceAt.getTime() + seconds * 1_000;
}

export function refreshFacts(world: World, group: GroupState, refresh: RefreshState): RefreshFacts {
  const now = world.agenda.now;
  const isReady = (member: MemberState): boolean =>
    member.lifecycleState === 'InService' && member.healthStatus === 'Healthy' && warmAt(group, refresh, member) <= now;
  const members = activeMembers(group);
  const waits = (refresh.preferences.ScaleInProtectedInstances ?? 'Wait') === 'Wait';
  return {
    desired: group.desiredCapacity,
    minHealthyPercentage: refresh.preferences.MinHealthyPercentage ?? 90,
    maxHealthyPercentage: refresh.preferences.MaxHealthyPercentage,
    ready: members.filter(isReady).length,
    outdated: members
      .filter(({ instance }) => refresh.remaining.has(instance.id))
      .map(
        (member): OutdatedInstance => ({
          id: member.instance.id,
          ready: isReady(member),
          held: waits && isProtected(member),
        }),
      )
      .sort((a, b) => Number(a.ready) - Number(b.ready)),
    limit: untilCheckpoint(world, refresh),
  };
}

function untilCheckpoint(world: World, refresh: RefreshState): number {
  if (refresh.pausedUntil !== undefined && refresh.pausedUntil.getTime() > world.agenda.now) return 0;
  const [next] = refresh.checkpoints;
  if (next === undefined) return refresh.remaining.size;
  const replaced = refresh.total - refresh.remaining.size;
  return Math.max(0, Math.ceil((refresh.total * next) / 100) - replaced);
}

export function percentageOf(world: World, group: GroupState, refresh: RefreshState): number {
  const { desired, ready } = refreshFacts(world, group, refresh);
  return percentageComplete({ total: refresh.total, remaining: refresh.remaining.size, desired, ready });
}

/** How many instances more than desired the group has for the sake of a refresh. */
export function surplusOf(world: World, group: GroupState): number {
  const [refresh] = group.refreshes;
  if (!isRefreshing(refresh) || refresh.status === 'Cancelling') return 0;
  return surplusFor(refreshFacts(world, group, refresh));
}
