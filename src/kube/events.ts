import type { Logger } from 'pino';
import { type Clock, microTime, sleep } from '../clock.ts';
import { KubeError } from './errors.ts';
import { EventLedger, type EventRecord, type ObjectReference } from './event-ledger.ts';
import { fieldManager } from './objects.ts';
import { pathOf } from './paths.ts';
import type { Transport } from './transport.ts';
import type { KubeObject } from './types.ts';

export type EventType = 'Normal' | 'Warning';

export interface EventRecorderOptions {
  readonly transport: Transport;
  readonly clock: Clock;
  readonly log: Logger;
  /** Which process reports, such as the pod's name. */
  readonly reportingInstance: string;
  /** Throws when this process may not write about this object now. Called right before each write is sent. */
  readonly gate?: ((object: ObjectReference) => void) | undefined;
  /** Called for each event before anything is left out: counts of what happened must not depend on how much of it is written. */
  readonly onEvent?: ((event: { readonly kind: string; readonly reason: string }) => void) | undefined;
}

export interface EventStats {
  readonly queued: number;
  readonly written: number;
  /** Left out: queue full, rate limit of the object, recorder closed, or the server refused. */
  readonly dropped: number;
}

const resource = { group: 'events.k8s.io', version: 'v1', plural: 'events' };
/** Where the API server wants Events about what is in no namespace. */
const namespaceOfNone = 'default';
const queueLimit = 1_000;
const attempts = 3;
/** A count that goes up is worth a write twice a minute, not more. */
const seriesIntervalMs = 30_000;

/**
 * Writes Kubernetes Events about objects. `record` only puts them in a queue: it never waits, never throws and never fails a reconcile.
 * The same event again within ten minutes becomes a count on the first one, and each object has a budget for new ones.
 */
export class EventRecorder {
  readonly #options: EventRecorderOptions;
  readonly #ledger: EventLedger;
  readonly #abort = new AbortController();
  readonly #queue: EventRecord[] = [];
  readonly #timers = new Map<EventRecord, () => void>();
  #worker: Promise<void> | undefined;
  #written = 0;
  #dropped = 0;
  #closed = false;

  constructor(options: EventRecorderOptions) {
    this.#options = options;
    this.#ledger = new EventLedger(options.clock);
  }

