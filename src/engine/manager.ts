import type { Logger } from 'pino';
import { canonicalJson } from '../canonical.ts';
import type { Clock } from '../clock.ts';
import type { EventRecorder } from '../kube/events.ts';
import { ObjectWriter } from '../kube/objects.ts';
import { Reflector, type ReflectorStats } from '../kube/reflector.ts';
import { Store, type StoreEvent } from '../kube/store.ts';
import type { Transport } from '../kube/transport.ts';
import { type KubeObject, keyOf, type ObjectKey } from '../kube/types.ts';
import { AccountDirectory } from './account-directory.ts';
import { Backoff } from './backoff.ts';
import { WriteBarrier } from './barrier.ts';
import type { Cloud } from './cloud.ts';
import { Controller, type ControllerStats, type ObservedPass } from './controller.ts';
import type { CommonSpec, CommonStatus, Identity, Kind } from './kind.ts';
import { PassMemory } from './memory.ts';
import type { EngineOptions } from './options.ts';
import { type Directory, isReady, referenceIndexValue, referenceKey } from './references.ts';
import { shardOf } from './shard.ts';

type Managed = KubeObject<CommonSpec, CommonStatus>;
type AnyKind<Reads> = Kind<CommonSpec, CommonStatus, unknown, Reads>;

const REFERENCES = 'references';
/** The one shard that there is where objects are not split. */
const ALL = 0;

export interface ManagerDependencies<Reads> {
  readonly kinds: readonly AnyKind<Reads>[];
  readonly transport: Transport;
  readonly cloud: Cloud<Reads>;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  /** Throws when this process may not write for this object now; checked immediately before every write to AWS and to the API server. */
  readonly gate: (kind: string, key: ObjectKey) => void;
  /** Among how many shards the objects are split, of which none is led before `takeOver`. All objects are led from `start` on when undefined. */
  readonly shards?: number | undefined;
  readonly options: EngineOptions;
  /** Only objects of this namespace; all when undefined. */
  readonly namespace?: string | undefined;
  /** Only objects with these labels, in the API's selector syntax; all when undefined. */
  readonly labelSelector?: string | undefined;
  readonly onPass?: ((pass: ObservedPass & { readonly kind: string }) => void) | undefined;
}

interface Managing<Reads> {
  readonly kind: AnyKind<Reads>;
  readonly store: Store<Managed>;
  readonly reflector: Reflector<Managed>;
  readonly controller: Controller<Reads>;
}

export interface KindState {
  readonly kind: string;
  readonly queue: ControllerStats;
  readonly watch: ReflectorStats;
  readonly store: Store<Managed>;
}

/** All kinds together: their stores, their controllers, and who wakes whom. */
export class Manager<Reads> {
  readonly #deps: ManagerDependencies<Reads>;
  readonly #managed = new Map<string, Managing<Reads>>();
  readonly #directory: Directory;
  /** `undefined` when no kind stands for accounts. */
  readonly #accounts: AccountDirectory | undefined;
  readonly #watching = new AbortController();
  #watches: readonly Promise<void>[] = [];
  readonly #led = new Set<number>();

  constructor(deps: ManagerDependencies<Reads>) {
    this.#deps = deps;
    this.#directory = this.#openDirectory();
    this.#accounts = this.#openAccounts();
    for (const kind of deps.kinds) this.#managed.set(kind.names.kind, this.#manage(kind));
  }

