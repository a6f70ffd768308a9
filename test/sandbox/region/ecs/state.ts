import type {
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  ClusterServiceConnectDefaults,
  ClusterSetting,
  CreateServiceRequest,
  DeploymentConfiguration,
  LaunchType,
  LoadBalancer,
  NetworkConfiguration,
  ServiceConnectConfiguration,
  ServiceEvent,
  ServiceRegistry,
  ServiceVolumeConfiguration,
  TaskDefinition,
  TaskOverride,
  VpcLatticeConfiguration,
} from '@aws-sdk/client-ecs';
import type { Agenda } from '../agenda.ts';
import type { Timings } from '../timings.ts';

/** Everything ECS knows in one account and region. */
export interface World {
  readonly account: string;
  readonly region: string;
  readonly agenda: Agenda;
  readonly timings: Timings;
  /** By name; inactive clusters stay describable. */
  readonly clusters: Map<string, ClusterState>;
  readonly families: Map<string, FamilyState>;
  /** By ARN, so that DescribeServiceRevisions and DescribeServiceDeployments need no search. */
  readonly revisions: Map<string, RevisionState>;
  readonly serviceDeployments: Map<string, ServiceDeploymentState>;
  /** RunTask's client tokens. */
  readonly runs: Map<string, { readonly fingerprint: string; readonly tasks: readonly TaskState[] }>;
  /** The service scheduler; called soon after anything that concerns the service has changed. */
  readonly reconcile: (service: ServiceState) => void;
}

export type Tags = Map<string, string>;

export interface ClusterState {
  readonly name: string;
  readonly arn: string;
  status: 'PROVISIONING' | 'ACTIVE' | 'INACTIVE';
  settings: readonly ClusterSetting[];
  configuration: ClusterConfiguration | undefined;
  serviceConnectDefaults: ClusterServiceConnectDefaults | undefined;
  capacityProviders: readonly string[];
  defaultStrategy: readonly CapacityProviderStrategyItem[];
  readonly tags: Tags;
  /** The latest service of each name, inactive ones included. */
  readonly services: Map<string, ServiceState>;
  readonly tasks: Map<string, TaskState>;
  runningTasks: number;
  pendingTasks: number;
  activeServices: number;
}

export interface FamilyState {
  readonly name: string;
  /** Never goes back, also when revisions are deleted. */
  lastRevision: number;
  readonly revisions: Map<number, TaskDefinitionState>;
}

export interface TaskDefinitionState {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  /** What Register answered; `status` and the dates are laid over it. */
  readonly definition: TaskDefinition;
  readonly tags: Tags;
  deregisteredAt: Date | undefined;
  deleteRequestedAt: Date | undefined;
  /** Live tasks and deployments that keep a deletion from finishing. */
  users: number;
}

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

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

export type StopCode = 'TaskFailedToStart' | 'EssentialContainerExited' | 'UserInitiated' | 'ServiceSchedulerInitiated';

export interface TaskState {
  readonly arn: string;
  readonly id: string;
  readonly cluster: ClusterState;
  readonly taskDefinition: TaskDefinitionState;
  readonly service: ServiceState | undefined;
  readonly deployment: DeploymentState | undefined;
  readonly launchType: LaunchType;
  readonly capacityProvider: string | undefined;
  readonly platformVersion: string | undefined;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly overrides: TaskOverride | undefined;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly enableExecuteCommand: boolean;
  readonly tags: Tags;
  readonly createdAt: Date;
  lastStatus: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  /** Counts towards minimumHealthyPercent. */
  healthy: boolean;
  version: number;
  stopCode: StopCode | undefined;
  stoppedReason: string | undefined;
  containerReason: string | undefined;
  exitCode: number | undefined;
  pullStartedAt: Date | undefined;
  pullStoppedAt: Date | undefined;
  startedAt: Date | undefined;
  stoppingAt: Date | undefined;
  executionStoppedAt: Date | undefined;
  stoppedAt: Date | undefined;
}
