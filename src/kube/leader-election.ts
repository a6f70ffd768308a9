import type { Logger } from 'pino';
import { type Clock, sleep } from '../clock.ts';
import { OperatorError } from '../errors.ts';
import { type Holdings, mayMove, shardToClaim, takeAfterMs } from './leader-balance.ts';
import { LeaderElector } from './leader-elector.ts';
import { leaseNames, ShardLayout } from './leader-layout.ts';
import { type ElectionTiming, holderOf } from './leader-state.ts';
import type { LeaseAccess } from './lease.ts';

/** A Lease and whether this process holds it. */
export interface LeaseHolding {
  readonly name: string;
  readonly held: boolean;
}

/** What is done with a shard. One call at a time for each; not called before `start`. */
export interface ShardWork {
  /** The Lease is ours. */
  takeOver(shard: number): Promise<void>;
  /** The Lease will be given back once this resolves, if `mayGiveUp` still says so: finish what is at work, begin nothing. */
  giveUp(shard: number): Promise<void>;
  /** False while there is something that only this process knows of. */
  mayGiveUp(shard: number): boolean;
  /** A Lease was taken from us: nothing may be done any more, and the process has to end. */
  lost(lease: string, reason: string): void;
}

export interface LeaderElectionOptions {
  /** Among how many Leases the objects are split. */
  readonly shards: number;
  readonly identity: string;
  readonly leases: LeaseAccess;
  readonly timing: ElectionTiming;
  readonly clock: Clock;
  readonly log: Logger;
}

/** How long giving back may take while the process stops; what is not given back then runs out by itself. */
const GIVE_BACK_MS = 2_000;

/** One candidate for every Lease, and the part of them that is our share. */
export class LeaderElection {
  readonly #options: LeaderElectionOptions;
  readonly #electors: readonly LeaderElector[];
  readonly #running = new AbortController();
  /** Work on a shard that has not come to its end, so that taking over and giving up follow one another. */
  readonly #pending: Promise<void>[];
  #work: ShardWork | undefined;
  #claiming: number | undefined;
  #givingUp: number | undefined;
  readonly #layout: ShardLayout;
  /** Another number of shards is in force, or may be. */
  #unsettled = true;
  #stopping = false;
  #loop: Promise<void> = Promise.resolve();

  constructor(options: LeaderElectionOptions) {
    this.#options = options;
    const names = leaseNames(options.shards);
    this.#layout = new ShardLayout(options);
    this.#pending = names.map(() => Promise.resolve());
    this.#electors = names.map((name, shard) => this.#candidate(name, shard));
  }

  get leases(): readonly LeaseHolding[] {
    return this.#electors.map(({ name, isValid }) => ({ name, held: isValid }));
  }

  /** Throws unless this shard is ours at this very moment. To be called immediately before each write. */
  assertHeld(shard: number): void {
    const elector = this.#electors[shard];
    if (elector?.isValid === true) return;
    const name = elector?.name ?? String(shard);
    throw new OperatorError(
      'failed',
      'NotLeader',
      `This replica does not hold the Lease ${name}; another one goes on.`,
    );
  }

  start(work: ShardWork): void {
    this.#work = work;
    this.#loop = this.#run(this.#running.signal);
  }

  /** Takes nothing more; what is held stays held and is renewed until `giveBack`. */
  retire(): void {
    this.#stopping = true;
  }

