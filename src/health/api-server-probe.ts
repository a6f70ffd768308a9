import type { Clock } from '../clock.ts';
import { KubeError, type Transport } from '../kube/transport.ts';

/** One question serves all who ask within this time: kubelet, load balancers and people. */
const FRESH_MS = 5_000;
/** kube-apiserver gives its own question to etcd two seconds. */
const DEADLINE_MS = 3_000;

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
      // A flow of its own: what other requests were told to wait for is no answer to this one.
      const path = '/readyz';
      const signal = this.#abort.signal;
      await this.#transport.text({ method: 'GET', path, flow: 'health', deadlineMs: DEADLINE_MS, signal });
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
