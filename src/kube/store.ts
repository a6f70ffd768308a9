import type { Logger } from 'pino';
import { deepFreeze, withoutManagedFields } from './freeze.ts';
import { compareResourceVersions, hasSeen } from './resourceversion.ts';
import { type IndexFunction, StoreIndex } from './store-index.ts';
import { type KubeObject, keyOf, type ObjectKey } from './types.ts';

/** `initial` marks what the very first list brought: nothing happened to these objects just now. */
export type StoreEvent<T> =
  | { readonly kind: 'added'; readonly object: T; readonly initial: boolean }
  | { readonly kind: 'updated'; readonly object: T; readonly previous: T; readonly initial: boolean }
  | { readonly kind: 'deleted'; readonly object: T; readonly initial: boolean };

export type StoreListener<T> = (event: StoreEvent<T>) => void;

/**
 * The objects of one kind as the API server last told us: frozen, without `managedFields`, by key. Written only by the reflector.
 * Listeners run after the change is in place, one after the other; one that throws is logged and counted and breaks nothing.
 */
export class Store<T extends KubeObject> {
  readonly #log: Logger;
  readonly #indexes = new Map<string, StoreIndex<T>>();
  readonly #listeners = new Set<StoreListener<T>>();
  #objects = new Map<ObjectKey, T>();
  #seenResourceVersion: string | undefined;
  #rewinds = 0;
  #synced = false;
  #listenerErrors = 0;

  constructor(options: { readonly log: Logger }) {
    this.#log = options.log;
  }

  get size(): number {
    return this.#objects.size;
  }

  /** The newest version that a list, an event or a bookmark has brought; `undefined` before the first list. */
  get seenResourceVersion(): string | undefined {
    return this.#seenResourceVersion;
  }

  /** How often a list has brought a lower version than was seen before: etcd was restored from a backup. */
  get rewinds(): number {
    return this.#rewinds;
  }

  /** Listeners and index functions that threw. */
  get listenerErrors(): number {
    return this.#listenerErrors;
  }

  get(key: ObjectKey): T | undefined {
    return this.#objects.get(key);
  }

  list(): T[] {
    return [...this.#objects.values()];
  }

  keys(): ObjectKey[] {
    return [...this.#objects.keys()];
  }

  /**
   * Whether the store reflects at least this version of the object, its deletion included. Events of one kind come in the order of
   * their versions, so having seen any later version of the kind is enough.
   */
  hasSeen(_key: ObjectKey, resourceVersion: string): boolean {
    return hasSeen(this.#seenResourceVersion, resourceVersion);
  }

  /** Returns the function that takes the listener off again. */
  onEvent(listener: StoreListener<T>): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  /** An index over the values that `valuesOf` gives for an object. It must be pure: it is asked again when the object leaves. */
  addIndex(name: string, valuesOf: IndexFunction<T>): void {
    const index = new StoreIndex<T>((object) => this.#guarded(`index ${name}`, object, () => valuesOf(object)) ?? []);
    for (const [key, object] of this.#objects) index.change(key, undefined, object);
    this.#indexes.set(name, index);
  }

  byIndex(name: string, value: string): ObjectKey[] {
    const index = this.#indexes.get(name);
    if (index === undefined) throw new RangeError(`There is no index called ${name}.`);
    return index.keys(value);
  }

  /**
   * Makes a complete list the content of the store, at once, and emits only what differs. The list's version is taken even when it is
   * lower than what was seen (etcd restored from a backup): then nothing counts as seen that is not there.
   */
  replace(list: readonly T[], resourceVersion: string): void {
    const before = this.#objects;
    const after = new Map<ObjectKey, T>();
    for (const object of list) after.set(keyOf(object), this.#unlessSame(before.get(keyOf(object)), object));
    const initial = !this.#synced;
    this.#synced = true;
    this.#objects = after;
    if (this.#isAhead(resourceVersion)) this.#rewinds += 1;
    this.#seenResourceVersion = resourceVersion;
    const events: StoreEvent<T>[] = [];
    for (const [key, object] of before)
      if (!after.has(key)) events.push(...this.#change(key, object, undefined, initial));
    for (const [key, object] of after) events.push(...this.#change(key, before.get(key), object, initial));
    for (const event of events) this.#emit(event);
  }

  /** An ADDED or MODIFIED event. One that is older than what the store holds is ignored. */
  apply(object: T): void {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    if (previous !== undefined && !isNotOlder(object, previous)) return;
    const next = this.#unlessSame(previous, object);
    this.#objects.set(key, next);
    this.advance(object.metadata.resourceVersion);
    for (const event of this.#change(key, previous, next, false)) this.#emit(event);
  }

  /** A DELETED event, with the object's last state. */
  delete(object: T): void {
    const key = keyOf(object);
    const previous = this.#objects.get(key);
    this.advance(object.metadata.resourceVersion);
    if (previous === undefined || !isNotOlder(object, previous)) return;
    this.#objects.delete(key);
    for (const index of this.#indexes.values()) index.change(key, previous, undefined);
    const last = previous.metadata.uid === object.metadata.uid ? deepFreeze(withoutManagedFields(object)) : previous;
    this.#emit({ kind: 'deleted', object: last, initial: false });
  }

  /** A bookmark: everything up to this version has been seen, even though nothing of this kind changed. */
  advance(resourceVersion: string): void {
    if (!this.#isAhead(resourceVersion)) this.#seenResourceVersion = resourceVersion;
  }

  #isAhead(resourceVersion: string): boolean {
    const seen = this.#seenResourceVersion;
    return seen !== undefined && compareResourceVersions(seen, resourceVersion) === 1;
  }

  /** Keeps the stored object when the new one is the same version of it, so that identity means equality. */
  #unlessSame(previous: T | undefined, object: T): T {
    if (
      previous?.metadata.uid === object.metadata.uid &&
      previous.metadata.resourceVersion === object.metadata.resourceVersion
    ) {
      return previous;
    }
    return deepFreeze(withoutManagedFields(object));
  }

  /** Brings the indexes up to date and says what happened. Another UID under the same name is another object: one went, one came. */
  #change(key: ObjectKey, previous: T | undefined, next: T | undefined, initial: boolean): StoreEvent<T>[] {
    if (previous === next) return [];
    for (const index of this.#indexes.values()) index.change(key, previous, next);
    if (previous !== undefined && next !== undefined && previous.metadata.uid === next.metadata.uid) {
      return [{ kind: 'updated', object: next, previous, initial }];
    }
    const events: StoreEvent<T>[] = [];
    if (previous !== undefined) events.push({ kind: 'deleted', object: previous, initial });
    if (next !== undefined) events.push({ kind: 'added', object: next, initial });
    return events;
  }

  #emit(event: StoreEvent<T>): void {
    for (const listener of this.#listeners) {
      this.#guarded(`listener for ${event.kind}`, event.object, () => listener(event));
    }
  }

  #guarded<R>(what: string, object: T, run: () => R): R | undefined {
    try {
      return run();
    } catch (error) {
      this.#listenerErrors += 1;
      this.#log.error({ err: error, object: keyOf(object), what }, 'a store listener threw');
      return undefined;
    }
  }
}

/** Versions that cannot be compared are taken in the order they come. */
function isNotOlder(object: KubeObject, than: KubeObject): boolean {
  return compareResourceVersions(object.metadata.resourceVersion, than.metadata.resourceVersion) !== -1;
}
