import type { Logger } from 'pino';
import { canonicalJson } from '../canonical.ts';
import type { Clock } from '../clock.ts';
import type { EventRecorder } from '../kube/events.ts';
import { ObjectWriter } from '../kube/objects.ts';
import { Reflector } from '../kube/reflector.ts';
import { Store, type StoreEvent } from '../kube/store.ts';
import type { Transport } from '../kube/transport.ts';
import { type KubeObject, keyOf, type ObjectKey } from '../kube/types.ts';
import { Backoff } from './backoff.ts';
import { WriteBarrier } from './barrier.ts';
import type { Cloud } from './cloud.ts';
import { Controller, type ObservedPass } from './controller.ts';
import type { CommonSpec, CommonStatus, Identity, Kind } from './kind.ts';
import { PassMemory } from './memory.ts';
import type { EngineOptions } from './options.ts';
import { type Directory, isReady, referenceIndexValue, referenceKey } from './references.ts';

type Managed = KubeObject<CommonSpec, CommonStatus>;
type AnyKind<Reads> = Kind<CommonSpec, CommonStatus, unknown, Reads>;

const REFERENCES = 'references';

export interface ManagerDependencies<Reads> {
  readonly kinds: readonly AnyKind<Reads>[];
  readonly transport: Transport;
  readonly cloud: Cloud<Reads>;
  readonly events: EventRecorder;
  readonly clock: Clock;
  readonly log: Logger;
  /** Throws when this process may not write now; checked immediately before every write to AWS and to the API server. */
  readonly gate: () => void;
  readonly options: EngineOptions;
  /** Only objects of this namespace; all when undefined. */
  readonly namespace?: string | undefined;
  readonly onPass?: ((pass: ObservedPass & { readonly kind: string }) => void) | undefined;
}

interface Managing<Reads> {
  readonly kind: AnyKind<Reads>;
  readonly store: Store<Managed>;
  readonly reflector: Reflector<Managed>;
  readonly controller: Controller<Reads>;
}

/** All kinds together: their stores, their controllers, and who wakes whom. */
export class Manager<Reads> {
  readonly #deps: ManagerDependencies<Reads>;
  readonly #managed = new Map<string, Managing<Reads>>();
  readonly #watching = new AbortController();
  #watches: readonly Promise<void>[] = [];

  constructor(deps: ManagerDependencies<Reads>) {
    this.#deps = deps;
    for (const kind of deps.kinds) this.#managed.set(kind.names.kind, this.#manage(kind));
  }

  /** Resolves once every kind has been listed and passes have begun. */
  async start(): Promise<void> {
    const all = [...this.#managed.values()];
    this.#watches = all.map(({ reflector }) => reflector.run(this.#watching.signal));
    await Promise.all(all.map(({ reflector }) => reflector.synced));
    for (const { controller } of all) controller.start();
  }

  /** Lets the passes at work finish while the watches are still up, so that they see their own writes. */
  async stop(): Promise<void> {
    await Promise.all([...this.#managed.values()].map(({ controller }) => controller.stop()));
    this.#watching.abort(new Error('stopping'));
    await Promise.allSettled(this.#watches);
  }

  store(kind: string): Store<Managed> | undefined {
    return this.#managed.get(kind)?.store;
  }

  controller(kind: string): Controller<Reads> | undefined {
    return this.#managed.get(kind)?.controller;
  }

  #manage(kind: AnyKind<Reads>): Managing<Reads> {
    const { transport, clock, gate, cloud, events, options, onPass, log, namespace } = this.#deps;
    const store = new Store<Managed>({ log });
    store.addIndex(REFERENCES, (object) => this.#referenced(kind, object));
    const writer = new ObjectWriter<KubeObject>({ transport, names: kind.names, gate });
    const controller = new Controller<Reads>({
      kind,
      get: (key) => store.get(key),
      writer: {
        patchFinalizers: (object, finalizers, signal) => writer.patchFinalizers(object, finalizers, signal),
        applyStatus: (object, status, signal) => writer.applyStatus(object.metadata, status, signal),
      },
      events,
      cloud,
      directory: this.#directory,
      barrier: new WriteBarrier(store),
      backoff: new Backoff(clock),
      memory: new PassMemory(clock),
      clock,
      gate,
      defaultRegion: options.defaultRegion,
      options,
      log,
      onPass: onPass === undefined ? undefined : (pass) => onPass({ ...pass, kind: kind.names.kind }),
    });
    store.onEvent((event) => this.#onEvent(kind, controller, event));
    const reflector = new Reflector<Managed>({ transport, store, names: kind.names, namespace, clock, log });
    return { kind, store, reflector, controller };
  }

  readonly #directory: Directory = {
    get: (kind, key) => this.#managed.get(kind)?.store.get(key),
    identity: (kind, object) => this.#managed.get(kind)?.kind.identity(object),
    referrers: (kind, key) => {
      const value = referenceIndexValue(kind, key);
      return [...this.#managed.values()].flatMap(({ kind: { names }, store }) =>
        store.byIndex(REFERENCES, value).map((referrer) => ({ kind: names.kind, key: referrer })),
      );
    },
  };

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
    for (const reference of kind.references(referrer.spec)) {
      const target = this.#managed.get(reference.kind);
      const key = referenceKey(reference, referrer.metadata.namespace);
      if (target?.store.get(key)?.metadata.deletionTimestamp !== undefined) target.controller.enqueue(key, 'user');
    }
  }

  #stoppedReferring(kind: AnyKind<Reads>, previous: Managed, object: Managed): boolean {
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
