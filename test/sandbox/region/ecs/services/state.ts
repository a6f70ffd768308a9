import type {
  CapacityProviderStrategyItem,
  CreateServiceRequest,
  DeploymentConfiguration,
  LaunchType,
  LoadBalancer,
  NetworkConfiguration,
  ServiceConnectConfiguration,
  ServiceEvent,
  ServiceRegistry,
  ServiceVolumeConfiguration,
  VpcLatticeConfiguration,
} from '@aws-sdk/client-ecs';
import type { Tags } from '../account/tag-rules.ts';
import type { ClusterState } from '../clusters/state.ts';
import type { TaskDefinitionState } from '../task-definitions/state.ts';
import type { TaskState } from '../tasks/state.ts';

/** What a service's tasks are made from. A change to any of it makes a new revision and a new deployment. */
export interface Template {
  readonly taskDefinition: TaskDefinitionState;
  readonly launchType: LaunchType | undefined;
  readonly strategy: readonly CapacityProviderStrategyItem[] | undefined;
  readonly platformVersion: string | undefined;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly loadBalancers: readonly LoadBalancer[];
  readonly serviceRegistries: readonly ServiceRegistry[];
  readonly serviceConnect: ServiceConnectConfiguration | undefined;
  readonly volumes: readonly ServiceVolumeConfiguration[] | undefined;
  readonly lattice: readonly VpcLatticeConfiguration[] | undefined;
}

export interface RevisionState {
  readonly arn: string;
  /** The number in `ecs-svc/<number>` too. */
  readonly number: string;
  readonly service: ServiceState;
  readonly template: Template;
  readonly createdAt: Date;
}

export type RolloutState = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

export interface DeploymentState {
  readonly id: string;
  readonly revision: RevisionState;
  readonly createdAt: Date;
  updatedAt: Date;
  rolloutState: RolloutState;
  rolloutStateReason: string;
  failedTasks: number;
  /** ECS stops evaluating failures once a task of the deployment is healthy. */
  hasBeenHealthy: boolean;
}

export type ServiceDeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOPPED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

export interface ServiceDeploymentState {
  readonly arn: string;
  readonly service: ServiceState;
  readonly target: RevisionState;
  readonly sources: readonly RevisionState[];
  readonly configuration: DeploymentConfiguration;
  readonly createdAt: Date;
  updatedAt: Date;
  finishedAt: Date | undefined;
  stoppedAt: Date | undefined;
  status: ServiceDeploymentStatus;
  statusReason: string | undefined;
  rollback: { readonly reason: string; readonly startedAt: Date; readonly revision: RevisionState } | undefined;
  breaker: 'DISABLED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'TRIGGERED';
  failureCount: number;
}

export interface ServiceState {
  readonly cluster: ClusterState;
  readonly name: string;
  readonly arn: string;
  readonly createdAt: Date;
  readonly createdBy: string;
  /** What CreateService was called with, to answer its repetition. */
  readonly created: CreateServiceRequest;
  status: 'ACTIVE' | 'DRAINING' | 'INACTIVE';
  desiredCount: number;
  template: Template;
  deploymentConfiguration: DeploymentConfiguration;
  settings: ServiceSettings;
  readonly tags: Tags;
  /** The first one is PRIMARY, the others are ACTIVE. */
  deployments: DeploymentState[];
  /** Newest first. */
  readonly serviceDeployments: ServiceDeploymentState[];
  /** Newest first, at most 100. */
  events: ServiceEvent[];
  /** Tasks that are not STOPPED. */
  readonly tasks: Set<TaskState>;
  /** True from reaching a steady state until tasks are started or stopped again. */
  steady: boolean;
  /** When the scheduler will look next. */
  awaitedAt: number | undefined;
  /** Failures in a row, for the start throttle. */
  failures: number;
  throttledUntil: number;
}

/** Properties of a service that change in place, without a new deployment. */
export interface ServiceSettings {
  readonly schedulingStrategy: 'REPLICA' | 'DAEMON';
  readonly deploymentController: CreateServiceRequest['deploymentController'];
  readonly placementConstraints: NonNullable<CreateServiceRequest['placementConstraints']>;
  readonly placementStrategy: NonNullable<CreateServiceRequest['placementStrategy']>;
  readonly healthCheckGracePeriodSeconds: number | undefined;
  readonly enableECSManagedTags: boolean;
  readonly enableExecuteCommand: boolean;
  readonly propagateTags: NonNullable<CreateServiceRequest['propagateTags']>;
  readonly availabilityZoneRebalancing: NonNullable<CreateServiceRequest['availabilityZoneRebalancing']>;
  readonly roleArn: string | undefined;
}
