import type { Clock } from '../clock.ts';
import type { ObjectKey } from '../kube/types.ts';

/** First and longest delay after a failure; Flux uses the same range (reliability row 17). */
const FIRST_MS = 750;
const LONGEST_MS = 15 * 60_000;

/** Counts consecutive failures a key. Full jitter, so that objects that failed together do not come back together. */
export class Backoff {
  readonly #failures = new Map<ObjectKey, number>();
  readonly #clock: Pick<Clock, 'random'>;

  constructor(clock: Pick<Clock, 'random'>) {
    this.#clock = clock;
  }

  get size(): number {
    return this.#failures.size;
  }

  failures(key: ObjectKey): number {
    return this.#failures.get(key) ?? 0;
  }

  /** Records a failure and returns how long to wait, in milliseconds. */
  next(key: ObjectKey): number {
    const failures = this.failures(key) + 1;
    this.#failures.set(key, failures);
    const ceiling = Math.min(LONGEST_MS, FIRST_MS * 2 ** Math.min(failures - 1, 30));
    // Never below half the first delay: full jitter alone may return 0 and hammer.
    return Math.max(FIRST_MS / 2, ceiling * this.#clock.random());
  }

  forget(key: ObjectKey): void {
    this.#failures.delete(key);
  }

  forgetAll(of: (key: ObjectKey) => boolean): void {
    for (const key of this.#failures.keys()) if (of(key)) this.#failures.delete(key);
  }
}
