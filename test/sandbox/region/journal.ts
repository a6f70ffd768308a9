import type { Clock } from '../../../src/clock.ts';

/** What became of a request: answered here or elsewhere, refused with an error code, or the connection cut by a fault. */
export type Outcome = 'pending' | 'ok' | 'forwarded' | 'dropped' | (string & {});

export interface JournalEntry {
  readonly seq: number;
  readonly service: string;
  readonly operation: string;
  /** The input as parsed from the wire, not copied. */
  readonly input: unknown;
  readonly account: string;
  readonly region: string;
  readonly accessKey: string;
  /** ARN of the user or of the assumed role's session. */
  readonly identity: string;
  /** With which the role was assumed, if it was with one. */
  readonly externalId?: string;
  readonly userAgent: string;
  /** Real wall clock, milliseconds since the epoch. */
  readonly startedAt: number;
  /** The region's time, likewise. */
  readonly simulatedAt: number;
  readonly outcome: Outcome;
  /** True once the operation has changed or read the world, also when the answer was then lost. */
  readonly effective: boolean;
}

export interface JournalQuery {
  readonly service?: string;
  readonly operation?: string;
  readonly account?: string;
  readonly region?: string;
  readonly outcome?: Outcome;
  /** Only what came after this sequence number. */
  readonly since?: number;
  /** At most that many, the newest. */
  readonly limit?: number;
}

type OpenEntry = { -readonly [K in keyof JournalEntry]: JournalEntry[K] };

interface Waiter {
  readonly predicate: (entry: JournalEntry) => boolean;
  readonly resolve: (entry: JournalEntry) => void;
}

/** AssumeRole gives credentials and changes nothing. */
const READ_ONLY = /^(Describe|List|Get|AssumeRole$)/;

export const isMutation = (entry: Pick<JournalEntry, 'operation'>): boolean => !READ_ONLY.test(entry.operation);

/** Every request the region has received, oldest first, up to a cap. */
export class Journal {
  readonly #clock: Clock;
  readonly #cap: number;
  readonly #waiters = new Set<Waiter>();
  #entries: OpenEntry[] = [];
  #seq = 0;

  constructor(clock: Clock, cap: number) {
    this.#clock = clock;
    this.#cap = cap;
  }

  get entries(): readonly JournalEntry[] {
    return this.#entries;
  }

  /** A point in time for `since`. */
  mark(): number {
    return this.#seq;
  }

  since(mark: number): readonly JournalEntry[] {
    const first = this.#entries[0]?.seq ?? 0;
    return this.#entries.slice(Math.max(0, mark + 1 - first));
  }

  /** The requests that have all of what is asked for, oldest first. */
  query({ since = 0, limit, ...wanted }: JournalQuery): readonly JournalEntry[] {
    const found = this.since(since).filter(
      (entry) =>
        (wanted.service ?? entry.service) === entry.service &&
        (wanted.operation ?? entry.operation) === entry.operation &&
        (wanted.account ?? entry.account) === entry.account &&
        (wanted.region ?? entry.region) === entry.region &&
        (wanted.outcome ?? entry.outcome) === entry.outcome,
    );
    return limit === undefined ? found : found.slice(Math.max(0, found.length - limit));
  }

  /** Everything but Describe, List and Get. */
  mutations(mark = 0): readonly JournalEntry[] {
    return this.since(mark).filter(isMutation);
  }

  /** Number of requests by operation. */
  count(mark = 0): Readonly<Record<string, number>> {
    const counts: Record<string, number> = {};
    for (const { operation } of this.since(mark)) counts[operation] = (counts[operation] ?? 0) + 1;
    return counts;
  }

  /** The first finished request after `mark` that matches; rejects when none has come after `deadlineMs` of real time. */
  waitFor(predicate: (entry: JournalEntry) => boolean, deadlineMs: number, mark = 0): Promise<JournalEntry> {
    const past = this.since(mark).find((entry) => entry.outcome !== 'pending' && predicate(entry));
    if (past !== undefined) return Promise.resolve(past);
    return new Promise((resolve, reject) => {
      const waiter: Waiter = {
        predicate,
        resolve: (entry) => {
          cancel();
          resolve(entry);
        },
      };
      const cancel = this.#clock.schedule(deadlineMs, () => {
        this.#waiters.delete(waiter);
        const seen = JSON.stringify(this.count(mark));
        reject(new Error(`no matching request within ${deadlineMs} ms; seen: ${seen}`));
      });
      this.#waiters.add(waiter);
    });
  }

  open(entry: Omit<JournalEntry, 'seq' | 'startedAt' | 'outcome' | 'effective'>): JournalEntry {
    this.#seq += 1;
    const opened: OpenEntry = {
      ...entry,
      seq: this.#seq,
      startedAt: this.#clock.wallMs(),
      outcome: 'pending',
      effective: false,
    };
    this.#entries.push(opened);
    // Cut in large pieces: taking one off the front each time would cost more than the requests.
    if (this.#entries.length > this.#cap * 1.25) this.#entries = this.#entries.slice(-this.#cap);
    return opened;
  }

  close(entry: JournalEntry, outcome: Outcome, effective: boolean): void {
    const open: OpenEntry = entry;
    open.outcome = outcome;
    open.effective = effective;
    for (const waiter of this.#waiters) {
      if (!waiter.predicate(entry)) continue;
      this.#waiters.delete(waiter);
      waiter.resolve(entry);
    }
  }
}
