import type { InstanceRefreshStatus } from '@aws-sdk/client-auto-scaling';
import type { World } from '../../world.ts';
import { groupChanged, lookAgainAt } from '../group-changed.ts';
import type { GroupState, RefreshState } from '../state.ts';
import { percentageOf } from './facts.ts';
import { outdatedMembers, replaceWarmed } from './outdated.ts';

/** All instances are replaced. It bakes first if it is to; then the group keeps what it was refreshed to. */
export function finishRefresh(world: World, group: GroupState, refresh: RefreshState): void {
  const bake = (refresh.preferences.BakeTime ?? 0) * 1_000;
  if (refresh.status === 'InProgress' && bake > 0) {
    refresh.status = 'Baking';
    refresh.pausedUntil = new Date(world.agenda.now + bake);
    lookAgainAt(world, group, refresh.pausedUntil.getTime());
    return;
  }
  const isRollback = refresh.status === 'RollbackInProgress';
  endRefresh(world, group, refresh, isRollback ? 'RollbackSuccessful' : 'Successful', undefined);
  if (!isRollback && refresh.desiredConfiguration !== undefined) group.launch = refresh.target;
}

export function endRefresh(
  world: World,
  group: GroupState,
  refresh: RefreshState,
  status: InstanceRefreshStatus,
  reason: string | undefined,
): void {
  refresh.finalPercentage = percentageOf(world, group, refresh);
  refresh.status = status;
  refresh.statusReason = reason;
  refresh.endTime = world.agenda.date;
}

export function failRefresh(world: World, group: GroupState, refresh: RefreshState, reason: string): void {
  if (refresh.status !== 'RollbackInProgress' && refresh.preferences.AutoRollback === true) {
    startRollback(world, group, refresh, reason);
    return;
  }
  const status = refresh.status === 'RollbackInProgress' ? 'RollbackFailed' : 'Failed';
  endRefresh(world, group, refresh, status, reason);
  groupChanged(world, group);
}

/** Replaces what the refresh has replaced by what was there before. */
export function startRollback(world: World, group: GroupState, refresh: RefreshState, reason: string): void {
  refresh.rollback = {
    reason,
    startTime: world.agenda.date,
    percentageComplete: percentageOf(world, group, refresh),
    instancesToUpdate: refresh.remaining.size,
  };
  refresh.status = 'RollbackInProgress';
  refresh.statusReason = undefined;
  const outdated = outdatedMembers(world, group, refresh.previous);
  refresh.remaining = new Set(outdated.map(({ instance }) => instance.id));
  refresh.total = refresh.remaining.size;
  replaceWarmed(world, group, refresh.previous);
  refresh.checkpoints = [];
  refresh.pausedUntil = undefined;
  refresh.progressAt = world.agenda.date;
  groupChanged(world, group);
}
