import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { fromUnknown, OperatorError } from '../errors.ts';
import { type KubeObject, keyOf, type ObjectKey } from '../kube/types.ts';
import { hasFinalizer } from './finalizer.ts';
import type { CommonSpec, CommonStatus } from './kind.ts';
import type { EngineOptions } from './options.ts';
import { type PassResult, queueEffect } from './outcome.ts';
import { Pass, type PassDependencies, type PassIdentity } from './pass.ts';
import { type Priority, type Taken, WorkQueue } from './queue.ts';
import { nextPollAt, nextRecheckAt, nextResyncAt } from './schedule.ts';

type Managed = KubeObject<CommonSpec, CommonStatus>;

export interface ObservedPass {
  readonly key: ObjectKey;
  readonly priority: Priority;
  readonly result: PassResult;
  readonly durationMs: number;
  /** For how long the key was due before a worker took it. */
  readonly waitedMs: number;
  readonly identity: PassIdentity;
}

/** What a controller is doing at a moment; for metrics and health. */
export interface ControllerStats {
  /** Keys that are due and that no worker has taken. */
  readonly due: number;
  readonly adds: number;
  /** Keys that were put back with backoff. */
  readonly retries: number;
  readonly working: number;
  readonly concurrency: number;
  /** For how long the pass that began first has been at work; 0 when none is. */
  readonly longestRunningMs: number;
}

export interface ControllerDependencies<Reads> extends PassDependencies<Reads> {
  readonly options: EngineOptions;
  readonly log: Logger;
  /** Whether this process works on the object. Of others nothing is queued. */
  readonly leads: (key: ObjectKey) => boolean;
  /** Called after each pass; for metrics and tests. */
  readonly onPass?: ((pass: ObservedPass) => void) | undefined;
}

/**
 * Passes that begin before everything else in the process gets its turn. A pass without I/O ends in microtasks, so a long line of them would
 * starve the very socket that they wait for.
 */
const PASSES_IN_A_ROW = 50;

/** Works off one kind's queue: at most `concurrency` passes at once, never two on a key. */
export class Controller<Reads> {
  readonly kind: string;
  readonly #deps: ControllerDependencies<Reads>;
  readonly #clock: Clock;
  readonly #queue = new WorkQueue();
  readonly #abort = new AbortController();
  #running = false;
  #cancelTimer: (() => void) | undefined;
  /** Passes begun since the last turn of everything else. */
  #inARow = 0;
  #reconcileId = 0;
  #retries = 0;
  /** Passes at work, the one that began first in front. */
  readonly #passes = new Set<PassIdentity>();
  /** Called after the next pass. */
  #listeners: (() => void)[] = [];

  constructor(deps: ControllerDependencies<Reads>) {
    this.kind = deps.kind.names.kind;
    this.#deps = deps;
    this.#clock = deps.clock;
  }

  get #resyncMs(): number {
    return Math.min(this.#deps.options.resyncMs, this.#deps.kind.resyncMs ?? Number.POSITIVE_INFINITY);
  }

  get queued(): number {
    return this.#queue.size;
  }

  get working(): number {
    return this.#queue.held;
  }

  get stats(): ControllerStats {
    const now = this.#clock.monotonicMs();
    const [oldest] = this.#passes;
    return {
      due: this.#queue.due(now),
      adds: this.#queue.adds,
      retries: this.#retries,
      working: this.#queue.held,
      concurrency: this.#deps.options.concurrency,
      longestRunningMs: oldest === undefined ? 0 : now - oldest.startedAtMs,
    };
  }

  /** Nothing is worked on before `start`, so that the first pass sees complete stores of every kind. */
  start(): void {
    this.#running = true;
    this.#dispatch();
  }

  enqueue(key: ObjectKey, priority: Priority): void {
    this.#add(key, priority, this.#clock.monotonicMs());
    this.#dispatch();
  }

  /** A change in the store. Our own status writes come back here too and must not cause a pass, unless one waits for them. */
  onChange(object: Managed, previous: Managed | undefined, initial: boolean): void {
    const key = keyOf(object);
    if (previous !== undefined && !concernsUs(previous, object)) {
      this.#onShown(key);
      return;
    }
    const upToDate = object.status?.observedGeneration === object.metadata.generation;
    this.enqueue(key, initial && upToDate ? 'background' : 'user');
  }

