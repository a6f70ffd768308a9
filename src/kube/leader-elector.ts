import type { Logger } from 'pino';
import { type Clock, sleep } from '../clock.ts';
import { fromUnknown } from '../errors.ts';
import {
  type ElectionTiming,
  freeFrom,
  givenBack,
  heldBy,
  initialLeaderState,
  type LeaderInput,
  type LeaderState,
  transition,
} from './leader-state.ts';
import { isOutdated, type Lease, type LeaseAccess, type LeaseCall, type LeaseContent } from './lease.ts';

/** What a candidate asks and tells those who run several. */
export interface ElectorHooks {
  /** How long after the Lease became free we may take it; Infinity: not at all. */
  takeAfterMs(claimant: string | undefined): number;
  /** Whether we ask the holder for the Lease. */
  claims(): boolean;
  /** Whether a claim on what we hold stays written there. */
  keepsClaim(claimant: string): boolean;
  onTaken(): void;
  /** We saw something new: who holds it, or who claims it. */
  onSeen(): void;
  /** We held it and do not any more, against our will. */
  onLost(reason: string): void;
}

export interface ElectorOptions {
  readonly name: string;
  /** Unique to this process: a restarted pod is another candidate. */
  readonly identity: string;
  readonly leases: LeaseAccess;
  readonly timing: ElectionTiming;
  readonly clock: Clock;
  readonly log: Logger;
  readonly hooks: ElectorHooks;
}

/** Somebody may write between our read and our write; three times in a row is no accident, and the next period comes soon. */
const attempts = 3;

/**
 * One candidate for one Lease: the loop around `leader-state.ts`. Renewing is driven by a timer alone, never by a watch, which can die
 * silently; and the end of the lease by another, so that a call that hangs cannot keep us from noticing.
 */
export class LeaderElector {
  readonly #options: ElectorOptions;
  readonly #deadlineMs: number;
  #state: LeaderState = initialLeaderState;
  #taking = false;
  #cancelExpiry: () => void = () => {};
  #nap = new AbortController();
  #released: (() => void) | undefined;

  constructor(options: ElectorOptions) {
    this.#options = options;
    // controller-runtime's: one call that hangs leaves time for another.
    this.#deadlineMs = Math.max(1_000, options.timing.renewDeadlineMs / 2);
  }

  get name(): string {
    return this.#options.name;
  }

  get state(): LeaderState {
    return this.#state;
  }

  /** Also true while we are about to hold it. */
  get isOurs(): boolean {
    return this.#taking || this.#state.kind === 'leading';
  }

  /** Whether we may act at this very moment. */
  get isValid(): boolean {
    return this.#state.kind === 'leading' && this.#options.clock.monotonicMs() < this.#state.validUntil;
  }

