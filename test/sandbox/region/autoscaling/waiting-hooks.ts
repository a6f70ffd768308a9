import { randomUUID } from 'node:crypto';
import type { World } from '../world.ts';
import type { LifecycleHookState, MemberState, WaitingHookState } from './state.ts';

const MAX_GLOBAL_SECONDS = 48 * 3_600;

/** The longest that one hook can hold an instance, heartbeats or not. */
export const globalTimeout = (heartbeatTimeout: number): number => Math.min(MAX_GLOBAL_SECONDS, 100 * heartbeatTimeout);

/** Gives one hook its result. */
export type Complete = (world: World, member: MemberState, hook: string, result: 'CONTINUE' | 'ABANDON') => void;

/** All hooks of a transition run at the same time (MD-04). `false` if there are none. */
export function startWaiting(
  world: World,
  member: MemberState,
  transition: LifecycleHookState['transition'],
  complete: Complete,
): boolean {
  const hooks = [...member.group.hooks.values()].filter((hook) => hook.transition === transition);
  for (const hook of hooks) {
    const now = world.agenda.now;
    const waiting: WaitingHookState = {
      token: randomUUID(),
      defaultResult: hook.defaultResult,
      heartbeatTimeout: hook.heartbeatTimeout,
      deadline: new Date(now + hook.heartbeatTimeout * 1_000),
      globalDeadline: new Date(now + globalTimeout(hook.heartbeatTimeout) * 1_000),
    };
    member.waiting.set(hook.name, waiting);
    watch(world, member, hook.name, complete);
  }
  return hooks.length > 0;
}

/** Gives the hook its default result once its time is over. */
function watch(world: World, member: MemberState, name: string, complete: Complete): void {
  const waiting = member.waiting.get(name);
  if (waiting === undefined) return;
  world.agenda.after(waiting.deadline.getTime() - world.agenda.now, () => {
    if (member.waiting.get(name) !== waiting) return;
    if (world.agenda.now < waiting.deadline.getTime()) watch(world, member, name, complete);
    else complete(world, member, name, waiting.defaultResult);
  });
}

/** A heartbeat: the hook may take another time-out from now. */
export function extend(world: World, waiting: WaitingHookState): void {
  const wanted = world.agenda.now + waiting.heartbeatTimeout * 1_000;
  waiting.deadline = new Date(Math.min(wanted, waiting.globalDeadline.getTime()));
}
