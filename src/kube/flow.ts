import { type Clock, sleep } from '../clock.ts';
import { abortable } from './abortable.ts';
import { KubeError } from './errors.ts';

/** Permission to send one request. Give it back with `leave`. */
export interface Ticket {
  readonly probe: (() => void) | undefined;
}

/**
 * Holds requests back after the server said Retry-After. When the time is over one request goes first to try, and the others follow
 * only once the server has answered it, so that an overloaded server does not meet all of them at once.
 */
export class Flow {
  readonly #clock: Clock;
  #heldUntil: number | undefined;
  #probe: Promise<void> | undefined;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** Waits for permission; throws `throttled` at once when the hold is longer than `patienceMs`. */
  async enter(patienceMs: number, operation: string, signal: AbortSignal): Promise<Ticket> {
    for (;;) {
      if (this.#heldUntil === undefined) return { probe: undefined };
      const remaining = this.#heldUntil - this.#clock.monotonicMs();
      if (remaining > patienceMs) throw throttled(remaining, operation);
      if (remaining > 0) await sleep(this.#clock, remaining, signal);
      else if (this.#probe !== undefined) await abortable(this.#probe, signal);
      else return this.#startProbe();
    }
  }

  /** `holdMs`: for how long the server asked not to be called; `undefined` when it did not ask. */
  leave(ticket: Ticket, holdMs: number | undefined): void {
    if (holdMs !== undefined) {
      const until = this.#clock.monotonicMs() + holdMs;
      this.#heldUntil = Math.max(this.#heldUntil ?? 0, until);
    } else if (ticket.probe !== undefined) {
      this.#heldUntil = undefined;
    }
    ticket.probe?.();
  }

  #startProbe(): Ticket {
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#probe = promise;
    return {
      probe: () => {
        this.#probe = undefined;
        resolve();
      },
    };
  }
}

function throttled(retryAfterMs: number, operation: string): KubeError {
  const seconds = Math.ceil(retryAfterMs / 1000);
  const message = `The API server is overloaded and asked not to be called for another ${seconds} s.`;
  return new KubeError('throttled', 'TooManyRequests', message, { operation, retryAfterMs });
}