  get stats(): EventStats {
    return { queued: this.#queue.length, written: this.#written, dropped: this.#dropped };
  }

  /** `reason` is CamelCase, `note` a sentence; `action` is what was tried, by default the reason. */
  record(object: KubeObject, type: EventType, reason: string, note: string, action: string = reason): void {
    this.#options.onEvent?.({ kind: object.kind, reason });
    if (this.#closed) {
      this.#dropped += 1;
      return;
    }
    const record = this.#ledger.note(object, type, reason, truncate(note), action);
    if (record === undefined) this.#dropped += 1;
    else if (record.written === undefined) this.#enqueue(record);
    else this.#scheduleSeries(record, record.written.atMs);
  }

  /** Writes what is outstanding, counts included, until the signal aborts; then the recorder is closed and holds no timer. */
  async flush(signal: AbortSignal): Promise<void> {
    this.#closed = true;
    for (const record of [...this.#timers.keys()]) this.#enqueue(record);
    const onAbort = (): void => this.#abort.abort(signal.reason);
    if (signal.aborted) onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
    await this.#worker;
    signal.removeEventListener('abort', onAbort);
  }

  #scheduleSeries(record: EventRecord, writtenAtMs: number): void {
    if (record.queued || this.#timers.has(record)) return;
    const { clock } = this.#options;
    const delayMs = writtenAtMs + seriesIntervalMs - clock.monotonicMs();
    this.#timers.set(
      record,
      clock.schedule(delayMs, () => this.#enqueue(record)),
    );
  }

  #enqueue(record: EventRecord): void {
    this.#timers.get(record)?.();
    this.#timers.delete(record);
    if (record.queued) return;
    if (this.#queue.length >= queueLimit) {
      this.#dropped += 1;
      this.#ledger.forget(record);
      return;
    }
    record.queued = true;
    this.#queue.push(record);
    this.#worker ??= this.#drain();
  }

  /** One at a time: Events must not compete with reconciles for the API server. */
  async #drain(): Promise<void> {
    for (let record = this.#queue.shift(); record !== undefined; record = this.#queue.shift()) {
      await this.#write(record);
      if (this.#abort.signal.aborted) this.#leaveOut();
    }
    this.#worker = undefined;
  }

  /** The process stops and there is no time left to write the rest. */
  #leaveOut(): void {
    if (this.#queue.length === 0) return;
    this.#options.log.warn({ events: this.#queue.length }, 'Events were left out, because the process stops');
    this.#dropped += this.#queue.length;
    this.#queue.length = 0;
  }

  async #write(record: EventRecord): Promise<void> {
    for (let attempt = 1; ; attempt += 1) {
      const count = record.count;
      try {
        await this.#send(record);
        this.#finish(record, count);
        return;
      } catch (error) {
        // Our own first try, whose answer was lost.
        if (attempt > 1 && error instanceof KubeError && error.reason === 'AlreadyExists') {
          this.#finish(record, count);
          return;
        }
        if (attempt < attempts && (await this.#mayTryAgain(error, record, attempt))) continue;
        this.#giveUp(record, error);
        return;
      }
    }
  }

  #finish(record: EventRecord, count: number): void {
    const atMs = this.#options.clock.monotonicMs();
    this.#written += 1;
    record.queued = false;
    record.written = { atMs, count };
    if (record.count === count) return;
    if (this.#closed) this.#enqueue(record);
    else this.#scheduleSeries(record, atMs);
  }

  async #send(record: EventRecord): Promise<void> {
    const { transport, gate: mayWrite } = this.#options;
    const { signal } = this.#abort;
    const gate = (): void => mayWrite?.(record.object);
    const namespace = namespaceOf(record);
    if (record.written === undefined) {
      const body = this.#body(record);
      await transport.request({
        method: 'POST',
        path: pathOf(resource, namespace),
        query: { fieldManager },
        body,
        gate,
        signal,
      });
      return;
    }
    await transport.request({
      method: 'PATCH',
      path: pathOf(resource, namespace, record.name),
      query: { fieldManager },
      contentType: 'application/merge-patch+json',
      body: { series: seriesOf(record) },
      signal,
    });
  }

  async #mayTryAgain(error: unknown, record: EventRecord, attempt: number): Promise<boolean> {
    if (!(error instanceof KubeError)) return false;
    if (error.disposition === 'absent' && record.written !== undefined) {
      // The first one is past its time to live (an hour by default): begin a new one.
      this.#ledger.restart(record);
      return true;
    }
    const transient = error.status === undefined || error.status === 429 || error.status >= 500;
    if (!transient) return false;
    try {
      await sleep(this.#options.clock, Math.max(error.retryAfterMs ?? 0, attempt * 1_000), this.#abort.signal);
      return true;
    } catch {
      return false;
    }
  }

  #giveUp(record: EventRecord, error: unknown): void {
    this.#dropped += 1;
    record.queued = false;
    this.#ledger.forget(record);
    const { reason, object } = record;
    this.#options.log.warn(
      { err: error, reason, object: `${object.namespace}/${object.name}` },
      'an Event was not written',
    );
  }

  #body(record: EventRecord): unknown {
    return {
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace: namespaceOf(record), name: record.name },
      eventTime: microTime(record.firstWallMs),
      reportingController: fieldManager,
      reportingInstance: this.#options.reportingInstance,
      type: record.type,
      reason: record.reason,
      action: record.action,
      note: record.note,
      regarding: record.object,
      ...(record.count > 1 ? { series: seriesOf(record) } : {}),
    };
  }
}

function namespaceOf({ object }: EventRecord): string {
  return object.namespace === '' ? namespaceOfNone : object.namespace;
}

function seriesOf(record: EventRecord): unknown {
  return { count: record.count, lastObservedTime: microTime(record.lastWallMs) };
}

/** The API server refuses notes over 1024 bytes. */
function truncate(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= 1024) return note;
  // `stream` keeps half a character at the cut from becoming a replacement character.
  return `${new TextDecoder().decode(bytes.subarray(0, 1021), { stream: true })}…`;
}
