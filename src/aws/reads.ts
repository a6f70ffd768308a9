import type {
  Cluster,
  Service,
  ServiceDeployment,
  ServiceRevision,
  Tag,
  TaskDefinition,
  TaskDefinitionStatus,
} from '@aws-sdk/client-ecs';

/** A task definition and its tags, which AWS keeps beside it. */
export interface TaskDefinitionAnswer {
  readonly taskDefinition: TaskDefinition;
  readonly tags: readonly Tag[];
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
  describeServiceRevision(arn: string): Promise<ServiceRevision | undefined>;
  /** The newest service deployment in full; `undefined` before the first one. */
  latestServiceDeployment(cluster: string, service: string): Promise<ServiceDeployment | undefined>;
  /** Names of the cluster's services that are not INACTIVE. */
  listServices(cluster: string): Promise<readonly string[]>;
  listTagsForResource(arn: string): Promise<readonly Tag[]>;
}