  /** Gives back what is held, for which everything must be finished, and ends. */
  async giveBack(): Promise<void> {
    this.#stopping = true;
    const limit = new AbortController();
    const given = Promise.all(this.#electors.map((elector) => elector.resign())).then(() => undefined);
    const late = sleep(this.#options.clock, GIVE_BACK_MS, limit.signal).then(
      () => this.#options.log.warn('not every Lease could be given back; the others wait until they run out'),
      () => undefined,
    );
    await Promise.race([given, late]);
    limit.abort();
    this.#running.abort(new Error('stopping'));
    await this.#loop;
  }

  #candidate(name: string, shard: number): LeaderElector {
    const { identity, leases, timing, clock, log } = this.#options;
    return new LeaderElector({
      name,
      identity,
      leases,
      timing,
      clock,
      log,
      hooks: {
        takeAfterMs: (claimant) =>
          this.#stopping || this.#unsettled || this.#givingUp === shard
            ? Number.POSITIVE_INFINITY
            : takeAfterMs(this.#holdings(), claimant, timing.retryPeriodMs),
        claims: () => !this.#stopping && this.#claiming === shard,
        keepsClaim: (claimant) => mayMove(this.#holdings(), identity, claimant),
        onTaken: () => this.#then(shard, () => this.#begin(shard)),
        onSeen: () => this.#honour(),
        onLost: (reason) => this.#work?.lost(name, reason),
      },
    });
  }

  async #run(signal: AbortSignal): Promise<void> {
    await this.#settle(signal);
    await Promise.all([...this.#electors.map((elector) => elector.run(signal)), this.#balanceForEver(signal)]);
  }

  async #settle(signal: AbortSignal): Promise<void> {
    await this.#layout.settle(signal).then(
      () => {
        this.#unsettled = false;
      },
      // Stopped meanwhile.
      () => {},
    );
  }

  /** A Lease is ours: work begins unless the objects are split differently now. */
  async #begin(shard: number): Promise<void> {
    const { clock, timing } = this.#options;
    const { signal } = this.#running;
    const elector = this.#electors[shard];
    while (elector?.isValid === true) {
      const inForce = await this.#layout.isInForce(signal).catch(() => undefined);
      if (inForce === true) return this.#work?.takeOver(shard);
      if (inForce === false) return this.#standBy(elector);
      await sleep(clock, timing.retryPeriodMs, signal);
    }
  }

  async #standBy(elector: LeaderElector): Promise<void> {
    this.#options.log.info(
      { lease: elector.name },
      'objects are split among another number of shards; this replica stands by',
    );
    this.#unsettled = true;
    await elector.resign();
    await this.#settle(this.#running.signal);
  }

  /** Takes part in sharing, once in a retry period. */
  async #balanceForEver(signal: AbortSignal): Promise<void> {
    const { clock, timing } = this.#options;
    while (!signal.aborted) {
      this.#claim();
      this.#honour();
      await sleep(clock, timing.retryPeriodMs, signal).catch(() => undefined);
    }
  }

  #claim(): void {
    const claiming = shardToClaim(this.#holdings(), this.#claimants());
    // While one that we asked for is on its way, we have fewer than we shall have.
    if (claiming === this.#claiming) return;
    this.#claiming = claiming;
    if (claiming !== undefined) this.#electors[claiming]?.wake();
  }

  /** Gives up one shard that another replica asks for, if it should have it. */
  #honour(): void {
    if (this.#stopping || this.#givingUp !== undefined) return;
    const { identity } = this.#options;
    const holdings = this.#holdings();
    const claimants = this.#claimants();
    const shard = this.#electors.findIndex(({ state }, index) => {
      const claimant = claimants[index];
      if (state.kind !== 'leading' || claimant === undefined) return false;
      return mayMove(holdings, identity, claimant) && this.#work?.mayGiveUp(index) === true;
    });
    if (shard !== -1) this.#giveUp(shard, claimants[shard]);
  }

  #giveUp(shard: number, claimant: string | undefined): void {
    const { log } = this.#options;
    const elector = this.#electors[shard];
    this.#givingUp = shard;
    log.info({ lease: elector?.name, claimant }, 'giving up a shard to a replica that holds fewer');
    this.#then(shard, async () => {
      await this.#work?.giveUp(shard);
      // What was at work until now may have left something: then this replica goes on with the shard, until it may be given up again.
      if (this.#work?.mayGiveUp(shard) === false) await this.#work.takeOver(shard);
      else await elector?.resign();
      this.#givingUp = undefined;
    });
  }

  /** One thing after the other for each shard. */
  #then(shard: number, work: () => Promise<void>): void {
    const { log } = this.#options;
    const before = this.#pending[shard] ?? Promise.resolve();
    this.#pending[shard] = before.then(work).catch((error: unknown) => {
      if (!this.#stopping) log.error({ err: error, shard }, 'taking over or giving up a shard failed');
    });
  }

  #holdings(): Holdings {
    const { identity, clock } = this.#options;
    const now = clock.monotonicMs();
    const holders = this.#electors.map((elector) => {
      if (elector.isOurs) return identity;
      return elector.state.kind === 'following' ? holderOf(elector.state.seen, now) : undefined;
    });
    return { me: identity, holders };
  }

  #claimants(): readonly (string | undefined)[] {
    return this.#electors.map(({ state }) => {
      if (state.kind === 'leading') return state.lease?.claimant;
      return state.kind === 'following' ? state.seen?.lease?.claimant : undefined;
    });
  }
}
