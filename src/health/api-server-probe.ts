import type { Clock } from '../clock.ts';
import { KubeError, type Transport } from '../kube/transport.ts';

/** One question serves all who ask within this time: kubelet, load balancers and people. */
const FRESH_MS = 5_000;
/** kube-apiserver gives its own question to etcd two seconds. */
const DEADLINE_MS = 3_000;

/** A flow of its own, never held back for long: what requests were told to wait for is no answer to the next one. */
const QUESTION = {
  method: 'GET',
  path: '/readyz',
  flow: 'health',
  longestHoldMs: FRESH_MS,
  deadlineMs: DEADLINE_MS,
} as const;

/**
 * Asks the API server whether it is ready, when somebody wants to know. Its `/readyz` fails without etcd, which `/version` does not, and
 * every service account may read it (ClusterRole system:public-info-viewer).
 */
export class ApiServerProbe {
  readonly #transport: Transport;
  readonly #clock: Clock;
  readonly #abort = new AbortController();
  #askedMs = Number.NEGATIVE_INFINITY;
  #answeredMs: number | undefined;
  #asking: Promise<void> | undefined;

  constructor(transport: Transport, clock: Clock) {
    this.#transport = transport;
    this.#clock = clock;
  }

  /** When the API server last answered, by the monotonic clock; asks first if that was a while ago. */
  async answeredMs(): Promise<number | undefined> {
    if (this.#clock.monotonicMs() - this.#askedMs >= FRESH_MS) {
      this.#asking ??= this.#ask().finally(() => {
        this.#asking = undefined;
      });
    }
    await this.#asking;
    return this.#answeredMs;
  }

  close(): void {
    this.#abort.abort(new Error('stopping'));
  }

  async #ask(): Promise<void> {
    try {
      const signal = this.#abort.signal;
      await this.#transport.text({ ...QUESTION, signal });
      this.#answeredMs = this.#clock.monotonicMs();
    } catch (error) {
      // A server that refuses to tell is there.
      const isThere = error instanceof KubeError && error.status !== undefined && error.status < 500;
      if (isThere) this.#answeredMs = this.#clock.monotonicMs();
    } finally {
      this.#askedMs = this.#clock.monotonicMs();
    }
  }
}
