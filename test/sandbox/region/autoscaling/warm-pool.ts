import type {
  DeleteWarmPoolType,
  DescribeWarmPoolAnswer,
  DescribeWarmPoolType,
  PutWarmPoolType,
  WarmPoolConfiguration,
} from '@aws-sdk/client-auto-scaling';
import { paged } from '../paged.ts';
import type { World } from '../world.ts';
import { stamp } from './activities.ts';
import { activityInProgress, invalidToken, validationError } from './errors.ts';
import { findGroup, findLiveGroup, warmedMembers } from './find.ts';
import { groupChanged, lookAgainAt } from './group-changed.ts';
import { launchWarmed } from './launches.ts';
import { poolMember } from './member-view.ts';
import { prepare, retire } from './members.ts';
import type { GroupState, MemberState, WarmPoolState } from './state.ts';

export function putWarmPool(world: World, input: PutWarmPoolType): object {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  if (group.warmPool?.deleting === true) {
    throw activityInProgress('The warm pool is pending delete and cannot be modified.');
  }
  if (group.launch.kind === 'mixed') {
    throw validationError('You can’t add a warm pool to an Auto Scaling group that has a mixed instances policy.');
  }
  const prepared = input.MaxGroupPreparedCapacity;
  if ((input.MinSize ?? 0) < 0 || (prepared !== undefined && prepared < -1)) {
    throw validationError('The warm pool sizes must be non-negative.');
  }
  group.warmPool = {
    // -1 gives the setting up again.
    maxGroupPreparedCapacity: prepared === -1 ? undefined : (prepared ?? group.warmPool?.maxGroupPreparedCapacity),
    minSize: input.MinSize ?? group.warmPool?.minSize ?? 0,
    poolState: input.PoolState ?? group.warmPool?.poolState ?? 'Stopped',
    reusePolicy: input.InstanceReusePolicy ?? group.warmPool?.reusePolicy,
    deleting: false,
  };
  groupChanged(world, group);
  return {};
}

export function deleteWarmPool(world: World, input: DeleteWarmPoolType): object {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  if (group.warmPool === undefined) throw validationError(`No warm pool found for Auto Scaling group ${group.name}`);
  if (group.warmPool.deleting) throw activityInProgress('The warm pool is already pending delete.');
  group.warmPool.deleting = true;
  groupChanged(world, group);
  return {};
}

export function describeWarmPool(world: World, input: DescribeWarmPoolType): DescribeWarmPoolAnswer {
  const group = findGroup(world, input.AutoScalingGroupName);
  const pool = [...group.members.values()].filter(({ lifecycleState }) => lifecycleState.startsWith('Warmed:'));
  const { items, nextToken } = paged(pool, ({ instance }) => instance.id, {
    token: input.NextToken,
    size: Math.min(input.MaxRecords ?? 50, 50),
    invalidToken,
  });
  return {
    WarmPoolConfiguration: group.warmPool === undefined ? undefined : poolView(group.warmPool),
    Instances: items.map(poolMember),
    NextToken: nextToken,
  };
}

export function poolView(pool: WarmPoolState): WarmPoolConfiguration {
  return {
    MaxGroupPreparedCapacity: pool.maxGroupPreparedCapacity,
    MinSize: pool.minSize,
    PoolState: pool.poolState,
    Status: pool.deleting ? 'PendingDelete' : undefined,
    InstanceReusePolicy: pool.reusePolicy,
  };
}

/** As large as the prepared capacity says, less what is wanted in service. */
function wantedInPool(group: GroupState): number {
  const pool = group.warmPool;
  if (pool === undefined || pool.deleting) return 0;
  return Math.max(pool.minSize, (pool.maxGroupPreparedCapacity ?? group.maxSize) - group.desiredCapacity, 0);
}

export function fillPool(world: World, group: GroupState): void {
  const pool = warmedMembers(group);
  const wanted = wantedInPool(group);
  const at = stamp(world.agenda.date);
  for (const member of pool.slice(wanted)) {
    retire(world, member, `At ${at} an instance was taken out of the warm pool, which became smaller.`);
  }
  if (group.warmPool?.deleting === true && pool.length === 0) group.warmPool = undefined;
  if (group.suspended.has('Launch') || (group.launchesResume?.getTime() ?? 0) > world.agenda.now) return;
  for (let count = pool.length; count < wanted; count += 1) {
    if (launchWarmed(world, group, `At ${at} an instance was started to fill the warm pool.`)) continue;
    const retry = world.agenda.now + world.timings.groupLaunchRetry;
    group.launchesResume = new Date(retry);
    lookAgainAt(world, group, retry);
    return;
  }
}

/** An instance that would be scaled in goes back to the pool instead, if the pool is to be used again and has room. */
export function returnToPool(world: World, member: MemberState): boolean {
  const { group } = member;
  if (group.warmPool?.reusePolicy?.ReuseOnScaleIn !== true) return false;
  if (member.instance.state !== 'running' || warmedMembers(group).length >= wantedInPool(group)) return false;
  prepare(world, member);
  return true;
}
