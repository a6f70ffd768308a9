import type { World } from './world.ts';

/** What ended a past: a request that changed something, or something that was due. */
export type Cause = 'request' | 'time';

interface Past {
  /** When it ended, in simulated time. */
  readonly until: number;
  readonly cause: Cause;
  readonly world: World;
}

/** One world as it was before each of its changes, as far back as somebody may look. */
export class History {
  #pasts: Past[] = [];

  /** Call right before something changes. Of several changes at one moment only the state before the first can ever be seen. */
  keep(until: number, cause: Cause, reachMs: number, copy: () => World): void {
    if (this.#pasts.some((past) => past.until === until && past.cause === cause)) return;
    this.#pasts = this.#pasts.filter((past) => past.until > until - reachMs);
    this.#pasts.push({ until, cause, world: copy() });
  }

  /** The world as it was at `time`, if any of the changes since was of one of these causes. */
  at(time: number, causes: readonly Cause[]): World | undefined {
    return this.#pasts.find((past) => past.until > time && causes.includes(past.cause))?.world;
  }
}
