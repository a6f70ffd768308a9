import type { Clock } from '../clock.ts';
import type { Priority } from './command.ts';
import { type Place, WaitingLine } from './waiters.ts';

export interface BucketLimits {
  readonly burst: number;
  readonly refillPerSecond: number;
}

export interface ThrottleResponse {
  /** No request leaves for this long after a throttle answer. */
  readonly holdMs: number;
  /** The rate never falls below this part of its normal value, or one unlucky minute would stop a class for an hour. */
  readonly floor: number;
  /** A halved rate is back to normal after this long (additive, so that it creeps up to the point where AWS throttles). */
  readonly recoveryMs: number;
}

/**
 * A token bucket as AWS runs it: `burst` tokens at first, refilled steadily, one token a request. In any span of t seconds at most
 * `burst + refillPerSecond * t` requests leave. A throttle answer empties it, holds it, and halves the rate, which then
 * recovers additively: other tools share the account's bucket, and we cannot see how much they take.
 */
export class TokenBucket {
  readonly #clock: Clock;
  #limits: BucketLimits;
  readonly #response: ThrottleResponse;
  // A timer for a line that everybody left would keep the process alive at shutdown.
  readonly #line = new WaitingLine(() => this.#rearm());
  #tokens: number;
  #rate: number;
  #updatedMs: number;
  #heldUntilMs = Number.NEGATIVE_INFINITY;
  /** When the last of those who were sent away is to come back. */
  readonly #lastBackMs: Record<Priority, number> = {
    user: Number.NEGATIVE_INFINITY,
    background: Number.NEGATIVE_INFINITY,
  };
  #cancelTimer: (() => void) | undefined;

  constructor(clock: Clock, limits: BucketLimits, response: ThrottleResponse) {
    this.#clock = clock;
    this.#limits = limits;
    this.#response = response;
    this.#tokens = limits.burst;
    this.#rate = limits.refillPerSecond;
    this.#updatedMs = clock.monotonicMs();
  }

  /** Requests a second at this moment. */
  get rate(): number {
    this.#refill();
    return this.#rate;
  }

  get tokens(): number {
    this.#refill();
    return this.#tokens;
  }

  /** Makes it larger or smaller. What is in it stays, as far as there is room, and a rate that throttling has lowered stays lowered. */
  resize(limits: BucketLimits): void {
    this.#refill();
    this.#rate *= limits.refillPerSecond / this.#limits.refillPerSecond;
    this.#tokens = Math.min(this.#tokens, limits.burst);
    this.#limits = limits;
    this.#rearm();
  }

  /** Waits for a token. An aborted waiter takes none. */
  take(priority: Priority, signal: AbortSignal): Place {
    const place = this.#line.join(priority, signal);
    this.#serve();
    return place;
  }

  /** How long one who came now would wait, if nobody more important came after. */
  estimateMs(priority: Priority): number {
    this.#refill();
    const holdMs = Math.max(0, this.#heldUntilMs - this.#updatedMs);
    const missing = this.#line.ahead(priority) + 1 - this.#tokens;
    return Math.max(holdMs, (missing / this.#rate) * 1000);
  }

  /**
   * In how long one who does not wait in line should come back: after those in the line, and after all who were told so before. Each costs
   * reads when he comes, so he should come once, and find his token. `undefined` if that is more than `atMostMs`.
   */
  comeBackInMs(priority: Priority, atMostMs: number): number | undefined {
    const waitMs = this.estimateMs(priority);
    const lastMs = priority === 'user' ? this.#lastBackMs.user : Math.max(...Object.values(this.#lastBackMs));
    const backMs = Math.max(this.#updatedMs + waitMs, lastMs + 1000 / this.#rate);
    if (backMs > this.#updatedMs + atMostMs) return undefined;
    this.#lastBackMs[priority] = backMs;
    return backMs - this.#updatedMs;
  }

  /** AWS said that we are too fast. Several answers to one burst count once: those that come while the class is held. */
  throttled(retryAfterMs = 0): void {
    this.#refill();
    if (this.#updatedMs < this.#heldUntilMs) return;
    this.#rate = Math.max(this.#limits.refillPerSecond * this.#response.floor, this.#rate / 2);
    this.#tokens = Math.min(this.#tokens, 0);
    this.#heldUntilMs = this.#updatedMs + Math.max(this.#response.holdMs, retryAfterMs);
    this.#rearm();
  }

  /** Pays for requests that left without asking, such as the SDK's own second attempt. */
  charge(tokens: number): void {
    this.#refill();
    this.#tokens -= tokens;
  }

  #serve(): void {
    this.#refill();
    // The tolerance swallows floating-point dust; without it a timer can fire a hair early and re-arm for nothing.
    while (this.#updatedMs >= this.#heldUntilMs && this.#tokens >= 1 - 1e-9) {
      const waiter = this.#line.first();
      if (waiter === undefined) break;
      this.#tokens -= 1;
      waiter.admit();
    }
    this.#rearm();
  }

  /** One timer, for the first in line. */
  #rearm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    if (this.#line.length === 0) return;
    const tokenMs = Math.max(0, ((1 - this.#tokens) / this.#rate) * 1000);
    const holdMs = this.#heldUntilMs - this.#updatedMs;
    // At least a millisecond: a shorter wait is rounding, and re-arming at zero would spin.
    this.#cancelTimer = this.#clock.schedule(Math.max(1, Math.ceil(Math.max(tokenMs, holdMs))), () => this.#serve());
  }

  #refill(): void {
    const now = this.#clock.monotonicMs();
    const seconds = Math.max(0, now - this.#updatedMs) / 1000;
    this.#updatedMs = Math.max(now, this.#updatedMs);
    const normal = this.#limits.refillPerSecond;
    const gainPerSecond = normal / (this.#response.recoveryMs / 1000);
    // The rate climbs in a straight line until it is normal, so the tokens of the climb are its area.
    const climbing = Math.min(seconds, (normal - this.#rate) / gainPerSecond);
    const reached = Math.min(normal, this.#rate + gainPerSecond * climbing);
    const earned = ((this.#rate + reached) / 2) * climbing + normal * (seconds - climbing);
    this.#rate = reached;
    this.#tokens = Math.min(this.#limits.burst, this.#tokens + earned);
  }
}
