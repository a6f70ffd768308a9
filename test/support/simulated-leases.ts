import type { Clock } from '../../src/clock.ts';
import type { Lease, LeaseAccess, LeaseCall, LeaseContent } from '../../src/kube/lease.ts';
import { KubeError } from '../../src/kube/transport.ts';
import { VirtualClock } from './virtual-clock.ts';

/** What becomes of one call: how long request and answer take, and whether they arrive at all. */
export interface Journey {
  readonly thereMs: number;
  readonly backMs: number;
  readonly lost?: 'request' | 'answer';
}

/** Time itself, the API server's Leases, and processes whose clocks differ, that sleep, and whose calls are late or lost. */
export class LeaseWorld {
  readonly time = new VirtualClock();
  readonly #leases = new Map<string, Lease>();
  #version = 0;

  lease(name: string): Lease | undefined {
    return this.#leases.get(name);
  }

  /** As somebody with kubectl. */
  delete(name: string): void {
    this.#leases.delete(name);
  }

  put(name: string, content: LeaseContent): Lease {
    this.#version += 1;
    const metadata = { name, resourceVersion: String(this.#version) };
    const layout = content.layout ?? this.#leases.get(name)?.layout;
    const lease = {
      name,
      ...content,
      layout,
      object: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata },
    };
    this.#leases.set(name, lease);
    return lease;
  }

  create(name: string, content: LeaseContent): Lease {
    if (this.#leases.has(name)) throw conflict('AlreadyExists');
    return this.put(name, content);
  }

  update(lease: Lease, content: LeaseContent): Lease {
    const current = this.#leases.get(lease.name);
    if (current === undefined) throw new KubeError('absent', 'NotFound', 'no such Lease', { status: 404 });
    if (current.object.metadata.resourceVersion !== lease.object.metadata.resourceVersion) throw conflict('Conflict');
    return this.put(lease.name, content);
  }

  /** Lets this much time pass, in steps so small that nothing important fits between two of them. */
  async pass(ms: number, look: () => void = () => {}, stepMs = 50): Promise<void> {
    for (let passed = 0; passed < ms; passed += stepMs) {
      this.time.advance(stepMs);
      await new Promise((resolve) => setImmediate(resolve));
      look();
    }
  }
}

/** One process: its own clock, which may be off and too fast or too slow, and its own way to the API server. */
export class LeaseProcess implements Clock, LeaseAccess {
  /** Of the next calls; the last one is kept. */
  journey: () => Journey = () => ({ thereMs: 5, backMs: 5 });
  readonly #world: LeaseWorld;
  readonly #offsetMs: number;
  readonly #rate: number;
  readonly #random: () => number;
  #pausedUntil = 0;
  #dead = false;

  constructor(
    world: LeaseWorld,
    clock: { readonly offsetMs?: number; readonly rate?: number; readonly random?: () => number } = {},
  ) {
    this.#world = world;
    this.#offsetMs = clock.offsetMs ?? 0;
    this.#rate = clock.rate ?? 1;
    this.#random = clock.random ?? (() => 0.5);
  }

  /** SIGSTOP, and SIGCONT after this time. */
  pause(ms: number): void {
    this.#pausedUntil = Math.max(this.#pausedUntil, this.#world.time.monotonicMs() + ms);
  }

  /** SIGKILL. */
  kill(): void {
    this.#dead = true;
  }

  wallMs(): number {
    return this.#world.time.wallMs() + this.#offsetMs;
  }

  monotonicMs(): number {
    return this.#offsetMs + this.#world.time.monotonicMs() * this.#rate;
  }

  random(): number {
    return this.#random();
  }

  schedule(delayMs: number, callback: () => void): () => void {
    let cancelled = false;
    const cancel = this.#world.time.schedule(delayMs / this.#rate, () => this.#awake(() => !cancelled && callback()));
    return () => {
      cancelled = true;
      cancel();
    };
  }

  get(name: string, call: LeaseCall): Promise<Lease | undefined> {
    return this.#call(call, () => this.#world.lease(name));
  }

  create(name: string, content: LeaseContent, call: LeaseCall): Promise<Lease> {
    return this.#call(call, () => this.#world.create(name, content));
  }

  update(lease: Lease, content: LeaseContent, call: LeaseCall): Promise<Lease> {
    return this.#call(call, () => this.#world.update(lease, content));
  }

  #call<T>({ deadlineMs, onSend, signal }: LeaseCall, serve: () => T): Promise<T> {
    const { thereMs, backMs, lost } = this.journey();
    const { time } = this.#world;
    onSend?.();
    return new Promise((resolve, reject) => {
      const late = new KubeError('failed', 'DeadlineExceeded', 'no answer');
      this.schedule(deadlineMs, () => reject(late));
      signal.addEventListener('abort', () => reject(signal.reason), { once: true });
      if (lost === 'request') return;
      // What has left the process goes on without it.
      time.schedule(thereMs, () => {
        const answer = attempt(serve);
        if (lost === 'answer') return;
        time.schedule(backMs, () => this.#awake(() => (answer.ok ? resolve(answer.value) : reject(answer.error))));
      });
    });
  }

  #awake(work: () => void): void {
    if (this.#dead) return;
    const sleepsMs = this.#pausedUntil - this.#world.time.monotonicMs();
    if (sleepsMs <= 0) work();
    else this.#world.time.schedule(sleepsMs, () => this.#awake(work));
  }
}

function attempt<T>(work: () => T): { ok: true; value: T } | { ok: false; error: unknown } {
  try {
    return { ok: true, value: work() };
  } catch (error) {
    return { ok: false, error };
  }
}

function conflict(reason: string): KubeError {
  return new KubeError('failed', reason, 'somebody was faster', { status: 409 });
}
