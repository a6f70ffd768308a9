import type {
  Activity,
  AutoScalingGroup,
  InstanceRefresh,
  LifecycleHook,
  ScalingPolicy,
  WarmPoolConfiguration,
} from '@aws-sdk/client-auto-scaling';
import type { InstanceTypeInfo, LaunchTemplate, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type {
  CapacityProvider,
  Cluster,
  ContainerInstance,
  Service,
  ServiceDeployment,
  ServiceRevision,
  Tag,
  Task,
  TaskDefinition,
  TaskDefinitionStatus,
} from '@aws-sdk/client-ecs';
import type { CallerIdentity } from './identity.ts';

/** A task definition and its tags, which AWS keeps beside it. */
export interface TaskDefinitionAnswer {
  readonly taskDefinition: TaskDefinition;
  readonly tags: readonly Tag[];
}

/** What a search through revisions has come to. */
export interface OwnRevisions {
  /** Some of the owner's, if there are any among those that were looked at. */
  readonly own: readonly string[];
  /** How many are not known to be somebody else's: 0 at the end of the search. */
  readonly open: number;
}

/**
 * What a kind may ask of ECS. Every answer is either whole or an `OperatorError`; `undefined` means that AWS says it does
 * not exist. An INACTIVE cluster, service or revision is returned as it is: what that means is for the kind to decide.
 */
export interface EcsReads {
  /** With tags. `undefined` also when the cluster itself does not exist. */
  describeService(cluster: string, service: string): Promise<Service | undefined>;
  /** With settings, configuration, attachments, statistics and tags. */
  describeCluster(cluster: string): Promise<Cluster | undefined>;
  /** By ARN, `family:revision`, or family (the newest ACTIVE revision). */
  describeTaskDefinition(arnOrFamily: string): Promise<TaskDefinitionAnswer | undefined>;
  /** Whether the family has an ACTIVE revision. */
  activeFamilyExists(family: string): Promise<boolean>;
  /** ARNs of the revisions of exactly this family, newest first, all pages. */
  listTaskDefinitions(family: string, filter: { readonly status: TaskDefinitionStatus }): Promise<readonly string[]>;
  /**
   * Looks for those of these revisions that carry the tag of the owner with this uid, who must not tag any more. It may look at a part
   * only; asked again, it goes on from there.
   */
  findOwnRevisions(uid: string, arns: readonly string[]): Promise<OwnRevisions>;
  describeServiceRevision(arn: string): Promise<ServiceRevision | undefined>;
  /** The newest service deployment in full; `undefined` before the first one. */
  latestServiceDeployment(cluster: string, service: string): Promise<ServiceDeployment | undefined>;
  /** Names of the cluster's services that are not INACTIVE. */
  listServices(cluster: string): Promise<readonly string[]>;
  /** With tags, by name or ARN. A Managed Instances provider is found only with its `cluster`. */
  describeCapacityProvider(provider: string, cluster?: string): Promise<CapacityProvider | undefined>;
  /** All container instances of the cluster that are not INACTIVE, external ones too. Empty also when there is no such cluster. */
  containerInstances(cluster: string): Promise<readonly ContainerInstance[]>;
  /** Tasks of the cluster that ECS means to run and that have not got further than PENDING. Of a large cluster the first thousand are looked through. */
  waitingTasks(cluster: string): Promise<readonly Task[]>;
}

/** What a kind may ask of Auto Scaling. */
export interface AutoScalingReads {
  /** With tags and instances. `undefined` when no group has this name. */
  describeAutoScalingGroup(name: string): Promise<AutoScalingGroup | undefined>;
  /** All of the region. */
  listAutoScalingGroups(): Promise<readonly AutoScalingGroup[]>;
  /** The newest one. */
  latestInstanceRefresh(group: string): Promise<InstanceRefresh | undefined>;
  describeLifecycleHooks(group: string): Promise<readonly LifecycleHook[]>;
  describeWarmPool(group: string): Promise<WarmPoolConfiguration | undefined>;
  /** The newest ten, newest first. */
  latestScalingActivities(group: string): Promise<readonly Activity[]>;
  describeScalingPolicies(group: string): Promise<readonly ScalingPolicy[]>;
}

/** What a kind may ask of EC2. */
export interface Ec2Reads {
  /** With tags. */
  describeLaunchTemplate(name: string): Promise<LaunchTemplate | undefined>;
  /** All versions with their data, newest first; none when the template does not exist. */
  describeLaunchTemplateVersions(launchTemplateId: string): Promise<readonly LaunchTemplateVersion[]>;
  /** `undefined` when the region does not have this type. */
  describeInstanceType(instanceType: string): Promise<InstanceTypeInfo | undefined>;
}

/** What a kind may ask of Systems Manager. */
export interface SsmReads {
  /** The value of a public or own parameter. */
  getParameter(name: string): Promise<string | undefined>;
}

/** What a kind may ask of the Security Token Service. */
export interface StsReads {
  /** Whose the credentials are. Throws `AccountMismatch` when they are not of the account that they have to be of. */
  callerIdentity(): Promise<CallerIdentity>;
}

/** All of it. A kind asks for what it needs; answers that are needed at the same moment share calls. */
export type AwsReads = EcsReads & AutoScalingReads & Ec2Reads & SsmReads & StsReads;
