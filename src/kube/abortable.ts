import type { Clock } from '../clock.ts';

/** Waits for `promise`, or rejects with the signal's reason as soon as it aborts. Leaves no listener on the signal. */
export function abortable<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) {
    // Whoever made it gave it to us. Without a handler its failure would end the process.
    promise.catch(() => undefined);
    return Promise.reject(signal.reason);
  }
  return new Promise<T>((resolve, reject) => {
    const onAbort = (): void => reject(signal.reason);
    signal.addEventListener('abort', onAbort, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener('abort', onAbort));
  });
}

/**
 * One call's own signal: aborted by the caller's signal or by a time limit that can be moved. Not `AbortSignal.any`, because the
 * caller's signal lives as long as the process and must not collect a listener for each call.
 */
export class CallScope {
  readonly #clock: Clock;
  readonly #parent: AbortSignal;
  readonly #controller = new AbortController();
  readonly #onAbort: () => void;
  #cancel: (() => void) | undefined;

  constructor(clock: Clock, parent: AbortSignal) {
    this.#clock = clock;
    this.#parent = parent;
    this.#onAbort = () => this.#controller.abort(parent.reason);
    if (parent.aborted) this.#onAbort();
    else parent.addEventListener('abort', this.#onAbort, { once: true });
  }

  get signal(): AbortSignal {
    return this.#controller.signal;
  }

  /** Ends the call with `error()` after `ms`, instead of any earlier limit. */
  limit(ms: number, error: () => Error): void {
    this.#cancel?.();
    this.#cancel = this.#clock.schedule(ms, () => this.#controller.abort(error()));
  }

  dispose(): void {
    this.#cancel?.();
    this.#cancel = undefined;
    this.#parent.removeEventListener('abort', this.#onAbort);
  }
}
