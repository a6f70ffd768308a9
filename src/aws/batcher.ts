import type { Clock } from '../clock.ts';
import { OperatorError } from '../errors.ts';
import type { Caller, Priority } from './command.ts';
import { Pace } from './pace.ts';
import type { Place } from './waiters.ts';

/** What a batch's request came to, key by key. A key without an entry is an error for its callers. */
export type Answers<Value> = ReadonlyMap<string, { readonly value: Value } | OperatorError>;

export interface BatchOptions<Value> {
  readonly operation: string;
  /** How long a batch waits for company before it asks for budget. */
  readonly windowMs: number;
  /** AWS's limit of names in one call. */
  readonly maxKeys: number;
  readonly queue: (caller: Caller) => Place;
  /** Sends the batch. Budget for its first request is taken already. */
  readonly fetch: (group: string, keys: readonly string[], caller: Caller) => Promise<Answers<Value>>;
}

/** A request that is not answered for this long keeps nobody else waiting. */
const patienceMs = 250;
interface Batch<Value> {
  readonly keys: Map<string, PromiseWithResolvers<Value>>;
  readonly abort: AbortController;
  /** Resolved when the window is over or the batch is full. */
  readonly ready: PromiseWithResolvers<void>;
  priority: Priority;
  readonly cause: object | undefined;
  place: Place | undefined;
  callers: number;
}

/**
 * Gathers single reads into AWS's batch calls. A batch takes on keys until it has budget, so it fills up exactly when budget is
 * short. It goes at its most urgent caller's priority. A caller that aborts leaves; the batch is given up only when all have left. An
 * answer goes to those who asked before the request was sent and to nobody later: what is older than the question may be stale.
 */
export class Batcher<Value> {
  readonly #clock: Clock;
  readonly #options: BatchOptions<Value>;
  /** The batch of each group that still takes on keys. */
  readonly #open = new Map<string, Batch<Value>>();
  /** The request of each group that AWS has not answered yet. */
  readonly #sent = new Map<string, Promise<unknown>>();
  readonly #pace: Pace;

  constructor(clock: Clock, options: BatchOptions<Value>) {
    this.#clock = clock;
    this.#options = options;
    this.#pace = new Pace(clock, options.windowMs);
  }

  /** `group` is what all keys of one call must share, such as the cluster. */
  load(group: string, key: string, caller: Caller): Promise<Value> {
    let batch = this.#open.get(group);
    if (batch === undefined || (batch.keys.size >= this.#options.maxKeys && !batch.keys.has(key))) {
      batch = this.#begin(group, caller);
    }
    const answer = batch.keys.get(key) ?? Promise.withResolvers<Value>();
    batch.keys.set(key, answer);
    if (caller.priority === 'user') {
      batch.priority = 'user';
      batch.place?.promote();
    }
    if (batch.keys.size >= this.#options.maxKeys) batch.ready.resolve();
    return this.#follow(batch, answer.promise, caller.signal);
  }

  #begin(group: string, { priority, cause }: Caller): Batch<Value> {
    const batch: Batch<Value> = {
      keys: new Map(),
      abort: new AbortController(),
      ready: Promise.withResolvers(),
      priority,
      cause,
      place: undefined,
      callers: 0,
    };
    this.#open.set(group, batch);
    void this.#run(group, batch);
    return batch;
  }

  /** Never rejects: what goes wrong goes to the callers. */
  async #run(group: string, batch: Batch<Value>): Promise<void> {
    const { operation, queue, fetch } = this.#options;
    const signal = batch.abort.signal;
    try {
      await this.#gather(group, batch);
      batch.place = queue({ priority: batch.priority, signal, cause: batch.cause });
      await batch.place.turn;
      this.#close(group, batch);
      const keys = [...batch.keys.keys()];
      const request = fetch(group, keys, { priority: batch.priority, signal, cause: batch.cause });
      this.#track(group, request);
      const answers = await request;
      for (const [key, waiting] of batch.keys) {
        const answer = answers.get(key);
        if (answer === undefined) waiting.reject(incomplete(operation, key));
        else if (answer instanceof OperatorError) waiting.reject(answer);
        else waiting.resolve(answer.value);
      }
    } catch (error) {
      this.#close(group, batch);
      for (const waiting of batch.keys.values()) waiting.reject(error);
    }
  }

  /**
   * Waits until the batch is full or its window is over and the group's former request has been answered: under load,
   * batches grow to what arrives during a round trip, as Nagle's algorithm does for packets.
   */
  async #gather(group: string, batch: Batch<Value>): Promise<void> {
    const cancelPatience = this.#clock.schedule(patienceMs, () => batch.ready.resolve());
    const cancelWindow = this.#clock.schedule(this.#pace.next(group), () => {
      const former = this.#sent.get(group) ?? Promise.resolve();
      former.then(
        () => batch.ready.resolve(),
        () => batch.ready.resolve(),
      );
    });
    await batch.ready.promise;
    cancelPatience();
    cancelWindow();
  }

  #track(group: string, request: Promise<unknown>): void {
    this.#sent.set(group, request);
    const forget = (): void => {
      if (this.#sent.get(group) === request) this.#sent.delete(group);
    };
    request.then(forget, forget);
  }

  #close(group: string, batch: Batch<Value>): void {
    if (this.#open.get(group) === batch) this.#open.delete(group);
  }

  async #follow(batch: Batch<Value>, answer: Promise<Value>, signal: AbortSignal): Promise<Value> {
    const left = Promise.withResolvers<never>();
    const onAbort = (): void => left.reject(abandoned(this.#options.operation, signal));
    batch.callers += 1;
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([answer, left.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
      batch.callers -= 1;
      if (batch.callers === 0) this.#giveUp(batch);
    }
  }

  #giveUp(batch: Batch<Value>): void {
    for (const [group, open] of this.#open) if (open === batch) this.#open.delete(group);
    batch.abort.abort();
    batch.ready.resolve();
  }
}

/** AWS answered 200 and said nothing of this name. To take that for "does not exist" would create it a second time. */
export function incomplete(operation: string, key: string): OperatorError {
  return new OperatorError('failed', 'IncompleteAnswer', `${operation} answered without a word about ${key}.`, {
    operation,
  });
}

function abandoned(operation: string, signal: AbortSignal): OperatorError {
  return new OperatorError('failed', 'Aborted', `${operation} was given up; the next pass looks again.`, {
    cause: signal.reason,
    operation,
  });
}
