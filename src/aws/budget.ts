import type { Clock } from '../clock.ts';
import { OperatorError } from '../errors.ts';
import type { Priority } from './command.ts';
import { type BucketLimits, type ThrottleResponse, TokenBucket } from './tokenbucket.ts';
import type { Place } from './waiters.ts';

interface ActionClass extends BucketLimits {
  readonly actions: readonly string[];
}

/**
 * AWS's own figures: bucket size and refill a second, per account and region, one bucket for all actions of a class.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html, "Request Token Bucket Sizes and Refill Rates".
 */
export const ecsActionClasses = {
  clusterModify: {
    burst: 20,
    refillPerSecond: 1,
    actions: [
      'CreateCluster',
      'DeleteCluster',
      'PutClusterCapacityProviders',
      'UpdateCluster',
      'UpdateClusterSettings',
    ],
  },
  clusterRead: { burst: 50, refillPerSecond: 20, actions: ['DescribeClusters', 'ListClusters'] },
  taskDefinitionModify: {
    burst: 20,
    refillPerSecond: 1,
    actions: ['DeregisterTaskDefinition', 'RegisterTaskDefinition'],
  },
  taskDefinitionRead: {
    burst: 50,
    refillPerSecond: 20,
    actions: ['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'],
  },
  taskDefinitionDelete: { burst: 5, refillPerSecond: 1, actions: ['DeleteTaskDefinitions'] },
  capacityProviderModify: {
    burst: 10,
    refillPerSecond: 1,
    actions: ['CreateCapacityProvider', 'DeleteCapacityProvider', 'UpdateCapacityProvider'],
  },
  capacityProviderRead: { burst: 50, refillPerSecond: 20, actions: ['DescribeCapacityProviders'] },
  tagModify: { burst: 20, refillPerSecond: 10, actions: ['TagResource', 'UntagResource'] },
  tagRead: { burst: 50, refillPerSecond: 20, actions: ['ListTagsForResource'] },
  settingModify: {
    burst: 10,
    refillPerSecond: 1,
    actions: ['DeleteAccountSetting', 'PutAccountSetting', 'PutAccountSettingDefault'],
  },
  settingRead: { burst: 50, refillPerSecond: 20, actions: ['ListAccountSettings'] },
  clusterResourceModify: {
    burst: 100,
    refillPerSecond: 40,
    actions: [
      'DeleteAttributes',
      'DeregisterContainerInstance',
      'ExecuteCommand',
      'PutAttributes',
      'RunTask',
      'StartTask',
      'StopTask',
      'UpdateContainerAgent',
      'UpdateContainerInstancesState',
    ],
  },
  clusterResourceRead: {
    burst: 100,
    refillPerSecond: 20,
    actions: ['DescribeContainerInstances', 'DescribeTasks', 'ListAttributes', 'ListContainerInstances', 'ListTasks'],
  },
  serviceModify: { burst: 50, refillPerSecond: 5, actions: ['CreateService', 'DeleteService', 'UpdateService'] },
  serviceRead: { burst: 100, refillPerSecond: 20, actions: ['DescribeServices', 'ListServices'] },
  serviceDeployment: {
    burst: 50,
    refillPerSecond: 20,
    actions: ['DescribeServiceDeployments', 'ListServiceDeployments'],
  },
  serviceRevision: { burst: 50, refillPerSecond: 20, actions: ['DescribeServiceRevisions'] },
  taskProtection: { burst: 200, refillPerSecond: 80, actions: ['GetTaskProtection', 'UpdateTaskProtection'] },
  serviceNamespaceRead: { burst: 10, refillPerSecond: 1, actions: ['ListServicesByNamespace'] },
} as const satisfies Record<string, ActionClass>;

/** For actions that AWS's table does not name: as small as the smallest class of its kind that we use. */
const unlisted: BucketLimits = { burst: 10, refillPerSecond: 1 };

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

/** The requests one account may still make in one region. All controllers share it. */
export class RequestBudget {
  readonly #clock: Clock;
  readonly #options: BudgetOptions;
  readonly #buckets = new Map<string, TokenBucket>();

  constructor(clock: Clock, options: Partial<BudgetOptions> = {}) {
    this.#clock = clock;
    this.#options = { ...defaults, ...options };
  }

  /** Waits for leave to send one `operation`. Throws `throttled` at once if that would take longer than `maxWaitMs`. */
  acquire(operation: string, priority: Priority, signal: AbortSignal): Place {
    const bucket = this.#bucketOf(operation);
    const waitMs = bucket.estimateMs(priority);
    if (waitMs > this.#options.maxWaitMs) {
      throw new OperatorError(
        'throttled',
        'BudgetExhausted',
        `${operation} waits for the request budget of class ${actionClassOf(operation)}; it is sent when AWS's rate limit allows.`,
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
  throttled(operation: string, retryAfterMs?: number): number {
    const bucket = this.#bucketOf(operation);
    bucket.throttled(retryAfterMs);
    return bucket.rate;
  }

  /** Pays for attempts that the SDK made beyond the first. */
  chargeRetries(operation: string, attempts: number): void {
    if (attempts > 1) this.#bucketOf(operation).charge(attempts - 1);
  }

  #bucketOf(operation: string): TokenBucket {
    const name = actionClassOf(operation);
    const known = this.#buckets.get(name);
    if (known !== undefined) return known;
    const { quotaScale, refillShare, throttle } = this.#options;
    const limits = limitsOf(name);
    const bucket = new TokenBucket(
      this.#clock,
      // A bucket that cannot hold one token would never let anybody through.
      {
        burst: Math.max(1, limits.burst * quotaScale),
        refillPerSecond: limits.refillPerSecond * quotaScale * refillShare,
      },
      throttle,
    );
    this.#buckets.set(name, bucket);
    return bucket;
  }
}

const classByAction = new Map<string, string>(
  Object.entries(ecsActionClasses).flatMap(([name, { actions }]) => actions.map((action) => [action, name] as const)),
);
const limitsByClass = new Map<string, BucketLimits>(Object.entries(ecsActionClasses));

/** The bucket that `operation` draws from; one that AWS does not list has a bucket of its own. */
export function actionClassOf(operation: string): string {
  return classByAction.get(operation) ?? operation;
}

function limitsOf(name: string): BucketLimits {
  return limitsByClass.get(name) ?? unlisted;
}
