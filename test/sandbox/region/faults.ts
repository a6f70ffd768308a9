import { isMutation, type JournalEntry } from './journal.ts';
import { seeded } from './random.ts';
import type { Worlds } from './worlds.ts';

/** What goes wrong. */
export type Fault =
  | { readonly kind: 'throttle' }
  | { readonly kind: 'serverError' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly status?: number }
  /** No policy allows the caller this action; `resource` is what AWS's sentence names, `*` if left out. */
  | { readonly kind: 'accessDenied'; readonly resource?: string }
  /** Answers late by real time, up to `maxMs` where that is given; the effect happens before the delay. */
  | { readonly kind: 'latency'; readonly ms: number; readonly maxMs?: number }
  /** Never answers, and nothing happens. */
  | { readonly kind: 'hang' }
  /** Cuts the connection before anything happens. */
  | { readonly kind: 'dropRequest' }
  /** Cuts the connection after it happened: the caller cannot know. */
  | { readonly kind: 'dropResponse' }
  /** Answers from the past, as a replica does that lags behind. Meant for reads: a mutation would change the past. */
  | { readonly kind: 'stale'; readonly past: Worlds }
  /** Reads answer from the world as it was that long ago in simulated time, or when the rule was added. */
  | { readonly kind: 'lag'; readonly ms: number }
  /** Reads do not see what requests have changed within that much simulated time; what happens by itself they see. */
  | { readonly kind: 'eventual'; readonly ms: number };

export interface FaultRule {
  readonly fault: Fault;
  readonly service?: string;
  /** An operation name; left out, it is every operation. */
  readonly operation?: string;
  readonly account?: string;
  /** Members that the input must have, with these values. */
  readonly input?: Readonly<Record<string, unknown>>;
  /** The part of the matching requests that it hits, from 0 to 1, drawn by the region's seed; 1 if left out. */
  readonly share?: number;
  /** How many requests it hits; 0 for all until removed. If left out it is 1, or 0 where there is a `share`. */
  readonly times?: number;
  /** How many matching requests it lets through first. */
  readonly skip?: number;
  readonly match?: (entry: JournalEntry) => boolean;
}

/**
 * Called around each request, which waits for what it returns. `after` is after the effect and before the answer. Returning `'drop'` cuts the
 * connection there: a hook that kills the caller and returns `'drop'` in `before` makes it die without the request having been sent.
 */
export type RequestHook = (entry: JournalEntry, phase: 'before' | 'after') => unknown;

interface ActiveRule {
  readonly rule: FaultRule;
  /** Each rule draws from numbers of its own, so that one rule more does not change whom the others hit. */
  readonly random: () => number;
  skip: number;
  left: number;
}

export interface FaultOptions {
  readonly seed: number;
  /** Told for how long the past is needed, whenever that may have changed. */
  readonly remember: (ms: number) => void;
}

/** The faults that requests of the region meet. The oldest matching rule wins. */
export class Faults {
  readonly #options: FaultOptions;
  readonly #rules = new Map<number, ActiveRule>();
  readonly #hooks = new Set<RequestHook>();
  #added = 0;

  constructor(options: FaultOptions) {
    this.#options = options;
  }

  /** Adds a rule and returns what takes it away again. */
  add(rule: FaultRule): () => void {
    const id = this.addRule(rule);
    return () => this.remove(id);
  }

  /** The same for those who can only name a rule by its number. */
  addRule(rule: FaultRule): number {
    this.#added += 1;
    const times = rule.times ?? (rule.share === undefined ? 1 : 0);
    this.#rules.set(this.#added, {
      rule,
      random: seeded(this.#options.seed * 1_000 + this.#added),
      skip: rule.skip ?? 0,
      left: times === 0 ? Number.POSITIVE_INFINITY : times,
    });
    this.#remember();
    return this.#added;
  }

  /** False if there is no such rule any more. */
  remove(id: number): boolean {
    const removed = this.#rules.delete(id);
    this.#remember();
    return removed;
  }

  clear(): void {
    this.#rules.clear();
    this.#remember();
  }

  /** Adds a hook and returns what takes it away again. */
  onRequest(hook: RequestHook): () => void {
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  /** The fault that hits this request, using it up. */
  take(entry: JournalEntry): Fault | undefined {
    for (const [id, active] of this.#rules) {
      if (!matches(active.rule, entry) || !hits(active)) continue;
      active.left -= 1;
      if (active.left <= 0) this.remove(id);
      return drawn(active);
    }
    return undefined;
  }

  get hooked(): boolean {
    return this.#hooks.size > 0;
  }

  /** Runs all hooks; true if one of them wants the connection cut. */
  async cuts(entry: JournalEntry, phase: 'before' | 'after'): Promise<boolean> {
    let cut = false;
    for (const hook of this.#hooks) if ((await hook(entry, phase)) === 'drop') cut = true;
    return cut;
  }

  #remember(): void {
    const needed = [...this.#rules.values()].map(({ rule: { fault } }) => (looksBack(fault) ? fault.ms : 0));
    this.#options.remember(Math.max(0, ...needed));
  }
}

function hits(active: ActiveRule): boolean {
  if (active.skip > 0) {
    active.skip -= 1;
    return false;
  }
  return active.rule.share === undefined || active.random() < active.rule.share;
}

function drawn({ rule: { fault }, random }: ActiveRule): Fault {
  if (fault.kind !== 'latency' || fault.maxMs === undefined) return fault;
  return { kind: 'latency', ms: fault.ms + random() * (fault.maxMs - fault.ms) };
}

type LookingBack = Extract<Fault, { kind: 'lag' | 'eventual' }>;

const looksBack = (fault: Fault): fault is LookingBack => fault.kind === 'lag' || fault.kind === 'eventual';

function matches(rule: FaultRule, entry: JournalEntry): boolean {
  if (looksBack(rule.fault) && isMutation(entry)) return false;
  if (rule.service !== undefined && rule.service !== entry.service) return false;
  if (rule.operation !== undefined && rule.operation !== entry.operation) return false;
  if (rule.account !== undefined && rule.account !== entry.account) return false;
  if (rule.input !== undefined && !hasMembers(entry.input, rule.input)) return false;
  return rule.match === undefined || rule.match(entry);
}

function hasMembers(input: unknown, wanted: Readonly<Record<string, unknown>>): boolean {
  const members = new Map(Object.entries(Object(input)));
  return Object.entries(wanted).every(([name, value]) => JSON.stringify(members.get(name)) === JSON.stringify(value));
}
