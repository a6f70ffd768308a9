import { pino } from 'pino';
import type { Accounts } from '../../../src/engine/accounts.ts';
import { Backoff } from '../../../src/engine/backoff.ts';
import { WriteBarrier } from '../../../src/engine/barrier.ts';
import { Controller, type ControllerDependencies, type ObservedPass } from '../../../src/engine/controller.ts';
import { FINALIZER } from '../../../src/engine/finalizer.ts';
import { PassMemory } from '../../../src/engine/memory.ts';
import { defaultEngineOptions, type EngineOptions } from '../../../src/engine/options.ts';
import type { PassResult } from '../../../src/engine/outcome.ts';
import { Pass, type Writer } from '../../../src/engine/pass.ts';
import type { Directory } from '../../../src/engine/references.ts';
import { OperatorError } from '../../../src/errors.ts';
import { type Condition, type KubeObject, keyOf, type ObjectKey, type ObjectMeta } from '../../../src/kube/types.ts';
import { deleted, object } from '../../support/builders.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { type Widget, WidgetCloud, type WidgetReads, type WidgetSpec, type WidgetStatus, widget } from './widget.ts';

type Listener = (now: Widget | undefined, previous: Widget | undefined) => void;

/**
 * One kind, its engine and both worlds around it, all in memory and in virtual time: an API server with its store (which lags
 * when told to) and the widgets' cloud. What was written where, in order, is in `journal`.
 */
export class Harness {
  readonly clock = new VirtualClock();
  readonly journal: string[] = [];
  readonly events: string[] = [];
  readonly cloud = new WidgetCloud(this.journal);
  readonly passes: ObservedPass[] = [];
  /** Thrown by the next writes to the API server, one each; `undefined` lets one through. */
  readonly writeErrors: (Error | undefined)[] = [];
  /** Thrown by the next reads of one object from the API server, one each. */
  readonly getErrors: Error[] = [];
  gate: () => void = () => {};
  leads: (key: ObjectKey) => boolean = () => true;
  readonly #server = new Map<ObjectKey, Widget>();
  readonly #store = new Map<ObjectKey, Widget>();
  readonly #listeners: Listener[] = [];
  readonly deps: ControllerDependencies<WidgetReads>;
  #version = 1;
  #seen = 1;
  #lagging = false;

