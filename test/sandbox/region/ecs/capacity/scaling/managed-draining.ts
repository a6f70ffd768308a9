import { findMember } from '../../../autoscaling/find.ts';
import { completeHook } from '../../../autoscaling/members.ts';
import type { MemberState } from '../../../autoscaling/state.ts';
import { extend } from '../../../autoscaling/waiting-hooks.ts';
import type { World } from '../../../world.ts';
import { containerInstanceOf } from '../groups.ts';
import { drainInstance } from '../instances/draining.ts';
import { DRAINING_HOOK } from '../providers/group-attachments.ts';
import type { ContainerInstanceState } from '../state.ts';

/** The group ends an instance: ECS drains it while the group waits for its hook (MD-02, MD-04). */
export function memberDrains(world: World, member: MemberState): void {
  if (member.lifecycleState !== 'Terminating:Wait' || !member.waiting.has(DRAINING_HOOK)) return;
  const instance = containerInstanceOf(world, member.instance.id);
  if (instance === undefined) {
    completeHook(world, member, DRAINING_HOOK, 'CONTINUE');
    return;
  }
  drainInstance(world, instance);
  if (instance.tasks.size === 0) completeDraining(world, instance);
  else sendHeartbeats(world, member);
}

/**
 * Every task of an instance is STOPPED, those without a service too: now the group may end it, if it waits to (MD-05). Somebody may have
 * deregistered the instance meanwhile, or taken it back into use.
 */
export function completeDraining(world: World, instance: ContainerInstanceState): void {
  const member = findMember(world, instance.ec2InstanceId);
  if (member !== undefined) completeHook(world, member, DRAINING_HOOK, 'CONTINUE');
}

/** Until Auto Scaling's own limit of 48 hours. */
function sendHeartbeats(world: World, member: MemberState): void {
  const waiting = member.waiting.get(DRAINING_HOOK);
  if (waiting === undefined) return;
  world.agenda.after((waiting.heartbeatTimeout * 1_000) / 2, () => {
    if (member.waiting.get(DRAINING_HOOK) !== waiting) return;
    extend(world, waiting);
    if (waiting.deadline < waiting.globalDeadline) sendHeartbeats(world, member);
  });
}
