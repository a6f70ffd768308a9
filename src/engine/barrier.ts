import type { ObjectKey } from '../kube/types.ts';

/** What the barrier has to know about the store. */
export interface SeenVersions {
  /** True when the store holds, or has seen the end of, at least this version of the object. */
  hasSeen(key: ObjectKey, resourceVersion: string): boolean;
  /** How often its versions have gone back, as when etcd is restored from a backup. A store whose versions never do need not tell. */
  readonly rewinds?: number;
}

interface Written {
  readonly resourceVersion: string;
  /** Those of the store when it was written. */
  readonly rewinds: number | undefined;
}

/**
 * Read-your-writes for each key: a pass starts only when the store has seen what the last pass wrote. Acting on an
 * older object is the largest class of operator bugs (Sieve, 19 of 46); Kubernetes 1.36's own controllers have the same gate.
 */
export class WriteBarrier {
  readonly #written = new Map<ObjectKey, Written>();
  readonly #store: SeenVersions;

  constructor(store: SeenVersions) {
    this.#store = store;
  }

  get size(): number {
    return this.#written.size;
  }

  wrote(key: ObjectKey, resourceVersion: string): void {
    this.#written.set(key, { resourceVersion, rewinds: this.#store.rewinds });
  }

  forget(key: ObjectKey): void {
    this.#written.delete(key);
  }

  forgetAll(of: (key: ObjectKey) => boolean): void {
    for (const key of this.#written.keys()) if (of(key)) this.#written.delete(key);
  }

  isCurrent(key: ObjectKey): boolean {
    const written = this.#written.get(key);
    if (written === undefined) return true;
    // A version of before a restore of etcd may never come. The list that showed the restore began after the write: it has what is left.
    const isOvertaken = written.rewinds !== this.#store.rewinds;
    if (!isOvertaken && !this.#store.hasSeen(key, written.resourceVersion)) return false;
    this.#written.delete(key);
    return true;
  }
}