  constructor(
    options: Partial<EngineOptions> = {},
    kind: ControllerDependencies<WidgetReads>['kind'] = widget,
    accounts?: Accounts,
  ) {
    this.deps = {
      kind,
      accounts,
      get: (key) => this.#store.get(key),
      writer: this.#writer,
      events: { record: (_object, type, reason, note) => this.events.push(`${type} ${reason}: ${note}`) },
      cloud: this.cloud,
      directory: this.#directory,
      barrier: new WriteBarrier({ hasSeen: (_key, version) => Number(version) <= this.#seen }),
      backoff: new Backoff(this.clock),
      memory: new PassMemory(this.clock),
      clock: this.clock,
      gate: () => this.gate(),
      leads: (key) => this.leads(key),
      defaultRegion: 'us-east-1',
      options: { ...defaultEngineOptions, defaultRegion: 'us-east-1', ...options },
      log: pino({ level: 'silent' }),
      onPass: (pass) => this.passes.push(pass),
    };
  }

  /** The object as the API server has it. */
  get(key: ObjectKey): Widget | undefined {
    return this.#server.get(key);
  }

  /** Creates or updates as a user does. */
  put(name: string, spec: WidgetSpec, metadata: Partial<ObjectMeta> = {}): ObjectKey {
    const key: ObjectKey = `${metadata.namespace ?? 'team'}/${name}`;
    const known = this.#server.get(key);
    const generation = (known?.metadata.generation ?? 0) + 1;
    const made = object<WidgetSpec, WidgetStatus>(widget.names, name, spec, { status: known?.status });
    this.#write({ ...made, metadata: { ...made.metadata, ...known?.metadata, ...metadata, generation } });
    return key;
  }

  /** Changes metadata alone. */
  touch(key: ObjectKey, metadata: Partial<ObjectMeta>): void {
    const known = this.#known(key);
    this.#write({ ...known, metadata: { ...known.metadata, ...metadata } });
  }

  setStatus(key: ObjectKey, status: WidgetStatus): void {
    this.#write({ ...this.#known(key), status });
  }

  /** `kubectl delete`: goes at once only without finalizers. */
  delete(key: ObjectKey): void {
    const known = this.#known(key);
    this.touch(key, { ...deleted, generation: known.metadata.generation + 1 });
    this.#collect(key);
  }

  /** The store shows nothing newer until `catchUp`. */
  /** Gone at once, whatever its finalizers. */
  vanish(key: ObjectKey): void {
    this.#server.delete(key);
    this.#show(key);
  }

  lag(): void {
    this.#lagging = true;
  }

  catchUp(): void {
    this.#lagging = false;
    this.#seen = this.#version;
    for (const key of new Set([...this.#server.keys(), ...this.#store.keys()])) this.#show(key);
  }

  async run(key: ObjectKey): Promise<PassResult> {
    const signal = new AbortController().signal;
    const identity = { kind: 'Thing', key, reconcileId: 1, generation: undefined, startedAtMs: 0 };
    const scope = { log: this.deps.log, priority: 'user', signal, writeSignal: signal } as const;
    return new Pass(this.deps, { ...scope, identity: { ...identity, priority: 'user' } }).run(key);
  }

  /** Runs one pass and returns its outcome and all that was written meanwhile. */
  async pass(key: ObjectKey): Promise<{ readonly outcome: string; readonly journal: readonly string[] }> {
    this.journal.length = 0;
    const result = await this.run(key);
    const outcome = 'reason' in result ? `${result.kind} ${result.reason}` : result.kind;
    return { outcome, journal: [...this.journal] };
  }

  /** A controller that hears of every change in the store, as the manager joins them. */
  controller(): Controller<WidgetReads> {
    const controller = new Controller(this.deps);
    for (const known of this.#store.values()) controller.onChange(known, undefined, true);
    this.#listeners.push((now, previous) => {
      if (now !== undefined) controller.onChange(now, previous, false);
      else if (previous !== undefined) controller.onDeleted(keyOf(previous));
    });
    return controller;
  }

  readonly #writer: Writer = {
    get: async (given) => {
      const error = this.getErrors.shift();
      if (error !== undefined) throw error;
      const known = this.#server.get(keyOf(given));
      if (known === undefined) throw notFound();
      return known;
    },
    patchFinalizers: async (given, finalizers) => {
      const known = this.#written(given);
      if (known.metadata.resourceVersion !== given.metadata.resourceVersion) throw conflict();
      const { length } = finalizers.filter((finalizer) => finalizer === FINALIZER);
      this.journal.push(length === 0 ? 'finalizer removed' : 'finalizer added');
      const patched = this.#write({ ...known, metadata: { ...known.metadata, finalizers } });
      this.#collect(keyOf(known));
      return patched;
    },
    applyStatus: async (given, status) => {
      const known = this.#written(given);
      if (known.metadata.uid !== given.metadata.uid) throw conflict();
      const next: WidgetStatus = status;
      this.journal.push(`status ${shown(next.conditions)}`);
      return this.#write({ ...known, status: next });
    },
  };

  readonly #directory: Directory = {
    get: (_kind, key) => this.#store.get(key),
    identity: (_kind, { metadata }) => {
      const known = this.#store.get(keyOf({ metadata }));
      return known === undefined ? undefined : widget.identity(known);
    },
    referrers: (kind, key) =>
      [...this.#store.values()]
        .filter((referrer) => {
          const { holds, references } = this.deps.kind;
          return references(referrer.spec).some((reference) => {
            const to = `${reference.to.namespace ?? referrer.metadata.namespace}/${reference.to.name}`;
            return to === key && (holds?.(referrer, reference) ?? true);
          });
        })
        .map((referrer) => ({ kind, key: keyOf(referrer) })),
  };

  #written(given: KubeObject): Widget {
    const error = this.writeErrors.shift();
    if (error !== undefined) throw error;
    const known = this.#server.get(keyOf(given));
    if (known === undefined) throw notFound();
    return known;
  }

  #known(key: ObjectKey): Widget {
    const known = this.#server.get(key);
    if (known === undefined) throw new Error(`There is no ${key}.`);
    return known;
  }

  #write(next: Widget): Widget {
    this.#version += 1;
    const written = { ...next, metadata: { ...next.metadata, resourceVersion: String(this.#version) } };
    this.#server.set(keyOf(next), written);
    if (!this.#lagging) this.#show(keyOf(next));
    return written;
  }

  /** What the API server does once a deleted object has no finalizers. */
  #collect(key: ObjectKey): void {
    const { metadata } = this.#known(key);
    if (metadata.deletionTimestamp === undefined || (metadata.finalizers ?? []).length > 0) return;
    this.#version += 1;
    this.#server.delete(key);
    if (!this.#lagging) this.#show(key);
  }

  #show(key: ObjectKey): void {
    this.#seen = this.#version;
    const previous = this.#store.get(key);
    const now = this.#server.get(key);
    if (previous === now) return;
    if (now === undefined) this.#store.delete(key);
    else this.#store.set(key, now);
    for (const listener of this.#listeners) listener(now, previous);
  }
}

export function conflict(): OperatorError {
  return new OperatorError('failed', 'Conflict', 'The object has been changed meanwhile.');
}

/** The API server's own word that there is no such object. */
export function notFound(): OperatorError {
  return new OperatorError('absent', 'NotFound', 'No such widget.');
}

/** `Ready=True Live` and so on. */
export function shown(conditions: readonly Condition[] = []): string {
  return conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`).join(', ');
}

/** Lets everything happen that waits only for promises. */
export function promises(): Promise<void> {
  return new Promise((resolve) => setImmediate(resolve));
}