  /** Resolves once every kind has been listed and passes over what is led have begun. */
  async start(): Promise<void> {
    this.#watches = this.#reflectors.map((reflector) => reflector.run(this.#watching.signal));
    await Promise.all(this.#reflectors.map(({ synced }) => synced));
    if (this.#deps.shards === undefined) this.#lead(ALL);
    for (const { controller } of this.#managed.values()) controller.start();
  }

  /** Lets the passes at work finish while the watches are still up, so that they see their own writes. */
  async stop(): Promise<void> {
    await Promise.all([...this.#managed.values()].map(({ controller }) => controller.stop()));
    this.#watching.abort(new Error('stopping'));
    await Promise.allSettled(this.#watches);
  }

  /**
   * Begins to work on this shard's objects, once the stores hold all that its last leader wrote: a watch may lag, and to act on an older
   * object is to undo or to double what he did (kubernetes#59848).
   */
  async takeOver(shard: number): Promise<void> {
    await Promise.all(this.#reflectors.map((reflector) => reflector.refresh()));
    this.#lead(shard);
  }

  #lead(shard: number): void {
    this.#led.add(shard);
    for (const { kind, store, controller } of this.#managed.values()) {
      for (const object of store.list()) {
        if (this.#shardOf(kind.names.kind, keyOf(object)) === shard) controller.takeOver(object);
      }
    }
    this.#eachOf(shard, (controller, of) => controller.takeBack(of));
  }

  /** Begins nothing more for this shard's objects; resolves once nothing is at work on one, calls to AWS included. */
  async giveUp(shard: number): Promise<void> {
    this.#led.delete(shard);
    await Promise.all(this.#eachOf(shard, (controller, of) => controller.giveUp(of)));
  }

  mayGiveUp(shard: number): boolean {
    return this.#eachOf(shard, (controller, of) => controller.mayGiveUp(of)).every((may) => may);
  }

  /** Ends everything at once, unfinished. */
  abandon(reason: Error): void {
    for (const { controller } of this.#managed.values()) controller.abandon(reason);
    this.#watching.abort(reason);
  }

  /** Of all that decisions are made from. */
  get #reflectors(): readonly Pick<Reflector<Managed>, 'refresh' | 'run' | 'synced'>[] {
    return [...[...this.#managed.values()].map(({ reflector }) => reflector), ...(this.#accounts?.reflectors ?? [])];
  }

  #eachOf<T>(shard: number, work: (controller: Controller<Reads>, of: (key: ObjectKey) => boolean) => T): readonly T[] {
    return [...this.#managed.values()].map(({ kind, controller }) =>
      work(controller, (key) => this.#shardOf(kind.names.kind, key) === shard),
    );
  }

  #shardOf(kind: string, key: ObjectKey): number {
    return shardOf(kind, key, this.#deps.shards ?? 1);
  }

  store(kind: string): Store<Managed> | undefined {
    return this.#managed.get(kind)?.store;
  }

  controller(kind: string): Controller<Reads> | undefined {
    return this.#managed.get(kind)?.controller;
  }

  /** The watches of what is looked at and not reconciled. */
  get watches(): readonly { readonly kind: string; readonly watch: ReflectorStats }[] {
    return (this.#accounts?.reflectors ?? []).map(({ kind, stats }) => ({ kind, watch: stats }));
  }

  /** How every kind does at this moment; for metrics and health. */
  get states(): readonly KindState[] {
    return [...this.#managed.values()].map(({ kind, controller, reflector, store }) => ({
      kind: kind.names.kind,
      queue: controller.stats,
      watch: reflector.stats,
      store,
    }));
  }

  #manage(kind: AnyKind<Reads>): Managing<Reads> {
    const { transport, clock, gate, cloud, events, options, onPass, log } = this.#deps;
    const { namespace, labelSelector } = this.#deps;
    const store = new Store<Managed>({ log });
    store.addIndex(REFERENCES, (object) => this.#referenced(kind, object));
    if (kind.account === undefined) this.#accounts?.cover(kind.names.kind, store);
    const mayWrite = (key: ObjectKey): void => gate(kind.names.kind, key);
    const writer = new ObjectWriter<KubeObject>({
      transport,
      names: kind.names,
      gate: ({ namespace, name }) => mayWrite(`${namespace}/${name}`),
    });
    const controller = new Controller<Reads>({
      kind,
      get: (key) => store.get(key),
      writer: {
        get: (object, signal) => writer.get(object.metadata, signal),
        patchFinalizers: (object, finalizers, signal, cause) =>
          writer.patchFinalizers(object, finalizers, signal, cause),
        applyStatus: (object, status, signal, cause) => writer.applyStatus(object.metadata, status, signal, cause),
      },
      events,
      cloud,
      directory: this.#directory,
      accounts: this.#accounts,
      barrier: new WriteBarrier(store),
      backoff: new Backoff(clock),
      memory: new PassMemory(clock),
      clock,
      gate: mayWrite,
      leads: (key) => this.#led.has(this.#shardOf(kind.names.kind, key)),
      defaultRegion: options.defaultRegion,
      options,
      log,
      onPass: onPass === undefined ? undefined : (pass) => onPass({ ...pass, kind: kind.names.kind }),
    });
    store.onEvent((event) => this.#onEvent(kind, controller, event));
    const { names } = kind;
    const reflector = new Reflector<Managed>({ transport, store, names, namespace, labelSelector, clock, log });
    return { kind, store, reflector, controller };
  }

  #openDirectory(): Directory {
    const { namespace, labelSelector } = this.#deps;
    return {
      namespace,
      labelSelector,
      get: (kind, key) => this.#managed.get(kind)?.store.get(key),
      identity: (kind, object) => this.#managed.get(kind)?.kind.identity(object),
      referrers: (kind, key) => {
        if (this.#managed.get(kind)?.kind.account !== undefined) return this.#accounts?.users(key) ?? [];
        const value = referenceIndexValue(kind, key);
        return [...this.#managed.values()].flatMap(({ kind: { names }, store }) =>
          store.byIndex(REFERENCES, value).map((referrer) => ({ kind: names.kind, key: referrer })),
        );
      },
    };
  }

  #openAccounts(): AccountDirectory | undefined {
    const { transport, clock, log, namespace, kinds } = this.#deps;
    for (const { names, account } of kinds) {
      if (account === undefined) continue;
      return new AccountDirectory({
        transport,
        clock,
        log,
        namespace,
        kind: names.kind,
        access: account,
        storeOf: (kind) => this.#managed.get(kind)?.store,
        wake: (user) => this.#managed.get(user.kind)?.controller.enqueue(user.key, 'user'),
      });
    }
    return undefined;
  }

  #onEvent(kind: AnyKind<Reads>, controller: Controller<Reads>, event: StoreEvent<Managed>): void {
    const key = keyOf(event.object);
    if (event.kind === 'deleted') {
      controller.onDeleted(key);
      this.#wakeReferrers(kind, key);
      this.#wakeDeleting(kind, event.object);
      return;
    }
    const previous = event.kind === 'updated' ? event.previous : undefined;
    controller.onChange(event.object, previous, event.initial);
    if (previous !== undefined && this.#stoppedReferring(kind, previous, event.object))
      this.#wakeDeleting(kind, previous);
    if (previous === undefined || looksDifferent(kind, previous, event.object)) this.#wakeReferrers(kind, key);
    else if (isReady(event.object) && !isReady(previous)) this.#wakeNewReferrers(kind, key);
  }

  /** What this object is to those that refer to it has changed. */
  #wakeReferrers(kind: AnyKind<Reads>, key: ObjectKey): void {
    for (const referrer of this.#directory.referrers(kind.names.kind, key)) {
      this.#managed.get(referrer.kind)?.controller.enqueue(referrer.key, 'user');
    }
  }

  /** It is Ready now, which only those that have never settled may wait for. */
  #wakeNewReferrers(kind: AnyKind<Reads>, key: ObjectKey): void {
    for (const referrer of this.#directory.referrers(kind.names.kind, key)) {
      const managing = this.#managed.get(referrer.kind);
      if (managing?.store.get(referrer.key)?.status?.settledHash === undefined) {
        managing?.controller.enqueue(referrer.key, 'user');
      }
    }
  }

  /** Objects that wait to be deleted until nothing refers to them. */
  #wakeDeleting(kind: AnyKind<Reads>, referrer: Managed): void {
    if (kind.account === undefined) this.#accounts?.left(referrer);
    for (const reference of kind.references(referrer.spec)) {
      const target = this.#managed.get(reference.kind);
      const key = referenceKey(reference, referrer.metadata.namespace);
      if (target?.store.get(key)?.metadata.deletionTimestamp !== undefined) target.controller.enqueue(key, 'user');
    }
  }

  #stoppedReferring(kind: AnyKind<Reads>, previous: Managed, object: Managed): boolean {
    if (previous.spec.accountRef?.name !== object.spec.accountRef?.name) return true;
    const sameSpec = previous.metadata.generation === object.metadata.generation;
    if (sameSpec && (kind.holds === undefined || object.metadata.deletionTimestamp === undefined)) return false;
    const now = new Set(this.#referenced(kind, object));
    return this.#referenced(kind, previous).some((value) => !now.has(value));
  }

  #referenced(kind: AnyKind<Reads>, object: Managed): string[] {
    const { namespace } = object.metadata;
    return kind
      .references(object.spec)
      .filter((reference) => kind.holds?.(object, reference) ?? true)
      .map((reference) => referenceIndexValue(reference.kind, referenceKey(reference, namespace)));
  }
}

/** Status changes that do not change what the object is to others (counts, messages) wake nobody. */
function looksDifferent<Reads>(kind: AnyKind<Reads>, previous: Managed, object: Managed): boolean {
  const before: Identity | undefined = kind.identity(previous);
  const now = kind.identity(object);
  return (
    before?.arn !== now?.arn ||
    before?.name !== now?.name ||
    canonicalJson(before?.details ?? {}) !== canonicalJson(now?.details ?? {}) ||
    previous.metadata.deletionTimestamp !== object.metadata.deletionTimestamp ||
    canonicalJson(previous.spec.allowedNamespaces ?? []) !== canonicalJson(object.spec.allowedNamespaces ?? [])
  );
}
