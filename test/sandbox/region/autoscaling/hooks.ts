import type {
  CompleteLifecycleActionType,
  DeleteLifecycleHookType,
  DescribeLifecycleHooksAnswer,
  DescribeLifecycleHooksType,
  PutLifecycleHookType,
  RecordLifecycleActionHeartbeatType,
} from '@aws-sdk/client-auto-scaling';
import type { World } from '../world.ts';
import { limitExceeded, validationError } from './errors.ts';
import { findGroup, findLiveGroup } from './find.ts';
import { checkedResult, hookFrom } from './hook-rules.ts';
import { completeHook } from './members.ts';
import type { GroupState, LifecycleHookState, MemberState, WaitingHookState } from './state.ts';
import { extend, globalTimeout } from './waiting-hooks.ts';

/** A group has at most so many hooks (MD-04). */
const MAX_HOOKS = 50;

/** Instances that wait already are not touched by the change. */
export function putLifecycleHook(world: World, input: PutLifecycleHookType): object {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  const existing = group.hooks.get(input.LifecycleHookName ?? '');
  const hook = hookFrom({
    LifecycleHookName: input.LifecycleHookName,
    LifecycleTransition: input.LifecycleTransition ?? existing?.transition,
    DefaultResult: input.DefaultResult ?? existing?.defaultResult,
    HeartbeatTimeout: input.HeartbeatTimeout ?? existing?.heartbeatTimeout,
    NotificationTargetARN: input.NotificationTargetARN ?? existing?.notificationTargetArn,
    RoleARN: input.RoleARN ?? existing?.roleArn,
    NotificationMetadata: input.NotificationMetadata ?? existing?.notificationMetadata,
  });
  if (existing === undefined && group.hooks.size >= MAX_HOOKS) {
    throw limitExceeded(`You have reached the limit of ${MAX_HOOKS} lifecycle hooks for this Auto Scaling group.`);
  }
  group.hooks.set(hook.name, hook);
  return {};
}

/** What waits for the hook ends with its default result: ABANDON for launches, CONTINUE for terminations. */
export function deleteLifecycleHook(world: World, input: DeleteLifecycleHookType): object {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  const hook = group.hooks.get(input.LifecycleHookName ?? '');
  if (hook === undefined) throw validationError(`No Lifecycle Hook found with name ${input.LifecycleHookName}`);
  removeHook(world, group, hook.name);
  return {};
}

/** Also for ECS, which has no other way. Whatever waits for the hook waits no longer. */
export function removeHook(world: World, group: GroupState, name: string): void {
  const hook = group.hooks.get(name);
  if (hook === undefined) return;
  group.hooks.delete(name);
  const result = hook.transition === 'autoscaling:EC2_INSTANCE_LAUNCHING' ? 'ABANDON' : 'CONTINUE';
  for (const member of [...group.members.values()]) completeHook(world, member, name, result);
}

export function describeLifecycleHooks(world: World, input: DescribeLifecycleHooksType): DescribeLifecycleHooksAnswer {
  const group = findGroup(world, input.AutoScalingGroupName);
  const names = input.LifecycleHookNames ?? [];
  return {
    LifecycleHooks: [...group.hooks.values()]
      .filter(({ name }) => names.length === 0 || names.includes(name))
      .map((hook) => hookView(group, hook)),
  };
}

function hookView(group: GroupState, hook: LifecycleHookState) {
  return {
    AutoScalingGroupName: group.name,
    LifecycleHookName: hook.name,
    LifecycleTransition: hook.transition,
    DefaultResult: hook.defaultResult,
    HeartbeatTimeout: hook.heartbeatTimeout,
    GlobalTimeout: globalTimeout(hook.heartbeatTimeout),
    NotificationTargetARN: hook.notificationTargetArn,
    RoleARN: hook.roleArn,
    NotificationMetadata: hook.notificationMetadata,
  };
}

export function completeLifecycleAction(world: World, input: CompleteLifecycleActionType): object {
  const result = checkedResult(input.LifecycleActionResult ?? '');
  const { member } = findWaiting(world, input);
  completeHook(world, member, input.LifecycleHookName ?? '', result);
  return {};
}

export function recordLifecycleActionHeartbeat(world: World, input: RecordLifecycleActionHeartbeatType): object {
  const { waiting } = findWaiting(world, input);
  extend(world, waiting);
  return {};
}

interface ActionName {
  readonly AutoScalingGroupName: string | undefined;
  readonly LifecycleHookName: string | undefined;
  readonly LifecycleActionToken?: string | undefined;
  readonly InstanceId?: string | undefined;
}

/** An action is named by its token or by its instance. */
function findWaiting(
  world: World,
  input: ActionName,
): { readonly member: MemberState; readonly waiting: WaitingHookState } {
  const group = findGroup(world, input.AutoScalingGroupName);
  const { LifecycleActionToken: token, InstanceId: id } = input;
  if (token === undefined && id === undefined) {
    throw validationError('Either InstanceId or LifecycleActionToken must be specified.');
  }
  for (const member of group.members.values()) {
    const waiting = member.waiting.get(input.LifecycleHookName ?? '');
    if (waiting === undefined) continue;
    if ((token === undefined || waiting.token === token) && (id === undefined || member.instance.id === id)) {
      return { member, waiting };
    }
  }
  throw validationError(
    id === undefined
      ? `No active Lifecycle Action found with token ${token}`
      : `No active Lifecycle Action found with instance ID ${id}`,
  );
}
