import { Agenda } from './agenda.ts';
import type { SimulatedTime } from './time.ts';
import type { Timings } from './timings.ts';
import { createWorld, DEAF, type World } from './world.ts';

/** What exists in the region: nothing that is only remembered, such as inactive clusters. */
export interface Inventory {
  readonly clusters: readonly string[];
  readonly services: readonly string[];
  readonly taskDefinitions: readonly string[];
  /** Tasks that are not STOPPED. */
  readonly tasks: readonly string[];
}

/** One world for each account and region, made when first asked for. */
export class Worlds {
  readonly #time: SimulatedTime;
  readonly #timings: Timings;
  readonly #worlds = new Map<string, World>();

  constructor(time: SimulatedTime, timings: Timings) {
    this.#time = time;
    this.#timings = timings;
  }

  /** The world of an account and region, brought up to the present. */
  at(account: string, region: string): World {
    const key = `${account}/${region}`;
    let world = this.#worlds.get(key);
    if (world === undefined) {
      world = createWorld({ account, region, timings: this.#timings, start: this.#time.now() });
      this.#worlds.set(key, world);
    }
    world.agenda.runUntil(this.#time.now());
    return world;
  }

  advance(ms: number): void {
    this.#time.advance(ms);
    this.#catchUp();
  }

  /** ARNs of everything that exists, over all accounts and regions. */
  inventory(): Inventory {
    this.#catchUp();
    const worlds = [...this.#worlds.values()];
    const clusters = worlds.flatMap((world) => [...world.ecs.clusters.values()]);
    return {
      clusters: clusters.filter(({ status }) => status !== 'INACTIVE').map(({ arn }) => arn),
      services: clusters.flatMap(({ services }) =>
        [...services.values()].filter(({ status }) => status !== 'INACTIVE').map(({ arn }) => arn),
      ),
      taskDefinitions: worlds
        .flatMap((world) => [...world.ecs.families.values()])
        .flatMap(({ revisions }) => [...revisions.values()])
        .filter(({ status }) => status === 'ACTIVE')
        .map(({ arn }) => arn),
      tasks: clusters.flatMap(({ tasks }) =>
        [...tasks.values()].filter(({ lastStatus }) => lastStatus !== 'STOPPED').map(({ arn }) => arn),
      ),
    };
  }

  /** A copy of everything as it is now, in which nothing happens any more; for reads that answer from the past. */
  snapshot(): Worlds {
    this.#catchUp();
    const copy = new Worlds(this.#time, this.#timings);
    for (const [key, { agenda, timings, on, ...state }] of this.#worlds) {
      // Without the agenda nothing is due, and nobody hears of anything.
      copy.#worlds.set(key, {
        ...structuredClone(state),
        agenda: new Agenda(agenda.now),
        timings,
        on: DEAF,
      });
    }
    return copy;
  }

  #catchUp(): void {
    for (const world of this.#worlds.values()) world.agenda.runUntil(this.#time.now());
  }
}
