import type { Logger } from 'pino';
import { type Clock, sleep } from '../clock.ts';
import { fromUnknown } from '../errors.ts';
import { type ElectionTiming, freeFrom, type Sighting, sight } from './leader-state.ts';
import { isOutdated, type Lease, type LeaseAccess, type LeaseCall } from './lease.ts';

/** The Lease on which is written among how many shards the objects are split. With one shard it is the shard's own. */
export const anchorName = 'ecs-operator';

/** The operator's role names the Leases of every number of shards up to this one. */
export const maxShards = 32;

/** `ecs-operator`, or `ecs-operator-shard-0` and so on. */
export function leaseNames(shards: number): readonly string[] {
  if (shards === 1) return [anchorName];
  return Array.from({ length: shards }, (_, shard) => `${anchorName}-shard-${shard}`);
}

export interface LayoutOptions {
  readonly shards: number;
  readonly leases: LeaseAccess;
  readonly timing: ElectionTiming;
  readonly clock: Clock;
  readonly log: Logger;
}

/** `3`: objects are split among three shards. `3>4`: nobody held one of three any more, and four come next. */
interface Layout {
  readonly shards: number;
  readonly next: number | undefined;
}

/**
 * Keeps replicas apart that split the objects among different numbers of shards, as those before and after a change of `--shards` do: each
 * would find that an object is in a shard of its own. The number in force is written on one Lease.
 *
 * - Who has another number waits until no Lease of the number in force is held, writes down which number comes next, looks once more, and
 *   only then puts it in force.
 * - Who has taken a Lease looks, before he acts, whether his number is in force still.
 *
 * Either he who takes sees that another number comes, or he who changes it sees that one is taken: each writes first and reads then.
 */
export class ShardLayout {
  readonly #options: LayoutOptions;
  readonly #call: (signal: AbortSignal) => LeaseCall;
  readonly #seen = new Map<string, Sighting>();

  constructor(options: LayoutOptions) {
    this.#options = options;
    const deadlineMs = Math.max(1_000, options.timing.renewDeadlineMs / 2);
    this.#call = (signal) => ({ signal, deadlineMs });
  }

  /** Resolves once our number of shards is in force; rejects when the signal aborts before. */
  async settle(signal: AbortSignal): Promise<void> {
    const { clock, timing, log } = this.#options;
    for (;;) {
      signal.throwIfAborted();
      try {
        if (await this.#isSettled(signal)) return;
      } catch (error) {
        if (!isOutdated(error))
          log.warn({ reason: fromUnknown(error).reason }, 'the number of shards could not be read');
      }
      await sleep(clock, timing.retryPeriodMs * (0.8 + 0.2 * clock.random()), signal);
    }
  }

  /** Whether our number of shards is in force now; to be asked after a Lease has been taken and before anything is done with it. */
  async isInForce(signal: AbortSignal): Promise<boolean> {
    const layout = layoutOf(await this.#options.leases.get(anchorName, this.#call(signal)));
    return layout?.shards === this.#options.shards && layout.next === undefined;
  }

  async #isSettled(signal: AbortSignal): Promise<boolean> {
    const { leases, shards, log } = this.#options;
    const anchor = await leases.get(anchorName, this.#call(signal));
    const layout = layoutOf(anchor);
    if (layout === undefined) {
      await this.#write(anchor, { shards, next: undefined }, signal);
      return true;
    }
    if (layout.shards === shards && layout.next === undefined) return true;
    if (layout.shards !== shards && !(await this.#isFree(leaseNames(layout.shards), signal))) return false;
    if (layout.next !== shards) {
      await this.#write(anchor, { shards: layout.shards, next: shards }, signal);
      return false;
    }
    log.info({ from: layout.shards, to: shards }, 'objects are split among another number of shards');
    await this.#write(anchor, { shards, next: undefined }, signal);
    return true;
  }

  /** Looks at all of them, also when one is held, so that the time of each begins to count. */
  async #isFree(names: readonly string[], signal: AbortSignal): Promise<boolean> {
    const { leases, clock } = this.#options;
    let free = true;
    for (const name of names) {
      const lease = await leases.get(name, this.#call(signal));
      const seen = sight(this.#seen.get(name), lease, clock.monotonicMs());
      this.#seen.set(name, seen);
      if (clock.monotonicMs() < freeFrom(seen)) free = false;
    }
    return free;
  }

  async #write(anchor: Lease | undefined, { shards, next }: Layout, signal: AbortSignal): Promise<void> {
    const { leases } = this.#options;
    const layout = next === undefined ? String(shards) : `${shards}>${next}`;
    const call = this.#call(signal);
    if (anchor === undefined) await leases.create(anchorName, { record: nobody, claimant: undefined, layout }, call);
    else await leases.update(anchor, { record: anchor.record, claimant: anchor.claimant, layout }, call);
  }
}

const nobody = { holder: '', durationSeconds: 1, acquireTime: undefined, renewTime: undefined, transitions: 0 };

function layoutOf(anchor: Lease | undefined): Layout | undefined {
  const match = /^(\d+)(?:>(\d+))?$/.exec(anchor?.layout ?? '');
  if (match === null) return undefined;
  return { shards: Number(match[1]), next: match[2] === undefined ? undefined : Number(match[2]) };
}
