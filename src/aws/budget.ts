import type { Clock } from '../clock.ts';
import { OperatorError } from '../errors.ts';
import { bucketOf } from './actionclasses.ts';
import type { Priority } from './command.ts';
import { type BucketLimits, type ThrottleResponse, TokenBucket } from './tokenbucket.ts';
import type { Place } from './waiters.ts';

export interface BudgetOptions {
  /** Part of AWS's refill rate that we take; other tools share the account (reliability §5: half). The burst is taken whole. */
  readonly refillShare: number;
  /** Above 1 for an account whose API quotas AWS Support has raised: multiplies burst and refill. */
  readonly quotaScale: number;
  /** One who would wait longer is turned away as `throttled`, so that a reconcile worker is not kept from other work. */
  readonly maxWaitMs: number;
  /** One who was turned away comes back after this long at the latest, give or take a quarter. */
  readonly maxAwayMs: number;
  readonly throttle: ThrottleResponse;
}

const defaults: BudgetOptions = {
  refillShare: 0.5,
  quotaScale: 1,
  maxWaitMs: 10_000,
  maxAwayMs: 60_000,
  throttle: { holdMs: 1_000, floor: 0.1, recoveryMs: 60_000 },
};

/** How many requests a class might send at this moment; below 0 after attempts that the SDK made by itself. */
export interface BudgetLevel {
  readonly service: string;
  /** As in `actionclasses.ts`; `all` for a service whose actions share one bucket. */
  readonly class: string;
  readonly tokens: number;
}

/** The requests one account may still make in one region. All controllers share it. */
export class RequestBudget {
  readonly #clock: Clock;
  readonly #options: BudgetOptions;
  readonly #buckets = new Map<string, { readonly bucket: TokenBucket; readonly published: BucketLimits }>();
  #share = 1;

  constructor(clock: Clock, options: Partial<BudgetOptions> = {}) {
    this.#clock = clock;
    this.#options = { ...defaults, ...options };
  }

  /** Which part of all this is ours, above 0 and at most 1: other replicas spend the rest. */
  set share(share: number) {
    if (share === this.#share) return;
    this.#share = share;
    for (const { bucket, published } of this.#buckets.values()) bucket.resize(this.#ours(published));
  }

  /** Waits for leave to send one `operation` of `service`. Throws `throttled` at once if that would take longer than `maxWaitMs`. */
  acquire(service: string, operation: string, priority: Priority, signal: AbortSignal): Place {
    const bucket = this.#bucketOf(service, operation);
    const waitMs = bucket.estimateMs(priority);
    if (waitMs > this.#options.maxWaitMs) {
      throw new OperatorError(
        'throttled',
        'BudgetExhausted',
        `${operation} waits for the request budget of class ${bucketOf(service, operation).name}; it is sent when AWS's rate limit allows.`,
        { operation, retryAfterMs: this.#retryAfterMs(bucket, priority) },
      );
    }
    return bucket.take(priority, signal);
  }

  /** Those for whom there is no token in sight come back to ask again, spread out. */
  #retryAfterMs(bucket: TokenBucket, priority: Priority): number {
    const { maxAwayMs } = this.#options;
    return bucket.comeBackInMs(priority, maxAwayMs) ?? maxAwayMs * (0.75 + this.#clock.random() / 2);
  }

  /** AWS answered with a rate limit. Returns the class's new rate, for the log. */
  throttled(service: string, operation: string, retryAfterMs?: number): number {
    const bucket = this.#bucketOf(service, operation);
    bucket.throttled(retryAfterMs);
    return bucket.rate;
  }

  /** Pays for attempts that the SDK made beyond the first. */
  chargeRetries(service: string, operation: string, attempts: number): void {
    if (attempts > 1) this.#bucketOf(service, operation).charge(attempts - 1);
  }

  /** Of the classes that have been drawn from so far. */
  get levels(): readonly BudgetLevel[] {
    return [...this.#buckets].map(([name, { bucket }]) => {
      const [service = name, className = 'all'] = name.split(':');
      return { service, class: className, tokens: bucket.tokens };
    });
  }

  #bucketOf(service: string, operation: string): TokenBucket {
    const { name, limits } = bucketOf(service, operation);
    const known = this.#buckets.get(name);
    if (known !== undefined) return known.bucket;
    const bucket = new TokenBucket(this.#clock, this.#ours(limits), this.#options.throttle);
    this.#buckets.set(name, { bucket, published: limits });
    return bucket;
  }

  #ours({ burst, refillPerSecond }: BucketLimits): BucketLimits {
    const { quotaScale, refillShare } = this.#options;
    return {
      // A bucket that cannot hold one token would never let anybody through.
      burst: Math.max(1, burst * quotaScale * this.#share),
      refillPerSecond: refillPerSecond * quotaScale * refillShare * this.#share,
    };
  }
}