  onDeleted(key: ObjectKey): void {
    this.enqueue(key, 'user');
  }

  /**
   * An object that another process has led until a moment ago, or this one before it was started anew. Whatever that one did in AWS we do not
   * remember, so we take it that it did something.
   */
  takeOver(object: Managed): void {
    const key = keyOf(object);
    if (hasFinalizer(object)) this.#deps.memory.changed(key, object.metadata.uid);
    this.onChange(object, undefined, true);
  }

  /** Goes on with what was made in AWS and of which the API server, and so every store, knows nothing. */
  takeBack(of: (key: ObjectKey) => boolean): void {
    for (const key of this.#deps.memory.orphans(of)) this.enqueue(key, 'user');
  }

  /** False while there is something to take back: a pass that is at work while its shard is given up may leave it too. */
  mayGiveUp(of: (key: ObjectKey) => boolean): boolean {
    return this.#deps.memory.orphans(of).length === 0;
  }

  /** For keys that are not led any more: resolves once no pass works on one, and forgets them. */
  async giveUp(of: (key: ObjectKey) => boolean): Promise<void> {
    this.#queue.drop(of);
    await this.#finished(of);
    const { backoff, memory, barrier } = this.#deps;
    for (const remembering of [backoff, memory, barrier]) remembering.forgetAll(of);
  }

  /** Aborts what is at work and begins nothing more: what this process does is no longer asked for. */
  abandon(reason: Error): void {
    this.#running = false;
    this.#cancelTimer?.();
    this.#abort.abort(givenUp(reason.message));
  }

  /**
   * Takes no new keys, lets the passes at work finish, and aborts those that take too long. Rejects when one does not heed that: then
   * nobody can say what it still does, and its Lease must run out by itself.
   */
  async stop(): Promise<void> {
    this.#running = false;
    this.#cancelTimer?.();
    const { drainMs, abortMs } = this.#deps.options;
    const stuck = Promise.withResolvers<never>();
    const cancelAbort = this.#clock.schedule(drainMs, () => this.#abort.abort(givenUp('stopping')));
    const cancelWait = this.#clock.schedule(drainMs + abortMs, () => {
      const keys = [...this.#passes].map(({ key }) => key).join(', ');
      stuck.reject(new Error(`passes over ${this.kind} ${keys} do not end`));
    });
    try {
      await Promise.race([this.#finished(() => true), stuck.promise]);
    } finally {
      cancelAbort();
      cancelWait();
      this.#abort.abort(givenUp('stopped'));
    }
  }

  async #finished(of: (key: ObjectKey) => boolean): Promise<void> {
    while ([...this.#passes].some(({ key }) => of(key))) {
      await new Promise<void>((resolve) => this.#listeners.push(resolve));
    }
  }

  /** The store has caught up with our own last write. A pass that waits for that keeps its priority. */
  #onShown(key: ObjectKey): void {
    const { memory, barrier } = this.#deps;
    if (memory.awaitsStore(key) && barrier.isCurrent(key)) this.enqueue(key, 'background');
  }

  #add(key: ObjectKey, priority: Priority, readyAt: number): void {
    if (this.#deps.leads(key)) this.#queue.add(key, priority, readyAt);
  }

  #dispatch(): void {
    if (!this.#running) return;
    while (this.#queue.held < this.#deps.options.concurrency && this.#inARow < PASSES_IN_A_ROW) {
      const taken = this.#queue.take(this.#clock.monotonicMs());
      if (taken === undefined) break;
      this.#inARow += 1;
      if (this.#inARow === PASSES_IN_A_ROW) setImmediate(() => this.#goOn());
      void this.#work(taken);
    }
    if (this.#inARow < PASSES_IN_A_ROW) this.#arm();
  }

  #goOn(): void {
    this.#inARow = 0;
    this.#dispatch();
  }

  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const at = this.#queue.nextReadyAt();
    // At the limit the next `done` dispatches; with nothing waiting the next `add` does.
    if (!Number.isFinite(at) || this.#queue.held >= this.#deps.options.concurrency) return;
    this.#cancelTimer = this.#clock.schedule(at - this.#clock.monotonicMs(), () => this.#dispatch());
  }

  async #work({ key, priority, waitedMs }: Taken): Promise<void> {
    const identity = this.#identify(key, priority);
    this.#passes.add(identity);
    const result = await this.#pass(identity);
    this.#passes.delete(identity);
    const durationMs = this.#clock.monotonicMs() - identity.startedAtMs;
    this.#deps.onPass?.({ key, priority, result, durationMs, waitedMs, identity });
    this.#schedule(key, priority, result);
    this.#queue.done(key);
    this.#dispatch();
    for (const listener of this.#listeners.splice(0)) listener();
  }

  #identify(key: ObjectKey, priority: Priority): PassIdentity {
    this.#reconcileId += 1;
    const startedAtMs = this.#clock.monotonicMs();
    return { kind: this.kind, key, priority, reconcileId: this.#reconcileId, generation: undefined, startedAtMs };
  }

  async #pass(identity: PassIdentity): Promise<PassResult> {
    const { kind, key, priority, reconcileId } = identity;
    const log = this.#deps.log.child({ kind, object: key, reconcileId });
    const deadline = new AbortController();
    const cancel = this.#clock.schedule(this.#deps.options.passDeadlineMs, () =>
      deadline.abort(new Error('pass deadline')),
    );
    try {
      const signal = AbortSignal.any([this.#abort.signal, deadline.signal]);
      const writeSignal = this.#abort.signal;
      return await new Pass(this.#deps, { log, priority, signal, writeSignal, identity }).run(key);
    } catch (error) {
      // A pass turns every error into an outcome; what arrives here is a bug, and must not end the process or the key.
      const bug = fromUnknown(error);
      log.error({ err: bug }, 'pass ended with an unexpected error');
      return { kind: 'failed', reason: bug.reason, message: bug.message };
    } finally {
      cancel();
    }
  }

  #schedule(key: ObjectKey, priority: Priority, result: PassResult): void {
    const { backoff, memory, barrier } = this.#deps;
    const now = this.#clock.monotonicMs();
    const uid = (this.#deps.get(key) ?? memory.orphan(key))?.metadata.uid;
    const effect = queueEffect(result);
    if (isClean(result)) backoff.forget(key);
    switch (effect.kind) {
      case 'forget':
        if (uid === undefined) {
          memory.forget(key);
          barrier.forget(key);
        } else if (this.#deps.get(key)?.metadata.deletionTimestamp === undefined) {
          // Its end is on its way, or was no end: nothing that the store holds is looked at never again.
          this.#add(key, 'background', nextResyncAt(memory.resyncGroup(key), this.#resyncMs, now));
        }
        return;
      case 'resync':
        if (uid !== undefined) memory.resetPolls(key, uid);
        this.#add(key, 'background', nextResyncAt(memory.resyncGroup(key), this.#resyncMs, now));
        return;
      case 'poll':
        this.#add(key, priority, nextPollAt(uid === undefined ? 0 : memory.nextPoll(key, uid), now));
        return;
      case 'recheck':
        this.#add(key, priority, nextRecheckAt(uid === undefined ? 0 : memory.nextRecheck(key, uid), now));
        return;
      case 'backoff':
        this.#retries += 1;
        this.#add(key, priority, now + backoff.next(key));
        return;
      case 'after':
        this.#add(key, priority, now + effect.delayMs);
        return;
      default:
        effect satisfies never;
    }
  }
}

function givenUp(why: string): OperatorError {
  return new OperatorError('failed', 'Aborted', `The pass was given up: ${why}.`);
}

/** A pass that got through: throttling, early and stale passes say nothing about whether the failure is over. */
function isClean({ kind }: PassResult): boolean {
  return kind !== 'failed' && kind !== 'throttled' && kind !== 'stale' && kind !== 'early';
}

/** Status is ours and labels mean nothing to us; everything else a user, or a finalizer, may change. */
function concernsUs(previous: Managed, object: Managed): boolean {
  const before = previous.metadata;
  const now = object.metadata;
  return (
    before.uid !== now.uid ||
    before.generation !== now.generation ||
    before.deletionTimestamp !== now.deletionTimestamp ||
    !sameEntries(before.annotations, now.annotations) ||
    (before.finalizers ?? []).length > (now.finalizers ?? []).length
  );
}

function sameEntries(a: Readonly<Record<string, string>> = {}, b: Readonly<Record<string, string>> = {}): boolean {
  const keys = Object.keys(a);
  return keys.length === Object.keys(b).length && keys.every((key) => a[key] === b[key]);
}
