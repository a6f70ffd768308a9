import type { NotScaledReason } from '@aws-sdk/client-application-auto-scaling';
import type { Cooldown, SuspendedFlags } from './state.ts';

/** A service and its scalable target, as a scaling policy finds them. */
export interface Situation {
  readonly now: number;
  readonly desired: number;
  readonly running: number;
  readonly min: number;
  readonly max: number;
  readonly suspended: SuspendedFlags;
  readonly deploying: boolean;
  readonly scaledOut: Cooldown | undefined;
  readonly scaledIn: Cooldown | undefined;
}

export type Decision =
  | { readonly kind: 'scale'; readonly to: number; readonly from: number }
  | { readonly kind: 'notScaled'; readonly reason: NotScaledReason }
  /** Suspended or cooling down: nothing is even recorded. */
  | { readonly kind: 'idle' };

const IDLE: Decision = { kind: 'idle' };

/** What comes of an alarm whose policy makes `adjust(n)` of n tasks. */
export function decide(direction: 'out' | 'in', situation: Situation, adjust: (capacity: number) => number): Decision {
  return direction === 'out' ? scaleOut(situation, adjust) : scaleIn(situation, adjust);
}

/**
 * Running tasks count, not those still starting, or every alarm during a slow start would add more (AS-11). Tasks that a deployment runs
 * beyond the desired count do not.
 */
export function basis({ running, desired }: Pick<Situation, 'running' | 'desired'>): number {
  return Math.min(running, desired);
}

function scaleOut(situation: Situation, adjust: (capacity: number) => number): Decision {
  const { desired, min, max, scaledOut, now } = situation;
  if (situation.suspended.DynamicScalingOutSuspended) return IDLE;
  if (desired >= max) return notScaled({ Code: 'AlreadyAtMaxCapacity', MaxCapacity: max });
  const cooling = scaledOut !== undefined && now < scaledOut.until;
  // While the last step takes effect, a larger one counts from where that one began (AS-09).
  const from = cooling ? scaledOut.from : basis(situation);
  const to = within(adjust(from), min, max);
  if (to > desired) return { kind: 'scale', to, from };
  return cooling ? IDLE : notScaled({ Code: 'AlreadyAtDesiredCapacity', CurrentCapacity: desired });
}

function scaleIn(situation: Situation, adjust: (capacity: number) => number): Decision {
  const { desired, min, max, scaledIn, now } = situation;
  if (situation.suspended.DynamicScalingInSuspended) return IDLE;
  // Scale-in is off during deployments (AS-12).
  if (situation.deploying) return notScaled({ Code: 'TargetServicePutResourceAsUnscalable', CurrentCapacity: desired });
  if (desired <= min) return notScaled({ Code: 'AlreadyAtMinCapacity', MinCapacity: min });
  if (scaledIn !== undefined && now < scaledIn.until) return IDLE;
  const from = basis(situation);
  const to = within(adjust(from), min, max);
  if (to < desired) return { kind: 'scale', to, from };
  return notScaled({ Code: 'AutoScalingAnticipatedFlapping', CurrentCapacity: desired });
}

const notScaled = (reason: NotScaledReason): Decision => ({ kind: 'notScaled', reason });

const within = (count: number, min: number, max: number): number => Math.min(max, Math.max(min, count));
