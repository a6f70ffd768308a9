import { randomBytes } from 'node:crypto';
import type { DeploymentConfiguration, DeploymentLifecycleHook } from '@aws-sdk/client-ecs';
import type { World } from '../../../world.ts';
import type { HookState, LifecycleState, Stage } from '../state.ts';

const DEFAULT_TIMEOUT_MINUTES = 1_440;
const MINUTE_MS = 60_000;

/** Begins the hooks that are configured for a stage. */
export function startHooks(world: World, configuration: DeploymentConfiguration, stage: Stage): HookState[] {
  return (configuration.lifecycleHooks ?? [])
    .filter((hook) => hook.lifecycleStages?.some((each) => each === stage))
    .map((hook) => startHook(world, hook));
}

function startHook(world: World, hook: DeploymentLifecycleHook): HookState {
  const pause = hook.targetType === 'PAUSE';
  const { now } = world.agenda;
  const answer = lambdaAnswer(hook.hookTargetArn ?? '', world.timings.hook);
  return {
    id: `ecs-${pause ? 'pause' : 'lambda'}-${randomBytes(32).toString('base64url')}`,
    hook,
    expiresAt: now + (hook.timeoutConfiguration?.timeoutInMinutes ?? DEFAULT_TIMEOUT_MINUTES) * MINUTE_MS,
    status: pause ? 'AWAITING_ACTION' : 'IN_PROGRESS',
    answer: pause ? undefined : { at: now + answer.afterMs, status: answer.status },
  };
}

/**
 * What a hook's Lambda function says, chosen by its name: `sim-fail` in it means FAILED, `sim-in-progress-30s` (ms, s, m) that it says
 * IN_PROGRESS for so long; otherwise it SUCCEEDED.
 */
export function lambdaAnswer(
  arn: string,
  usualMs: number,
): { readonly afterMs: number; readonly status: 'SUCCEEDED' | 'FAILED' } {
  const [, amount, unit] = /sim-in-progress[-:](\d+)(ms|s|m)/.exec(arn) ?? [];
  const factor = { ms: 1, s: 1_000, m: MINUTE_MS }[unit ?? ''] ?? 0;
  const waiting = amount === undefined ? 0 : Number(amount) * factor;
  return { afterMs: usualMs + waiting, status: arn.includes('sim-fail') ? 'FAILED' : 'SUCCEEDED' };
}

export type HooksOutcome =
  | { readonly kind: 'passed' }
  | { readonly kind: 'failed' }
  | { readonly kind: 'timedOut' }
  /** Somebody has to answer still; at the latest until then. */
  | { readonly kind: 'open'; readonly until: number };

/** Lets time pass for the hooks of the present stage, and says whether the deployment may go on. */
export function settleHooks(world: World, lifecycle: LifecycleState): HooksOutcome {
  const { now } = world.agenda;
  let until = Number.POSITIVE_INFINITY;
  for (const hook of lifecycle.hooks) {
    if (!isWaiting(hook)) continue;
    if (hook.answer !== undefined && hook.answer.at <= now && hook.answer.at <= hook.expiresAt) {
      hook.status = hook.answer.status;
    } else if (hook.expiresAt <= now) {
      hook.status = 'TIMED_OUT';
    } else {
      until = Math.min(until, hook.answer?.at ?? hook.expiresAt, hook.expiresAt);
    }
  }
  if (lifecycle.hooks.some(({ status }) => status === 'FAILED')) return { kind: 'failed' };
  const timedOut = lifecycle.hooks.filter(({ status }) => status === 'TIMED_OUT');
  if (timedOut.some(({ hook }) => timeoutAction(hook) === 'ROLLBACK')) return { kind: 'timedOut' };
  return Number.isFinite(until) ? { kind: 'open', until } : { kind: 'passed' };
}

export const isWaiting = ({ status }: HookState): boolean => status === 'AWAITING_ACTION' || status === 'IN_PROGRESS';

export const timeoutAction = (hook: DeploymentLifecycleHook): 'CONTINUE' | 'ROLLBACK' =>
  hook.timeoutConfiguration?.action ?? 'ROLLBACK';
