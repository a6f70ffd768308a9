import type { ObjectKey } from '../kube/types.ts';
import { MinHeap } from './heap.ts';

/** A user's change goes before resync and start-up work. */
export type Priority = 'user' | 'background';

interface Entry {
  priority: Priority;
  readyAt: number;
}

export interface Taken {
  readonly key: ObjectKey;
  readonly priority: Priority;
  /** For how long it might have been taken already. */
  readonly waitedMs: number;
}

/**
 * What is to be reconciled, when, and in which order. Pure state: it never reads a clock and never calls anybody, so that
 * its invariants can be tested in virtual time (all times are monotonic milliseconds given by the caller):
 *
 * - one entry a key: several adds merge into the highest priority and the earliest time;
 * - a key that was taken is not handed out again before `done`; what is added meanwhile waits for `done`;
 * - `user` before `background`; inside a priority, namespaces take turns, so that one team's five hundred objects
 *   do not stand before another team's one; inside a namespace, first ready, first served;
 * - nothing added is lost.
 */
export class WorkQueue {
  readonly #waiting = new Map<ObjectKey, Entry>();
  readonly #held = new Map<ObjectKey, Entry | undefined>();
  #adds = 0;
  readonly #delayed = new MinHeap<ObjectKey>();
  readonly #ready: Readonly<Record<Priority, NamespaceTurns>> = {
    user: new NamespaceTurns(),
    background: new NamespaceTurns(),
  };

  /** Keys waiting or to be run again after the pass that holds them. */
  get size(): number {
    let again = 0;
    for (const entry of this.#held.values()) if (entry !== undefined) again += 1;
    return this.#waiting.size + again;
  }

  get held(): number {
    return this.#held.size;
  }

  /** Entries ever made; an add that merges into one that waits makes none. */
  get adds(): number {
    return this.#adds;
  }

  /** Keys that might be worked on at `now` if there were workers: those whose time has not come wait for nobody. */
  due(now: number): number {
    let due = 0;
    for (const { readyAt } of this.#waiting.values()) if (readyAt <= now) due += 1;
    for (const entry of this.#held.values()) if (entry !== undefined && entry.readyAt <= now) due += 1;
    return due;
  }

  add(key: ObjectKey, priority: Priority, readyAt: number): void {
    const isHeld = this.#held.has(key);
    const before = isHeld ? this.#held.get(key) : this.#waiting.get(key);
    if (before === undefined) this.#adds += 1;
    const entry = merge(before, priority, readyAt);
    if (isHeld) this.#held.set(key, entry);
    else this.#place(key, before, entry);
  }

  /** The next key to work on at `now`, which the caller holds until `done`. */
  take(now: number): Taken | undefined {
    this.#promote(now);
    for (const priority of ['user', 'background'] as const) {
      const key = this.#ready[priority].next((candidate) => this.#isDue(candidate, priority, now));
      if (key === undefined) continue;
      const readyAt = this.#waiting.get(key)?.readyAt ?? now;
      this.#waiting.delete(key);
      this.#held.set(key, undefined);
      return { key, priority, waitedMs: now - readyAt };
    }
    return undefined;
  }

  /** Gives the key back; what was added while it was held becomes an entry now. */
  done(key: ObjectKey): void {
    const again = this.#held.get(key);
    this.#held.delete(key);
    if (again !== undefined) this.#place(key, undefined, again);
  }

  /** Nobody here works on these any more. Those that are held stay so until `done`, and then are not taken again. */
  drop(of: (key: ObjectKey) => boolean): void {
    for (const key of this.#waiting.keys()) if (of(key)) this.#waiting.delete(key);
    for (const key of this.#held.keys()) if (of(key)) this.#held.set(key, undefined);
  }

  /** When `take` may next return something, if nothing is added; Infinity when nothing waits. */
  nextReadyAt(): number {
    if (this.#ready.user.size > 0 || this.#ready.background.size > 0) return Number.NEGATIVE_INFINITY;
    return this.#delayed.minRank;
  }

  #place(key: ObjectKey, before: Entry | undefined, entry: Entry): void {
    if (before !== undefined && before.priority === entry.priority && before.readyAt === entry.readyAt) return;
    this.#waiting.set(key, entry);
    this.#delayed.push(entry.readyAt, key);
  }

  /** False for a place in line left behind by a later add that raised the priority, or by a pass that is over: its other place counts. */
  #isDue(key: ObjectKey, priority: Priority, now: number): boolean {
    const entry = this.#waiting.get(key);
    return entry !== undefined && entry.priority === priority && entry.readyAt <= now;
  }

  #promote(now: number): void {
    while (this.#delayed.minRank <= now) {
      const rank = this.#delayed.minRank;
      const key = this.#delayed.pop();
      if (key === undefined) return;
      const entry = this.#waiting.get(key);
      // A merged add left an older place in the heap: only the current one counts.
      if (entry !== undefined && entry.readyAt === rank) this.#ready[entry.priority].push(key);
    }
  }
}

function merge(before: Entry | undefined, priority: Priority, readyAt: number): Entry {
  if (before === undefined) return { priority, readyAt };
  return {
    priority: before.priority === 'user' ? 'user' : priority,
    readyAt: Math.min(before.readyAt, readyAt),
  };
}

/** Keys in line, one line a namespace, namespaces served in turn. */
class NamespaceTurns {
  readonly #lines = new Map<string, ObjectKey[]>();
  #size = 0;

  get size(): number {
    return this.#size;
  }

  push(key: ObjectKey): void {
    const namespace = key.slice(0, key.indexOf('/'));
    const line = this.#lines.get(namespace);
    if (line === undefined) this.#lines.set(namespace, [key]);
    else line.push(key);
    this.#size += 1;
  }

  /** The next key that is still due. Places left behind are dropped on the way and cost their namespace no turn. */
  next(isDue: (key: ObjectKey) => boolean): ObjectKey | undefined {
    for (const [namespace, line] of this.#lines) {
      const key = this.#shift(line, isDue);
      // To the back of the turns; a Map iterates in insertion order.
      this.#lines.delete(namespace);
      if (line.length > 0) this.#lines.set(namespace, line);
      if (key !== undefined) return key;
    }
    return undefined;
  }

  #shift(line: ObjectKey[], isDue: (key: ObjectKey) => boolean): ObjectKey | undefined {
    for (let key = line.shift(); key !== undefined; key = line.shift()) {
      this.#size -= 1;
      if (isDue(key)) return key;
    }
    return undefined;
  }
}
