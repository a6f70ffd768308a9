import { isRead } from './command.ts';
import type { BucketLimits } from './tokenbucket.ts';

interface ActionClass extends BucketLimits {
  readonly actions: readonly string[];
}

/**
 * AWS's own figures: bucket size and refill a second, per account and region, one bucket for all actions of a class.
 * https://docs.aws.amazon.com/AmazonECS/latest/APIReference/request-throttling.html, "Request Token Bucket Sizes and Refill Rates".
 */
const ecs = {
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
      'StartTask',
      'StopTask',
      'UpdateContainerAgent',
      'UpdateContainerInstancesState',
    ],
  },
  /** Stands there with the actions above; the guide's quota for the call is lower, and is the one taken (ecs-guide-4 §17, RT-5). */
  runTask: { burst: 20, refillPerSecond: 20, actions: ['RunTask'] },
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

/**
 * Parameter Store's default throughput, which these share; a region's other tools may have raised it.
 * https://docs.aws.amazon.com/general/latest/gr/ssm.html, "Parameter Store: transactions per second".
 */
const ssm = {
  parameterRead: { burst: 40, refillPerSecond: 40, actions: ['GetParameter', 'GetParameters', 'GetParametersByPath'] },
} as const satisfies Record<string, ActionClass>;

/**
 * 600 requests a second for each account and region, for these and others of its actions together.
 * https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_iam-quotas.html, "IAM and STS quotas", request rates.
 */
const sts = {
  signIn: { burst: 600, refillPerSecond: 600, actions: ['AssumeRole', 'GetCallerIdentity'] },
} as const satisfies Record<string, ActionClass>;

/** The classes of the services whose actions share buckets by class. */
export const actionClasses: ReadonlyMap<string, Readonly<Record<string, ActionClass>>> = new Map(
  Object.entries({ ecs, ssm, sts }),
);

/**
 * EC2 gives each action a bucket of its own, of a size that depends on what it does. Our reads are filtered and paged; the
 * page's exceptions for single actions are none of ours.
 * https://docs.aws.amazon.com/ec2/latest/devguide/ec2-api-throttling.html, "Request token limits".
 */
const ec2 = {
  read: { burst: 100, refillPerSecond: 20 },
  mutation: { burst: 50, refillPerSecond: 5 },
} as const satisfies Record<string, BucketLimits>;

/**
 * All actions of Auto Scaling share one bucket (https://docs.aws.amazon.com/autoscaling/ec2/APIReference/Welcome.html, "API request
 * rate"), of a size that AWS does not publish. Taken is half the burst of an EC2 read, with its refill; if that is too
 * much, AWS's throttle answers lower it.
 */
const autoScaling: BucketLimits = { burst: 50, refillPerSecond: 20 };

/** For actions that no table names: as small as the smallest class of its kind that we use. */
const unlisted: BucketLimits = { burst: 10, refillPerSecond: 1 };

/** The bucket that an action draws from. Its name is unique over all services: several have a DescribeTags. */
export interface Bucket {
  readonly name: string;
  readonly limits: BucketLimits;
}

const listed = new Map<string, Bucket>(
  [...actionClasses].flatMap(([service, classes]) =>
    Object.entries(classes).flatMap(([name, limits]) =>
      limits.actions.map((action) => [`${service}:${action}`, { name: `${service}:${name}`, limits }] as const),
    ),
  ),
);

/** An action that AWS does not list has a bucket of its own. */
export function bucketOf(service: string, operation: string): Bucket {
  const name = `${service}:${operation}`;
  switch (service) {
    case 'autoscaling':
      return { name: service, limits: autoScaling };
    case 'ec2':
      return { name, limits: isRead(operation) ? ec2.read : ec2.mutation };
    default:
      return listed.get(name) ?? { name, limits: unlisted };
  }
}
