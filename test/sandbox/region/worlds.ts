import { Agenda } from './agenda.ts';
import { type Cause, History } from './history.ts';
import { emptyIam, type IamState } from './iam.ts';
import { type Inventory, inventoryOf } from './inventory.ts';
import type { SimulatedTime } from './time.ts';
import type { Timings } from './timings.ts';
import { createWorld, DEAF, type World } from './world.ts';

/** Where operations find the world they run in. */
export interface WorldSource {
  at(account: string, region: string): World;
}

interface Entry {
  readonly world: World;
  readonly history: History;
}

/** One world for each account and region, made when first asked for. */
export class Worlds implements WorldSource {
  readonly iam: IamState = emptyIam();
  readonly #time: SimulatedTime;
  readonly #timings: Timings;
  readonly #worlds = new Map<string, Entry>();
  #reachMs = 0;

  constructor(time: SimulatedTime, timings: Timings) {
    this.#time = time;
    this.#timings = timings;
  }

  /** Simulated time. */
  get now(): number {
    return this.#time.now();
  }

  /** The world of an account and region, brought up to the present. */
  at(account: string, region: string): World {
    return this.#entryAt(account, region).world;
  }

  advance(ms: number): void {
    this.#time.advance(ms);
    this.#catchUp();
  }

  /** ARNs of everything that exists, over all accounts and regions. */
  inventory(): Inventory {
    this.#catchUp();
    return inventoryOf([...this.#worlds.values()].map(({ world }) => world));
  }

  /** Keeps copies from here on, so that `past` can look back so far. 0 keeps none: a copy costs time that grows with the world. */
  remember(reachMs: number): void {
    if (reachMs > 0 && this.#reachMs === 0) this.#catchUp();
    this.#reachMs = reachMs;
  }

  /** Call before an operation that may change something, so that what was can still be seen. */
  beforeMutation(account: string, region: string): void {
    this.#beforeChange(account, region, 'request');
  }

  /** For what changes a world by no request, as a test does: to those who call, it happens by itself. */
  get changing(): WorldSource {
    return {
      at: (account, region) => {
        this.#beforeChange(account, region, 'time');
        return this.at(account, region);
      },
    };
  }

  #beforeChange(account: string, region: string, cause: Cause): void {
    if (this.#reachMs === 0) return;
    this.#keep(this.#entryAt(account, region), this.#time.now(), cause);
  }

  /** The worlds as they were so long ago, or the oldest still known, leaving out what has changed for other causes than these. */
  past(ms: number, causes: readonly Cause[]): WorldSource {
    return {
      at: (account, region) => {
        const { world, history } = this.#entryAt(account, region);
        return history.at(this.#time.now() - ms, causes) ?? world;
      },
    };
  }

  /** A copy of everything as it is now, in which nothing happens any more; for reads that answer from the past. */
  snapshot(): Worlds {
    this.#catchUp();
    const copy = new Worlds(this.#time, this.#timings);
    for (const [key, { world }] of this.#worlds) {
      copy.#worlds.set(key, { world: still(world), history: new History() });
    }
    return copy;
  }

  #entryAt(account: string, region: string): Entry {
    const key = `${account}/${region}`;
    let entry = this.#worlds.get(key);
    if (entry === undefined) {
      const start = this.#time.now();
      const world = createWorld({ account, region, timings: this.#timings, iam: this.iam, start });
      entry = { world, history: new History() };
      this.#worlds.set(key, entry);
    }
    this.#runDue(entry);
    return entry;
  }

  #catchUp(): void {
    for (const entry of this.#worlds.values()) this.#runDue(entry);
  }

  #runDue(entry: Entry): void {
    const before = this.#reachMs === 0 ? undefined : (at: number) => this.#keep(entry, at, 'time');
    entry.world.agenda.runUntil(this.#time.now(), before);
  }

  #keep({ world, history }: Entry, until: number, cause: Cause): void {
    history.keep(until, cause, this.#reachMs, () => still(world));
  }
}

/** A copy in which nothing is due, and nobody hears of anything. Who may call is always asked of the present. */
function still({ agenda, timings, on, iam, ...state }: World): World {
  return { ...structuredClone(state), agenda: new Agenda(agenda.now), timings, iam, on: DEAF };
}
