import type { LifecycleState } from '@aws-sdk/client-auto-scaling';
import { isEnding, stopInstance, terminateInstance } from '../ec2/instance-life.ts';
import type { InstanceState } from '../ec2/state.ts';
import type { World } from '../world.ts';
import { endActivity, moveActivity, stamp, terminationActivity } from './activities.ts';
import { findMember, isTerminating, isWarmed } from './find.ts';
import { groupChanged } from './group-changed.ts';
import type { MemberState } from './state.ts';
import { startWaiting } from './waiting-hooks.ts';

/** What a group does when one of its instances has changed in EC2, by its own doing or not. */
export function memberFollows(world: World, instance: InstanceState): void {
  const member = findMember(world, instance.id);
  if (member === undefined) return;
  switch (instance.state) {
    case 'running':
      if (instance.interruptedAt !== undefined) interrupted(world, member);
      else if (member.lifecycleState === 'Pending') launched(world, member);
      else if (member.lifecycleState === 'Warmed:Pending') warmed(world, member);
      return;
    case 'stopping':
    case 'stopped':
      if (!isWarmed(member.lifecycleState)) markUnhealthy(world, member);
      return;
    case 'shutting-down':
      if (!isTerminating(member)) markUnhealthy(world, member);
      return;
    case 'terminated':
      if (/Terminating:Proceed$/.test(member.lifecycleState)) leave(world, member);
      return;
    case 'pending':
      return;
  }
}

/** A health check has failed; the group replaces the instance when it next looks. */
function markUnhealthy(world: World, member: MemberState): void {
  if (member.group.suspended.has('HealthCheck')) return;
  member.healthStatus = 'Unhealthy';
  groupChanged(world, member.group);
}

export function setLifecycleState(world: World, member: MemberState, state: LifecycleState): void {
  member.lifecycleState = state;
  world.on.member(world, member);
}

/** With capacity rebalancing the group does not wait for EC2 to take the instance. */
function interrupted(world: World, member: MemberState): void {
  if (member.group.kept.CapacityRebalance !== true) return;
  const cause = `At ${stamp(world.agenda.date)} an instance was taken out of service in response to an EC2 instance rebalance recommendation.`;
  retire(world, member, cause);
}

function launched(world: World, member: MemberState): void {
  if (startWaiting(world, member, 'autoscaling:EC2_INSTANCE_LAUNCHING', completeHook)) {
    moveActivity(member.group, member.activityId, 'MidLifecycleAction');
    setLifecycleState(world, member, 'Pending:Wait');
  } else {
    enterService(world, member);
  }
}

function warmed(world: World, member: MemberState): void {
  if (startWaiting(world, member, 'autoscaling:EC2_INSTANCE_LAUNCHING', completeHook)) {
    setLifecycleState(world, member, 'Warmed:Pending:Wait');
  } else {
    enterPool(world, member);
  }
}

function enterService(world: World, member: MemberState): void {
  member.inServiceAt = world.agenda.date;
  endActivity(world, member.group, member.activityId, { status: 'Successful' });
  setLifecycleState(world, member, 'InService');
  groupChanged(world, member.group);
}

/** The instance is prepared: it waits in the state that the pool says. */
function enterPool(world: World, member: MemberState): void {
  endActivity(world, member.group, member.activityId, { status: 'Successful' });
  const state = member.group.warmPool?.poolState ?? 'Stopped';
  if (state !== 'Running') stopInstance(world, member.instance);
  setLifecycleState(world, member, `Warmed:${state}`);
  groupChanged(world, member.group);
}

/** Takes an instance out of service and into the warm pool. */
export function prepare(world: World, member: MemberState): void {
  member.inServiceAt = undefined;
  member.protectedFromScaleIn = false;
  setLifecycleState(world, member, 'Warmed:Pending');
  enterPool(world, member);
}

/** Begins the end of a member: its terminating hooks run first, whatever state the instance is in. */
export function retire(world: World, member: MemberState, cause: string): void {
  if (isTerminating(member)) return;
  const { group } = member;
  endActivity(world, group, member.activityId, { status: 'Cancelled' });
  member.waiting.clear();
  member.activityId = terminationActivity(world, member, cause);
  const prefix = isWarmed(member.lifecycleState) ? 'Warmed:' : '';
  setLifecycleState(world, member, `${prefix}Terminating`);
  if (startWaiting(world, member, 'autoscaling:EC2_INSTANCE_TERMINATING', completeHook)) {
    moveActivity(group, member.activityId, 'MidLifecycleAction');
    setLifecycleState(world, member, `${prefix}Terminating:Wait`);
  } else {
    proceedTerminating(world, member);
  }
  groupChanged(world, group);
}

/** No hook holds it any more, or none is asked. */
export function proceedTerminating(world: World, member: MemberState): void {
  member.waiting.clear();
  setLifecycleState(
    world,
    member,
    isWarmed(member.lifecycleState) ? 'Warmed:Terminating:Proceed' : 'Terminating:Proceed',
  );
  moveActivity(member.group, member.activityId, 'InProgress');
  if (member.instance.state === 'terminated') leave(world, member);
  else if (!isEnding(member.instance)) terminateInstance(world, member.instance);
}

/** One hook has its result. CONTINUE waits for the others, ABANDON does not (MD-04). */
export function completeHook(world: World, member: MemberState, hook: string, result: 'CONTINUE' | 'ABANDON'): void {
  if (!member.waiting.delete(hook)) return;
  if (result === 'ABANDON' || member.waiting.size === 0) hooksDone(world, member, result);
}

function hooksDone(world: World, member: MemberState, result: 'CONTINUE' | 'ABANDON'): void {
  member.waiting.clear();
  switch (member.lifecycleState) {
    case 'Pending:Wait':
    case 'Warmed:Pending:Wait':
      if (result === 'ABANDON') abandon(world, member);
      else proceedLaunching(world, member);
      return;
    case 'Terminating:Wait':
    case 'Warmed:Terminating:Wait':
      proceedTerminating(world, member);
      return;
    default:
      return;
  }
}

function proceedLaunching(world: World, member: MemberState): void {
  moveActivity(member.group, member.activityId, 'InProgress');
  if (member.lifecycleState === 'Pending:Wait') {
    setLifecycleState(world, member, 'Pending:Proceed');
    enterService(world, member);
  } else {
    setLifecycleState(world, member, 'Warmed:Pending:Proceed');
    enterPool(world, member);
  }
}

function abandon(world: World, member: MemberState): void {
  endActivity(world, member.group, member.activityId, {
    status: 'Cancelled',
    message: `Instance ${member.instance.id} failed to complete lifecycle action: the result was ABANDON.`,
  });
  const cause = `At ${stamp(world.agenda.date)} an instance was taken out of service in response to its lifecycle action being abandoned.`;
  retire(world, member, cause);
}

function leave(world: World, member: MemberState): void {
  endActivity(world, member.group, member.activityId, { status: 'Successful' });
  member.group.members.delete(member.instance.id);
  setLifecycleState(world, member, isWarmed(member.lifecycleState) ? 'Warmed:Terminated' : 'Terminated');
  groupChanged(world, member.group);
}
