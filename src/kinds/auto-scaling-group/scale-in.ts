import {
  type AutoScalingGroup,
  CancelInstanceRefreshCommand,
  type Instance,
  type InstanceRefresh,
  SetInstanceProtectionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { chunks } from '../../aws/chunks.ts';
import type { CallStep } from '../../engine/kind.ts';
import { isSuspended } from '../shared/auto-scaling-group.ts';
import { autoScaling, step } from '../shared/step.ts';
import { counted, listedInOrder } from '../shared/text.ts';
import { groupName } from './desired.ts';
import type { DesiredGroup } from './observed.ts';

/** Of SetInstanceProtection. */
const MOST_PROTECTED = 50;

/** The states in which AWS takes a change of protection. */
const PROTECTABLE: ReadonlySet<string | undefined> = new Set(['InService', 'EnteringStandby', 'Standby']);

/** States out of which nothing but a call brings an instance: they do not count towards the desired capacity. */
const IDLE: ReadonlySet<string | undefined> = new Set(['Standby', 'Terminating:Retained']);

const RUNNING_REFRESH: ReadonlySet<string | undefined> = new Set([
  'Pending',
  'InProgress',
  'Baking',
  'RollbackInProgress',
]);

/** A refresh would go on launching instances. */
export function cancelRefresh(desired: DesiredGroup, refresh: InstanceRefresh | undefined): readonly CallStep[] {
  if (!RUNNING_REFRESH.has(refresh?.Status)) return [];
  const command = new CancelInstanceRefreshCommand({ AutoScalingGroupName: groupName(desired) });
  return [step(autoScaling, command, 'instance refresh cancelled')];
}

/** Protected instances are never scaled in. ECS may have protected them for a capacity provider that is gone (TF#23187). */
export function unprotect(desired: DesiredGroup, group: AutoScalingGroup): readonly CallStep[] {
  const protectedIds = (group.Instances ?? [])
    .filter(({ ProtectedFromScaleIn, LifecycleState }) => ProtectedFromScaleIn && PROTECTABLE.has(LifecycleState))
    .map(idOf);
  return chunks(protectedIds, MOST_PROTECTED).map((InstanceIds) => {
    const command = new SetInstanceProtectionCommand({
      AutoScalingGroupName: groupName(desired),
      InstanceIds: [...InstanceIds],
      ProtectedFromScaleIn: false,
    });
    return step(autoScaling, command, `scale-in protection removed from ${counted(InstanceIds.length, 'instance')}`);
  });
}

/** Comes after the desired capacity is zero, so that none is replaced. */
export function terminateIdle({ Instances = [] }: AutoScalingGroup): readonly CallStep[] {
  return Instances.filter(({ LifecycleState }) => IDLE.has(LifecycleState)).map((instance) => {
    const command = new TerminateInstanceInAutoScalingGroupCommand({
      InstanceId: idOf(instance),
      ShouldDecrementDesiredCapacity: false,
    });
    return step(autoScaling, command, `instance ${idOf(instance)} terminated, which was ${instance.LifecycleState}`);
  });
}

/** Why instances are still there. */
export function instancesLeaving(group: AutoScalingGroup): string {
  const { Instances = [] } = group;
  const held = Instances.filter(({ LifecycleState }) => LifecycleState === 'Terminating:Wait');
  const left = `Waiting for the end of ${counted(Instances.length, 'instance')}: ${listedInOrder(Instances.map(idOf))}.`;
  if (isSuspended(group, 'Terminate')) {
    return `${left} The process Terminate of the group is suspended: resume it, or set spec.forceDelete.`;
  }
  if (held.length === 0) return left;
  // MD-05
  return `${left} Lifecycle hooks hold ${listedInOrder(held.map(idOf))}; ECS's managed draining does until their tasks have stopped, for 48 hours at most.`;
}

function idOf({ InstanceId }: Instance): string {
  return InstanceId ?? '';
}
