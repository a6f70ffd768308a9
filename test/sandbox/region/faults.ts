import type { JournalEntry } from './journal.ts';
import type { Worlds } from './worlds.ts';

/** What goes wrong. */
export type Fault =
  | { readonly kind: 'throttle' }
  | { readonly kind: 'serverError' }
  | { readonly kind: 'error'; readonly code: string; readonly message: string; readonly status?: number }
  /** Answers late; the effect happens before the delay. */
  | { readonly kind: 'latency'; readonly ms: number }
  /** Never answers, and nothing happens. */
  | { readonly kind: 'hang' }
  /** Cuts the connection before anything happens. */
  | { readonly kind: 'dropRequest' }
  /** Cuts the connection after it happened: the caller cannot know. */
  | { readonly kind: 'dropResponse' }
  /** Answers from the past, as a replica does that lags behind. Meant for reads: a mutation would change the past. */
  | { readonly kind: 'stale'; readonly past: Worlds };

export interface FaultRule {
  readonly fault: Fault;
  /** An operation name; left out, it is every operation. */
  readonly operation?: string;
  /** How many requests it hits; 1 if left out, 0 for all until removed. */
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
  skip: number;
  left: number;
}

/** The faults that requests of the region meet. The oldest matching rule wins. */
export class Faults {
  readonly #rules = new Set<ActiveRule>();
  readonly #hooks = new Set<RequestHook>();

  /** Adds a rule and returns what takes it away again. */
  add(rule: FaultRule): () => void {
    const active: ActiveRule = {
      rule,
      skip: rule.skip ?? 0,
      left: rule.times === 0 ? Number.POSITIVE_INFINITY : (rule.times ?? 1),
    };
    this.#rules.add(active);
    return () => this.#rules.delete(active);
  }

  clear(): void {
    this.#rules.clear();
  }

  /** Adds a hook and returns what takes it away again. */
  onRequest(hook: RequestHook): () => void {
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  /** The fault that hits this request, using it up. */
  take(entry: JournalEntry): Fault | undefined {
    for (const active of this.#rules) {
      if (!matches(active.rule, entry)) continue;
      if (active.skip > 0) {
        active.skip -= 1;
        continue;
      }
      active.left -= 1;
      if (active.left <= 0) this.#rules.delete(active);
      return active.rule.fault;
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
}

function matches(rule: FaultRule, entry: JournalEntry): boolean {
  if (rule.operation !== undefined && rule.operation !== entry.operation) return false;
  return rule.match === undefined || rule.match(entry);
}
