import type { Clock } from '../clock.ts';

/** So many batches of a group in a row may go out as soon as their short window is over; one object alone never waits longer. */
const eagerBatches = 5;
/**
 * How long batches gather once those are used up, and how long it takes to earn one back: twice the time in which an
 * action class earns a request (20 a second by AWS's table, of which the budget takes half), so that single reads have the rest.
 */
const gatherMs = 200;
/** Groups (clusters) come and go; those that have earned everything back need not be remembered. */
const forgetAbove = 500;

/** How long a batch waits for company: short while few are asked for, longer under load, when calls are dearer than milliseconds. */
export class Pace {
  readonly #clock: Pick<Clock, 'monotonicMs'>;
  readonly #windowMs: number;
  readonly #groups = new Map<string, { eager: number; earnedAtMs: number }>();

  constructor(clock: Pick<Clock, 'monotonicMs'>, windowMs: number) {
    this.#clock = clock;
    this.#windowMs = windowMs;
  }

  next(group: string): number {
    const now = this.#clock.monotonicMs();
    const pace = this.#groups.get(group) ?? this.#begin(group, now);
    const earned = Math.floor((now - pace.earnedAtMs) / gatherMs);
    if (earned > 0) {
      pace.eager = Math.min(eagerBatches, pace.eager + earned);
      pace.earnedAtMs = now;
    }
    if (pace.eager === 0) return Math.max(gatherMs, this.#windowMs);
    pace.eager -= 1;
    return this.#windowMs;
  }

  #begin(group: string, now: number): { eager: number; earnedAtMs: number } {
    if (this.#groups.size >= forgetAbove) {
      for (const [name, { earnedAtMs }] of this.#groups) {
        if (now - earnedAtMs > eagerBatches * gatherMs) this.#groups.delete(name);
      }
    }
    const pace = { eager: eagerBatches, earnedAtMs: now };
    this.#groups.set(group, pace);
    return pace;
  }
}
