import {
  type AutoScalingGroup,
  DeleteAutoScalingGroupCommand,
  UpdateAutoScalingGroupCommand,
  type UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import type { CallStep, Step } from '../../engine/kind.ts';
import { OperatorError } from '../../errors.ts';
import { isBeingDeleted } from '../shared/auto-scaling-group.ts';
import { deregisterDisconnected } from '../shared/container-instances.ts';
import { autoScaling, step, wait } from '../shared/step.ts';
import { counted } from '../shared/text.ts';
import { clusterOf, groupName } from './desired.ts';
import { drainAll } from './leave-cluster.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';
import { cancelRefresh, instancesLeaving, terminateIdle, unprotect } from './scale-in.ts';
import { removeWarmPool } from './warm-pool.ts';

/**
 * What has to be done next to delete the group. Each pass looks at what is left, so that it goes on wherever it was interrupted: the group stops
 * growing; its container instances are drained; then their protection goes, and they are scaled in (pain 15); then the group goes.
 */
export function retireSteps(desired: DesiredGroup, observed: ObservedGroup): readonly Step[] {
  const { group } = observed;
  const instances = group.Instances ?? [];
  if (isBeingDeleted(group)) {
    return [wait('Deleting', `AWS is deleting the group; it still has ${counted(instances.length, 'instance')}.`)];
  }
  const unlocked = unlock(desired, group);
  if (desired.spec.forceDelete === true) return [...unlocked, ...forced(desired, observed)];
  const stillInUse = [...unlocked, ...stopGrowing(desired, observed), ...drainAll(desired, observed)];
  if (stillInUse.length > 0) return stillInUse;
  const calls = [
    ...unprotect(desired, group),
    // Before instances are scaled in, because they could come back from there.
    ...removeWarmPool(desired, observed.warmPool),
    ...deregisterDisconnected(clusterOf(desired), observed.containerInstances ?? []),
    ...shrink(desired, group),
    ...terminateIdle(group),
  ];
  if (calls.length > 0) return calls;
  if (instances.length > 0) return [wait('Terminating', instancesLeaving(group))];
  if (observed.warmPool !== undefined) {
    return [wait('WarmPoolDeleting', 'AWS is terminating the instances of the warm pool.')];
  }
  return [deletion(desired, false)];
}

/** Protection from deletion is somebody's decision. Only a spec that says that there is none takes it away. */
function unlock(desired: DesiredGroup, { DeletionProtection: live }: AutoScalingGroup): readonly CallStep[] {
  const { deletionProtection, forceDelete } = desired.spec;
  const locked = live === 'prevent-all-deletion' || (live === 'prevent-force-deletion' && forceDelete === true);
  if (!locked) return [];
  if (deletionProtection === 'none') {
    return [update(desired, { DeletionProtection: 'none' }, 'deletionProtection removed')];
  }
  throw new OperatorError(
    'terminal',
    'DeletionProtected',
    `The deletion protection of the group in AWS is ${live}. To delete it, set spec.deletionProtection to none; to keep it, set spec.deletionPolicy to Retain.`,
  );
}

/** The instances go at once, without their hooks. What has no agent left to say goodbye would stay registered. */
function forced(desired: DesiredGroup, observed: ObservedGroup): readonly CallStep[] {
  return [...deregisterDisconnected(clusterOf(desired), observed.containerInstances ?? []), deletion(desired, true)];
}

function deletion(desired: DesiredGroup, force: boolean): CallStep {
  const name = groupName(desired);
  const command = new DeleteAutoScalingGroupCommand({
    AutoScalingGroupName: name,
    ...(force ? { ForceDelete: true } : {}),
  });
  return step(autoScaling, command, `Auto Scaling group ${name} deleted${force ? ' with its instances' : ''}`);
}

/** Nothing may be launched that would have to be drained next, and no new instance may be protected. */
function stopGrowing(desired: DesiredGroup, { group, refresh }: ObservedGroup): readonly CallStep[] {
  const { MinSize = 0, MaxSize = 0, DesiredCapacity = 0, NewInstancesProtectedFromScaleIn: protects } = group;
  const input: Partial<UpdateAutoScalingGroupType> = {
    ...(MinSize > 0 ? { MinSize: 0 } : {}),
    ...(MaxSize > DesiredCapacity ? { MaxSize: DesiredCapacity } : {}),
    ...(protects === true ? { NewInstancesProtectedFromScaleIn: false } : {}),
  };
  const calls = cancelRefresh(desired, refresh);
  if (Object.keys(input).length === 0) return calls;
  return [...calls, update(desired, input, 'nothing is launched and protected any more')];
}

function shrink(desired: DesiredGroup, { MaxSize = 0, DesiredCapacity = 0 }: AutoScalingGroup): readonly CallStep[] {
  if (MaxSize === 0 && DesiredCapacity === 0) return [];
  const reason = `desiredCapacity ${DesiredCapacity} -> 0`;
  return [update(desired, { MinSize: 0, MaxSize: 0, DesiredCapacity: 0 }, reason)];
}

function update(desired: DesiredGroup, input: Partial<UpdateAutoScalingGroupType>, reason: string): CallStep {
  const command = new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: groupName(desired), ...input });
  return step(autoScaling, command, reason);
}
