import { randomUUID } from 'node:crypto';
import type {
  CancelInstanceRefreshAnswer,
  CancelInstanceRefreshType,
  DescribeInstanceRefreshesAnswer,
  DescribeInstanceRefreshesType,
  InstanceRefresh,
  RefreshPreferences,
  RollbackInstanceRefreshAnswer,
  RollbackInstanceRefreshType,
  StartInstanceRefreshAnswer,
  StartInstanceRefreshType,
} from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../errors.ts';
import { paged } from '../../paged.ts';
import type { World } from '../../world.ts';
import { invalidToken, validationError } from '../errors.ts';
import { findGroup, findLiveGroup } from '../find.ts';
import { groupChanged } from '../group-changed.ts';
import { sourceFrom } from '../source.ts';
import type { GroupState, RefreshState } from '../state.ts';
import { isRefreshing, percentageOf } from './facts.ts';
import { startRollback } from './finish.ts';
import { canBeRestored, checkAutoRollback, checkPreferences } from './rules.ts';

/** AWS forgets them after six weeks; so many are kept here. */
const MAX_KEPT = 100;

export function startInstanceRefresh(world: World, input: StartInstanceRefreshType): StartInstanceRefreshAnswer {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  if (isRefreshing(group.refreshes[0])) {
    throw new AwsError(
      'InstanceRefreshInProgress',
      'An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.',
    );
  }
  if (input.Strategy !== undefined && input.Strategy !== 'Rolling') {
    throw validationError(`The strategy ${input.Strategy} is not supported by the simulated region.`);
  }
  checkPreferences(input.Preferences ?? {});
  const preferences = withDefaults(group, input.Preferences ?? {});
  const target = sourceFrom(world, input.DesiredConfiguration ?? {}) ?? group.launch;
  if (preferences.AutoRollback === true)
    checkAutoRollback(world, input.DesiredConfiguration !== undefined, group.launch);
  const refresh: RefreshState = {
    id: randomUUID(),
    startTime: world.agenda.date,
    preferences,
    desiredConfiguration: input.DesiredConfiguration,
    target,
    previous: group.launch,
    status: 'Pending',
    statusReason: undefined,
    endTime: undefined,
    finalPercentage: undefined,
    remaining: new Set(),
    total: 0,
    checkpoints: [...(preferences.CheckpointPercentages ?? [])],
    pausedUntil: undefined,
    progressAt: world.agenda.date,
    rollback: undefined,
  };
  group.refreshes.unshift(refresh);
  group.refreshes.length = Math.min(group.refreshes.length, MAX_KEPT);
  groupChanged(world, group);
  return { InstanceRefreshId: refresh.id };
}

/** The percentages come from the group's maintenance policy, if it has one. */
function withDefaults(group: GroupState, given: RefreshPreferences): RefreshPreferences {
  const policy = group.kept.InstanceMaintenancePolicy;
  const own = (value: number | undefined): number | undefined => (value === -1 ? undefined : value);
  return {
    ...given,
    MinHealthyPercentage: given.MinHealthyPercentage ?? own(policy?.MinHealthyPercentage) ?? 90,
    MaxHealthyPercentage: given.MaxHealthyPercentage ?? own(policy?.MaxHealthyPercentage),
    SkipMatching: given.SkipMatching ?? false,
    AutoRollback: given.AutoRollback ?? false,
    ScaleInProtectedInstances: given.ScaleInProtectedInstances ?? 'Wait',
    StandbyInstances: given.StandbyInstances ?? 'Wait',
  };
}

function running(group: GroupState): RefreshState {
  const [refresh] = group.refreshes;
  if (isRefreshing(refresh)) return refresh;
  throw new AwsError(
    'ActiveInstanceRefreshNotFound',
    `No in progress or pending Instance Refresh found for Auto Scaling group ${group.name}`,
  );
}

/** Instances that are being replaced are still replaced; the others stay. */
export function cancelInstanceRefresh(world: World, input: CancelInstanceRefreshType): CancelInstanceRefreshAnswer {
  const group = findGroup(world, input.AutoScalingGroupName);
  const refresh = running(group);
  refresh.status = 'Cancelling';
  groupChanged(world, group);
  return { InstanceRefreshId: refresh.id };
}

export function rollbackInstanceRefresh(
  world: World,
  input: RollbackInstanceRefreshType,
): RollbackInstanceRefreshAnswer {
  const group = findGroup(world, input.AutoScalingGroupName);
  const refresh = running(group);
  if (refresh.status === 'RollbackInProgress' || refresh.status === 'Cancelling') {
    throw new AwsError('IrreversibleInstanceRefresh', `The instance refresh ${refresh.id} cannot be rolled back now.`);
  }
  if (refresh.desiredConfiguration === undefined || !canBeRestored(world, refresh.previous)) {
    throw new AwsError(
      'IrreversibleInstanceRefresh',
      'The instance refresh cannot be rolled back: it has no desired configuration, or the group had a launch template ' +
        'version of $Latest or $Default, or one that names its image by a Systems Manager parameter.',
    );
  }
  startRollback(world, group, refresh, 'Rollback due to user request.');
  return { InstanceRefreshId: refresh.id };
}

export function describeInstanceRefreshes(
  world: World,
  input: DescribeInstanceRefreshesType,
): DescribeInstanceRefreshesAnswer {
  const group = findGroup(world, input.AutoScalingGroupName);
  const ids = input.InstanceRefreshIds ?? [];
  const found = group.refreshes.filter(({ id }) => ids.length === 0 || ids.includes(id));
  const { items, nextToken } = paged(found, ({ id }) => id, {
    token: input.NextToken,
    size: Math.min(input.MaxRecords ?? 50, 100),
    invalidToken,
  });
  return { InstanceRefreshes: items.map((refresh) => refreshView(world, group, refresh)), NextToken: nextToken };
}

function refreshView(world: World, group: GroupState, refresh: RefreshState): InstanceRefresh {
  return {
    InstanceRefreshId: refresh.id,
    AutoScalingGroupName: group.name,
    Status: refresh.status,
    StatusReason: refresh.statusReason,
    StartTime: refresh.status === 'Pending' ? undefined : refresh.startTime,
    EndTime: refresh.endTime,
    PercentageComplete:
      refresh.status === 'Pending' ? undefined : (refresh.finalPercentage ?? percentageOf(world, group, refresh)),
    InstancesToUpdate: refresh.status === 'Pending' ? undefined : refresh.remaining.size,
    Preferences: refresh.preferences,
    DesiredConfiguration: refresh.desiredConfiguration,
    Strategy: 'Rolling',
    RollbackDetails:
      refresh.rollback === undefined
        ? undefined
        : {
            RollbackReason: refresh.rollback.reason,
            RollbackStartTime: refresh.rollback.startTime,
            PercentageCompleteOnRollback: refresh.rollback.percentageComplete,
            InstancesToUpdateOnRollback: refresh.rollback.instancesToUpdate,
          },
  };
}
