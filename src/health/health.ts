import type { Clock } from '../clock.ts';
import type { KindState } from '../engine/manager.ts';
import type { ReflectorStats } from '../kube/reflector.ts';
import type { Transport } from '../kube/transport.ts';
import { ApiServerProbe } from './api-server-probe.ts';
import { liveness, readiness, type Verdict, verdict } from './checks.ts';

export interface HealthSources {
  readonly clock: Clock;
  readonly transport: Transport;
  readonly passDeadlineMs: number;
  readonly states: () => readonly KindState[];
  /** What else is watched. */
  readonly watches: () => readonly { readonly kind: string; readonly watch: ReflectorStats }[];
}

/** What /healthz and /readyz tell. */
export class Health {
  readonly #sources: HealthSources;
  readonly #probe: ApiServerProbe;
  #stopping = false;
  #wasReady: boolean | undefined;

  constructor(sources: HealthSources) {
    this.#sources = sources;
    this.#probe = new ApiServerProbe(sources.transport, sources.clock);
  }

  async ready(): Promise<Verdict> {
    const apiServerAnsweredMs = await this.#probe.answeredMs();
    const { clock } = this.#sources;
    const facts = { stopping: this.#stopping, watches: this.#watches(), apiServerAnsweredMs };
    const answer = verdict('readyz', readiness({ ...facts, nowMs: clock.monotonicMs() }));
    this.#wasReady = answer.ok;
    return answer;
  }

  /** What `ready` answered last; undefined until somebody has asked. */
  get wasReady(): boolean | undefined {
    return this.#wasReady;
  }

  alive(): Verdict {
    const { passDeadlineMs, states } = this.#sources;
    const facts = { stopping: this.#stopping, watches: this.#watches(), queues: states() };
    return verdict('healthz', liveness({ ...facts, passDeadlineMs }));
  }

  /** From now on not ready: what stops takes no new work. */
  stop(): void {
    this.#stopping = true;
    this.#probe.close();
  }

  #watches() {
    return [...this.#sources.states(), ...this.#sources.watches()];
  }
}
