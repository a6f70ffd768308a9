import type { ObjectKey } from './types.ts';

export type IndexFunction<T> = (object: T) => readonly string[];

/** Which objects have a value, such as: which services name this cluster. */
export class StoreIndex<T> {
  readonly #valuesOf: IndexFunction<T>;
  readonly #keys = new Map<string, Set<ObjectKey>>();

  constructor(valuesOf: IndexFunction<T>) {
    this.#valuesOf = valuesOf;
  }

  keys(value: string): ObjectKey[] {
    return [...(this.#keys.get(value) ?? [])];
  }

  change(key: ObjectKey, previous: T | undefined, next: T | undefined): void {
    if (previous !== undefined) for (const value of this.#valuesOf(previous)) this.#remove(value, key);
    if (next !== undefined) for (const value of this.#valuesOf(next)) this.#add(value, key);
  }

  #add(value: string, key: ObjectKey): void {
    const keys = this.#keys.get(value);
    if (keys === undefined) this.#keys.set(value, new Set([key]));
    else keys.add(key);
  }

  #remove(value: string, key: ObjectKey): void {
    const keys = this.#keys.get(value);
    keys?.delete(key);
    if (keys?.size === 0) this.#keys.delete(value);
  }
}
