import { performance } from 'node:perf_hooks';

/**
 * Time and chance, injected everywhere so that tests own both.
 * The only file besides `config.ts` that may touch `Date.now`, `setTimeout` or `Math.random`.
 */
export interface Clock {
  /** Wall clock, milliseconds since the epoch. For timestamps that people read, never for deadlines. */
  wallMs(): number;
  /** Monotonic milliseconds. For deadlines, delays and lease validity: it does not jump when NTP corrects the wall clock. */
  monotonicMs(): number;
  /** Uniform in [0, 1). */
  random(): number;
  /** Runs `callback` after `delayMs`; the returned function cancels it. The timer keeps the process alive. */
  schedule(delayMs: number, callback: () => void): () => void;
}

export const systemClock: Clock = {
  wallMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  random: () => Math.random(),
  schedule(delayMs, callback) {
    // Node turns anything beyond 2^31-1 ms into 1 ms.
    const timer = setTimeout(callback, Math.min(Math.max(delayMs, 0), 2_147_483_647));
    return () => clearTimeout(timer);
  },
};

/** To the second and in UTC, as Kubernetes writes times. */
export function rfc3339(date: Date): string {
  return date.toISOString().replace(/\.\d+Z$/, 'Z');
}

/** As Kubernetes writes a MicroTime: exactly six digits of a second. */
export function microTime(wallMs: number): string {
  return new Date(wallMs).toISOString().replace('Z', '000Z');
}

/** Resolves after `delayMs`, or rejects with the signal's reason as soon as it aborts. */
export function sleep(clock: Clock, delayMs: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason);
      return;
    }
    const onAbort = (): void => {
      cancel();
      reject(signal?.reason);
    };
    const cancel = clock.schedule(delayMs, () => {
      signal?.removeEventListener('abort', onAbort);
      resolve();
    });
    signal?.addEventListener('abort', onAbort, { once: true });
  });
}
