import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { fromUnknown } from '../errors.ts';
import { type KubeObject, keyOf, type ObjectKey } from '../kube/types.ts';
import type { CommonSpec, CommonStatus } from './kind.ts';
import type { EngineOptions } from './options.ts';
import { type PassResult, queueEffect } from './outcome.ts';
import { Pass, type PassDependencies } from './pass.ts';
import { type Priority, WorkQueue } from './queue.ts';
import { nextPollAt, nextResyncAt } from './schedule.ts';

type Managed = KubeObject<CommonSpec, CommonStatus>;

export interface ObservedPass {
  readonly key: ObjectKey;
  readonly priority: Priority;
  readonly result: PassResult;
  readonly durationMs: number;
}

export interface ControllerDependencies<Reads> extends PassDependencies<Reads> {
  readonly options: EngineOptions;
  readonly log: Logger;
  /** Called after each pass; for metrics and tests. */
  readonly onPass?: ((pass: ObservedPass) => void) | undefined;
}

/** Works off one kind's queue: at most `concurrency` passes at once, never two on a key. */
export class Controller<Reads> {
  readonly kind: string;
  readonly #deps: ControllerDependencies<Reads>;
  readonly #clock: Clock;
  readonly #queue = new WorkQueue();
  readonly #abort = new AbortController();
  #running = false;
  #cancelTimer: (() => void) | undefined;
  #reconcileId = 0;
  #idle: (() => void) | undefined;

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

  /** Nothing is worked on before `start`, so that the first pass sees complete stores of every kind. */
  start(): void {
    this.#running = true;
    this.#dispatch();
  }

  enqueue(key: ObjectKey, priority: Priority): void {
    this.#queue.add(key, priority, this.#clock.monotonicMs());
    this.#dispatch();
  }

  /** A change in the store. Our own status writes come back here too and must not cause a pass. */
  onChange(object: Managed, previous: Managed | undefined, initial: boolean): void {
    if (previous !== undefined && !concernsUs(previous, object)) return;
    const upToDate = object.status?.observedGeneration === object.metadata.generation;
    this.enqueue(keyOf(object), initial && upToDate ? 'background' : 'user');
  }

  onDeleted(key: ObjectKey): void {
    this.enqueue(key, 'user');
  }

  /** Takes no new keys, lets the passes at work finish, and aborts those that take too long. */
  async stop(): Promise<void> {
    this.#running = false;
    this.#cancelTimer?.();
    if (this.#queue.held > 0) {
      const cancel = this.#clock.schedule(this.#deps.options.drainMs, () => this.#abort.abort(new Error('stopping')));
      await new Promise<void>((resolve) => {
        this.#idle = resolve;
      });
      cancel();
    }
    this.#abort.abort(new Error('stopped'));
  }

  #dispatch(): void {
    if (!this.#running) return;
    while (this.#queue.held < this.#deps.options.concurrency) {
      const taken = this.#queue.take(this.#clock.monotonicMs());
      if (taken === undefined) break;
      void this.#work(taken.key, taken.priority);
    }
    this.#arm();
  }

  #arm(): void {
    this.#cancelTimer?.();
    this.#cancelTimer = undefined;
    const at = this.#queue.nextReadyAt();
    // At the limit the next `done` dispatches; with nothing waiting the next `add` does.
    if (!Number.isFinite(at) || this.#queue.held >= this.#deps.options.concurrency) return;
    this.#cancelTimer = this.#clock.schedule(at - this.#clock.monotonicMs(), () => this.#dispatch());
  }

  async #work(key: ObjectKey, priority: Priority): Promise<void> {
    const startedAt = this.#clock.monotonicMs();
    const result = await this.#pass(key, priority);
    this.#deps.onPass?.({ key, priority, result, durationMs: this.#clock.monotonicMs() - startedAt });
    this.#schedule(key, priority, result);
    this.#queue.done(key);
    this.#dispatch();
    if (this.#queue.held === 0) this.#idle?.();
  }

  async #pass(key: ObjectKey, priority: Priority): Promise<PassResult> {
    this.#reconcileId += 1;
    const log = this.#deps.log.child({ kind: this.kind, object: key, reconcileId: this.#reconcileId });
    const deadline = new AbortController();
    const cancel = this.#clock.schedule(this.#deps.options.passDeadlineMs, () =>
      deadline.abort(new Error('pass deadline')),
    );
    try {
      const signal = AbortSignal.any([this.#abort.signal, deadline.signal]);
      const writeSignal = this.#abort.signal;
      return await new Pass(this.#deps, { log, priority, signal, writeSignal }).run(key);
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
        }
        return;
      case 'resync':
        if (uid !== undefined) memory.resetPolls(key, uid);
        this.#queue.add(key, 'background', nextResyncAt(memory.resyncGroup(key), this.#resyncMs, now));
        return;
      case 'poll':
        this.#queue.add(key, priority, nextPollAt(uid === undefined ? 0 : memory.nextPoll(key, uid), now));
        return;
      case 'backoff':
        this.#queue.add(key, priority, now + backoff.next(key));
        return;
      case 'after':
        this.#queue.add(key, priority, now + effect.delayMs);
        return;
      default:
        effect satisfies never;
    }
  }
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
