import type { World } from '../world.ts';
import { validationError } from './errors.ts';
import type { GroupState, MemberState } from './state.ts';

/** The group, also while it is being deleted. */
export function findGroup(world: World, name: string | undefined): GroupState {
  const group = world.autoScaling.groups.get(name ?? '');
  if (group === undefined) {
    throw validationError(`AutoScalingGroup name not found - AutoScalingGroup '${name}' not found`);
  }
  return group;
}

/** The group, which must not be in deletion. */
export function findLiveGroup(world: World, name: string | undefined): GroupState {
  const group = findGroup(world, name);
  if (group.status !== undefined) {
    throw validationError('The AutoScaling group may not be modified while it is pending delete');
  }
  return group;
}

export function findGroupByArn(world: World, arn: string): GroupState | undefined {
  for (const group of world.autoScaling.groups.values()) if (group.arn === arn) return group;
  return undefined;
}

/** The group's member for an instance, whatever group that is. */
export function findMember(world: World, instanceId: string): MemberState | undefined {
  const name = world.ec2.instances.get(instanceId)?.tags.get('aws:autoscaling:groupName');
  return name === undefined ? undefined : world.autoScaling.groups.get(name)?.members.get(instanceId);
}

/** Members that count towards the desired capacity: neither ending nor in the warm pool. */
export function activeMembers(group: GroupState): readonly MemberState[] {
  return [...group.members.values()].filter(isActive);
}

export function isActive({ lifecycleState }: MemberState): boolean {
  return lifecycleState === 'InService' || lifecycleState.startsWith('Pending');
}

/** Members of the warm pool that are not ending. */
export function warmedMembers(group: GroupState): readonly MemberState[] {
  return [...group.members.values()].filter(
    ({ lifecycleState }) => isWarmed(lifecycleState) && !lifecycleState.startsWith('Warmed:Terminating'),
  );
}

export function isWarmed(lifecycleState: string): boolean {
  return lifecycleState.startsWith('Warmed:');
}

export function isTerminating({ lifecycleState }: MemberState): boolean {
  return /^(Warmed:)?Terminating/.test(lifecycleState);
}

/** The protection counts from InService on: a pending instance can still be scaled in. */
export function isProtected(member: MemberState): boolean {
  return member.protectedFromScaleIn && member.lifecycleState === 'InService';
}
