import type { Clock } from '../clock.ts';
import type { KubeObject } from './types.ts';

/** `regarding` of an Event. */
export interface ObjectReference {
  readonly apiVersion: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
  readonly uid: string;
  readonly resourceVersion: string;
}

/** One Event and how often it has been seen. */
export interface EventRecord {
  readonly key: string;
  readonly object: ObjectReference;
  readonly type: 'Normal' | 'Warning';
  readonly reason: string;
  readonly note: string;
  readonly action: string;
  name: string;
  readonly firstWallMs: number;
  lastWallMs: number;
  lastMs: number;
  count: number;
  /** Waiting for the writer, or being written. */
  queued: boolean;
  /** What the API server holds; `undefined` until it holds anything. */
  written: { readonly atMs: number; readonly count: number } | undefined;
}

const windowMs = 10 * 60_000;
/** client-go's spam filter: an object may say 25 different things, then one every five minutes. */
const burst = 25;
const refillMs = 5 * 60_000;
/** Bounds of memory; what is oldest is forgotten first. */
const recordLimit = 4_096;
const bucketLimit = 4_096;

/** Remembers recent Events, so that the same one again is a count, and what each object may still say. */
export class EventLedger {
  readonly #clock: Clock;
  /** Least recently seen first. */
  readonly #records = new Map<string, EventRecord>();
  readonly #buckets = new Map<string, { tokens: number; atMs: number }>();
  #names = 0;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  /** The record this Event belongs to, counted; `undefined` when the object has used up its budget. */
  note(
    object: KubeObject,
    type: EventRecord['type'],
    reason: string,
    note: string,
    action: string,
  ): EventRecord | undefined {
    this.#expire();
    const key = JSON.stringify([object.metadata.uid, type, reason, note]);
    const known = this.#records.get(key);
    if (known !== undefined) {
      known.count += 1;
      known.lastMs = this.#clock.monotonicMs();
      known.lastWallMs = this.#clock.wallMs();
      this.#records.delete(key);
      this.#records.set(key, known);
      return known;
    }
    if (!this.#take(object.metadata.uid)) return undefined;
    const record = this.#create(key, object, { type, reason, note, action });
    this.#records.set(key, record);
    return record;
  }

  /** The next time it is a new Event. */
  forget(record: EventRecord): void {
    if (this.#records.get(record.key) === record) this.#records.delete(record.key);
  }

  /** The API server no longer has it: write it again under another name. */
  restart(record: EventRecord): void {
    record.written = undefined;
    record.name = this.#nameFor(record.object.name);
  }

  #create(
    key: string,
    object: KubeObject,
    words: Pick<EventRecord, 'type' | 'reason' | 'note' | 'action'>,
  ): EventRecord {
    const { namespace, name, uid, resourceVersion } = object.metadata;
    const wallMs = this.#clock.wallMs();
    return {
      ...words,
      key,
      object: { apiVersion: object.apiVersion, kind: object.kind, namespace, name, uid, resourceVersion },
      name: this.#nameFor(name),
      firstWallMs: wallMs,
      lastWallMs: wallMs,
      lastMs: this.#clock.monotonicMs(),
      count: 1,
      queued: false,
      written: undefined,
    };
  }

  /** Like client-go's `<object>.<hex time>`, with a counter and chance in place of nanoseconds, within 253 characters. */
  #nameFor(objectName: string): string {
    this.#names += 1;
    const unique = [this.#clock.wallMs(), this.#names, Math.floor(this.#clock.random() * 2 ** 32)];
    const suffix = unique.map((part) => Math.floor(part).toString(16)).join('');
    return `${objectName.slice(0, 253 - suffix.length - 1).replace(/[.-]+$/, '')}.${suffix}`;
  }

  #take(uid: string): boolean {
    const now = this.#clock.monotonicMs();
    const bucket = this.#buckets.get(uid) ?? { tokens: burst, atMs: now };
    const tokens = Math.min(burst, bucket.tokens + (now - bucket.atMs) / refillMs);
    const allowed = tokens >= 1;
    this.#buckets.delete(uid);
    this.#buckets.set(uid, { tokens: allowed ? tokens - 1 : tokens, atMs: now });
    dropOldest(this.#buckets, bucketLimit);
    return allowed;
  }

  #expire(): void {
    const oldest = this.#clock.monotonicMs() - windowMs;
    for (const [key, record] of this.#records) {
      if (record.lastMs > oldest) break;
      this.#records.delete(key);
    }
    dropOldest(this.#records, recordLimit);
  }
}

function dropOldest<V>(map: Map<string, V>, limit: number): void {
  for (const key of map.keys()) {
    if (map.size <= limit) return;
    map.delete(key);
  }
}
