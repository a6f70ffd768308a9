/** How often an account may call in one region: a bucket of tokens for all actions of a class together. */
interface ActionClass {
  readonly burst: number;
  readonly refillPerSecond: number;
  readonly actions: readonly string[] | RegExp;
  /** Each action has a bucket of its own. */
  readonly perAction?: true;
}

const READ = { burst: 50, refillPerSecond: 20 } as const;

/**
 * By service, in the order in which a class is looked for; an action in none of them is not limited.
 *
 * - ecs: "Request token bucket sizes and refill rates", https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html.
 *   RunTask stands there with the cluster resource actions; the guide's Fargate quota of 20 calls a second, burst 20 (guide part 4, §17), is lower and is the one taken.
 * - ec2: "Request token limits", https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html. Each action has a bucket of its own. The page's exceptions
 *   for single actions are not all here; RunInstances' second bucket, of instances, is not modelled.
 * - ssm: "Parameter Store: transactions per second", https://docs.aws.amazon.com/general/latest/gr/ssm.html, by default. No burst is published: one second's worth is taken.
 * - autoscaling, application-autoscaling: one bucket a service for all actions (https://repost.aws/knowledge-center/autoscaling-api-calls-throttled), but of a size that
 *   AWS does not publish, so they are not limited here. sts neither.
 */
export const PUBLISHED_RATES: Readonly<Record<string, readonly ActionClass[]>> = {
  ecs: [
    { burst: 20, refillPerSecond: 20, actions: ['RunTask'] },
    {
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
    { ...READ, actions: ['DescribeClusters', 'ListClusters'] },
    { burst: 20, refillPerSecond: 1, actions: ['DeregisterTaskDefinition', 'RegisterTaskDefinition'] },
    { ...READ, actions: ['DescribeTaskDefinition', 'ListTaskDefinitions', 'ListTaskDefinitionFamilies'] },
    { burst: 5, refillPerSecond: 1, actions: ['DeleteTaskDefinitions'] },
    { burst: 10, refillPerSecond: 1, actions: /^(Create|Delete|Update)CapacityProvider$/ },
    { ...READ, actions: ['DescribeCapacityProviders'] },
    { burst: 20, refillPerSecond: 10, actions: ['TagResource', 'UntagResource'] },
    { ...READ, actions: ['ListTagsForResource'] },
    {
      burst: 10,
      refillPerSecond: 1,
      actions: ['DeleteAccountSetting', 'PutAccountSetting', 'PutAccountSettingDefault'],
    },
    { ...READ, actions: ['ListAccountSettings'] },
    {
      burst: 100,
      refillPerSecond: 40,
      actions: [
        'DeleteAttributes',
        'DeregisterContainerInstance',
        'ExecuteCommand',
        'PutAttributes',
        'StartTask',
        'StopTask',
        'UpdateContainerAgent',
        'UpdateContainerInstancesState',
      ],
    },
    {
      burst: 100,
      refillPerSecond: 20,
      actions: ['DescribeContainerInstances', 'DescribeTasks', 'ListAttributes', 'ListContainerInstances', 'ListTasks'],
    },
    { burst: 50, refillPerSecond: 5, actions: ['CreateService', 'DeleteService', 'UpdateService'] },
    { burst: 100, refillPerSecond: 20, actions: ['DescribeServices', 'ListServices'] },
    { ...READ, actions: ['DescribeServiceDeployments', 'ListServiceDeployments'] },
    { ...READ, actions: ['DescribeServiceRevisions'] },
    { burst: 200, refillPerSecond: 80, actions: ['GetTaskProtection', 'UpdateTaskProtection'] },
    { burst: 10, refillPerSecond: 1, actions: ['ListServicesByNamespace'] },
  ],
  ec2: [
    { burst: 100, refillPerSecond: 20, actions: /^(Describe|Get|List|Search)/, perAction: true },
    { burst: 5, refillPerSecond: 2, actions: ['RunInstances', 'StartInstances'], perAction: true },
    { burst: 50, refillPerSecond: 5, actions: /./, perAction: true },
  ],
  ssm: [{ burst: 40, refillPerSecond: 40, actions: ['GetParameter', 'GetParameters', 'GetParametersByPath'] }],
};

interface Bucket {
  tokens: number;
  filledAt: number;
}

/** Counts requests against AWS's rate limits, in simulated time. */
export class Rates {
  readonly #buckets = new Map<string, Bucket>();
  #scale: number | undefined;

  constructor(setting: RateSetting) {
    this.use(setting);
  }

  /** Starts afresh with full buckets. */
  use(setting: RateSetting): void {
    const scale = setting === 'published' ? 1 : setting === 'unlimited' ? undefined : setting;
    if (scale !== undefined && !(scale > 0)) throw new RangeError(`rates must be above 0, not ${scale}`);
    this.#scale = scale;
    this.#buckets.clear();
  }

  /** False if the request is one too many; otherwise it has taken a token. */
  allow(request: RateRequest, now: number): boolean {
    if (this.#scale === undefined) return true;
    const classes = PUBLISHED_RATES[request.service] ?? [];
    const index = classes.findIndex(({ actions }) => includes(actions, request.operation));
    const found = classes[index];
    if (found === undefined) return true;
    const name = found.perAction ? request.operation : index;
    const bucket = this.#bucketOf(`${request.account}/${request.region}/${request.service}/${name}`, found, now);
    if (bucket.tokens < 1) return false;
    bucket.tokens -= 1;
    return true;
  }

  #bucketOf(key: string, { burst, refillPerSecond }: ActionClass, now: number): Bucket {
    const scale = this.#scale ?? 1;
    // A bucket that cannot hold one token would let nobody through for ever.
    const size = Math.max(1, burst * scale);
    const bucket = this.#buckets.get(key) ?? { tokens: size, filledAt: now };
    bucket.tokens = Math.min(size, bucket.tokens + ((now - bucket.filledAt) / 1_000) * refillPerSecond * scale);
    bucket.filledAt = now;
    this.#buckets.set(key, bucket);
    return bucket;
  }
}

/** AWS's figures, a multiple of them, or none. */
export type RateSetting = 'published' | 'unlimited' | number;

export interface RateRequest {
  readonly service: string;
  readonly operation: string;
  readonly account: string;
  readonly region: string;
}

const includes = (actions: ActionClass['actions'], action: string): boolean =>
  actions instanceof RegExp ? actions.test(action) : actions.includes(action);