  /** Until the signal aborts or the Lease is lost; never throws. A Lease that is held then is not given back. */
  async run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#options;
    const onAbort = (): void => this.wake();
    signal.addEventListener('abort', onAbort, { once: true });
    while (!signal.aborted && this.#state.kind !== 'lost') {
      const startedAt = clock.monotonicMs();
      await this.#round(signal);
      if (!signal.aborted) await this.#rest(startedAt);
    }
    signal.removeEventListener('abort', onAbort);
    this.#cancelExpiry();
  }

  /** Looks again now, because there is a reason to. */
  wake(): void {
    this.#nap.abort();
  }

  /** Acts no more from this moment on, and resolves once the Lease is given back. Call it when everything is finished. */
  resign(): Promise<void> {
    if (this.#state.kind !== 'leading') return Promise.resolve();
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#released = resolve;
    this.#apply({ kind: 'resign' });
    this.wake();
    return promise;
  }

  async #round(signal: AbortSignal): Promise<void> {
    // A wake-up that comes while this round is at work counts.
    this.#nap = new AbortController();
    const call: LeaseCall = { signal, deadlineMs: this.#deadlineMs };
    try {
      for (let attempt = 1; attempt <= attempts; attempt += 1) if (!(await this.#attempt(call))) return;
    } catch (error) {
      if (signal.aborted) return;
      const { reason, message } = fromUnknown(error);
      this.#options.log.warn(
        { lease: this.name, state: this.#state.kind, reason, message },
        'a call for a Lease failed',
      );
    } finally {
      this.#taking = false;
    }
  }

  /** True when somebody wrote in between, and it is worth another try at once. */
  async #attempt(call: LeaseCall): Promise<boolean> {
    const { lease } =
      this.#state.kind === 'following' || this.#state.kind === 'lost' ? { lease: undefined } : this.#state;
    if (lease === undefined) await this.#read(call);
    try {
      await this.#write(call);
      return false;
    } catch (error) {
      if (!isOutdated(error)) throw error;
      this.#apply({ kind: 'conflict' });
      return true;
    }
  }

  async #read(call: LeaseCall): Promise<void> {
    const lease = await this.#options.leases.get(this.name, call);
    this.#apply({ kind: 'read', lease, at: this.#options.clock.monotonicMs() });
    this.#options.hooks.onSeen();
  }

  async #write(call: LeaseCall): Promise<void> {
    switch (this.#state.kind) {
      case 'following':
        return this.#takeOrClaim(call);
      case 'leading':
        return this.#renew(this.#state.lease, call);
      case 'resigned':
        return this.#giveBack(this.#state.lease, call);
      case 'lost':
        return;
      default:
        return this.#state satisfies never;
    }
  }

  async #takeOrClaim(call: LeaseCall): Promise<void> {
    const { hooks, identity, timing, clock } = this.#options;
    if (this.#state.kind !== 'following' || this.#state.seen === undefined) return;
    const { seen } = this.#state;
    const { lease } = seen;
    // Ours already: a write whose answer we did not get.
    const isOurs = lease?.record.holder === identity;
    if (isOurs || this.#mayTakeAt() <= clock.monotonicMs()) {
      this.#taking = true;
      await this.#send(
        lease,
        { record: heldBy(identity, seen.record, timing, clock.wallMs()), claimant: undefined },
        call,
      );
    } else if (lease !== undefined && lease.claimant !== identity && hooks.claims()) {
      await this.#send(lease, { record: lease.record, claimant: identity }, call);
    }
  }

  async #renew(lease: Lease | undefined, call: LeaseCall): Promise<void> {
    if (lease === undefined) return;
    const { hooks, identity, timing, clock } = this.#options;
    const claimant = lease.claimant !== undefined && hooks.keepsClaim(lease.claimant) ? lease.claimant : undefined;
    await this.#send(lease, { record: heldBy(identity, lease.record, timing, clock.wallMs()), claimant }, call);
  }

  async #giveBack(lease: Lease | undefined, call: LeaseCall): Promise<void> {
    if (lease === undefined) return;
    await this.#send(lease, givenBack(lease, this.#options.clock.wallMs()), call);
  }

  async #send(lease: Lease | undefined, content: LeaseContent, { signal, deadlineMs }: LeaseCall): Promise<void> {
    const { leases, clock } = this.#options;
    // Replaced when it really goes; a moment too early is the safe side.
    let sentAt = clock.monotonicMs();
    const call: LeaseCall = {
      signal,
      deadlineMs,
      onSend: () => {
        sentAt = clock.monotonicMs();
      },
    };
    const written =
      lease === undefined ? await leases.create(this.name, content, call) : await leases.update(lease, content, call);
    this.#apply({ kind: 'written', lease: written, sentAt, at: clock.monotonicMs() });
  }

  #apply(input: LeaderInput): void {
    const { identity, timing, hooks, log } = this.#options;
    const before = this.#state;
    const after = transition(before, input, identity, timing.renewDeadlineMs);
    this.#state = after;
    this.#armExpiry();
    if (before.kind === after.kind) return;
    log.info({ lease: this.name, from: before.kind, to: after.kind }, 'leadership changed');
    if (after.kind === 'leading') hooks.onTaken();
    if (after.kind === 'following' || after.kind === 'lost') this.#released?.();
    if (after.kind === 'lost') {
      this.wake();
      hooks.onLost(after.reason);
    }
  }

  #armExpiry(): void {
    this.#cancelExpiry();
    if (this.#state.kind !== 'leading') return;
    const { clock } = this.#options;
    const inMs = Math.max(1, this.#state.validUntil - clock.monotonicMs());
    this.#cancelExpiry = clock.schedule(inMs, () => this.#apply({ kind: 'time', at: clock.monotonicMs() }));
  }

  /**
   * Until the next round: a retry period from the beginning of the last, so that a call that hung is repeated at once, and jittered, so
   * that replicas do not ask together; or until the Lease may be taken.
   */
  async #rest(startedAt: number): Promise<void> {
    const { clock, timing } = this.#options;
    const now = clock.monotonicMs();
    const periodMs = startedAt + timing.retryPeriodMs * (0.8 + 0.2 * clock.random()) - now;
    const untilFreeMs = this.#mayTakeAt() - now;
    const restMs = untilFreeMs > 0 ? Math.min(periodMs, untilFreeMs) : periodMs;
    try {
      await sleep(clock, restMs, this.#nap.signal);
    } catch {
      // Woken, or stopped.
    }
  }

  #mayTakeAt(): number {
    if (this.#state.kind !== 'following' || this.#state.seen === undefined) return Number.NEGATIVE_INFINITY;
    const { seen } = this.#state;
    return freeFrom(seen) + this.#options.hooks.takeAfterMs(seen.lease?.claimant);
  }
}
