import type {
  CapacityProviderStrategyItem,
  CreateServiceRequest,
  DeploymentConfiguration,
  DeploymentLifecycleHook,
  DeploymentLifecycleHookStage,
  GatewayConnector,
  LaunchType,
  LoadBalancer,
  MonitoringConfiguration,
  NetworkConfiguration,
  Service,
  ServiceConnectConfiguration,
  ServiceDeploymentLifecycleStage,
  ServiceEvent,
  ServiceRegistry,
  ServiceVolumeConfiguration,
  VpcLatticeConfiguration,
} from '@aws-sdk/client-ecs';
import type { Tags } from '../account/tag-rules.ts';
import type { ClusterState } from '../clusters/state.ts';
import type { TaskDefinitionState } from '../task-definitions/state.ts';
import type { TaskState } from '../tasks/state.ts';
import type { TargetState } from './health/state.ts';
import type { TaskSetState } from './task-sets/state.ts';

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
  readonly gatewayConnectors: readonly GatewayConnector[] | undefined;
  readonly monitoring: MonitoringConfiguration | undefined;
}

export interface RevisionState {
  readonly arn: string;
  /** The number in `ecs-svc/<number>` too. */
  readonly number: string;
  readonly service: ServiceState;
  readonly template: Template;
  readonly createdAt: Date;
  /** With blue/green, tasks of every other revision are in the alternate target groups. */
  readonly alternate: boolean;
}

export type RolloutState = 'IN_PROGRESS' | 'COMPLETED' | 'FAILED';

/** A group of tasks made from one revision: a deployment of the service, or the tasks of a task set. */
export interface DeploymentState {
  readonly id: string;
  readonly revision: RevisionState;
  readonly createdAt: Date;
  updatedAt: Date;
  rolloutState: RolloutState;
  rolloutStateReason: string;
  failedTasks: number;
  /** From then on tasks that fail to start no longer count, only those that fail their health checks (CB-03). */
  hasBeenHealthy: boolean;
}

export type ServiceDeploymentStatus =
  | 'PENDING'
  | 'IN_PROGRESS'
  | 'SUCCESSFUL'
  | 'STOPPED'
  | 'STOP_REQUESTED'
  | 'ROLLBACK_REQUESTED'
  | 'ROLLBACK_IN_PROGRESS'
  | 'ROLLBACK_SUCCESSFUL'
  | 'ROLLBACK_FAILED';

export type MonitorStatus = 'DISABLED' | 'MONITORING' | 'MONITORING_COMPLETE' | 'TRIGGERED';

export interface ServiceDeploymentState {
  readonly arn: string;
  readonly service: ServiceState;
  readonly target: RevisionState;
  readonly sources: readonly RevisionState[];
  /** What serves until the target does: the newest completed deployment, or whatever is the oldest one. */
  readonly source: DeploymentState | undefined;
  readonly configuration: DeploymentConfiguration;
  readonly createdAt: Date;
  startedAt: Date | undefined;
  updatedAt: Date;
  finishedAt: Date | undefined;
  stoppedAt: Date | undefined;
  status: ServiceDeploymentStatus;
  statusReason: string | undefined;
  rollback: { readonly reason: string; readonly startedAt: Date; readonly revision: RevisionState } | undefined;
  breaker: MonitorStatus;
  failureCount: number;
  readonly alarms: {
    status: MonitorStatus;
    /** In ALARM when the deployment began, and therefore not looked at (AL-04). */
    readonly ignored: readonly string[];
    triggered: readonly string[];
  };
  /** When the bake time of a ROLLING deployment with alarms is over (AL-02). */
  bakedAt: number | undefined;
  /** How far the traffic is; only with BLUE_GREEN, LINEAR and CANARY. */
  readonly lifecycle: LifecycleState | undefined;
}

/** PRE_PRODUCTION_TRAFFIC_SHIFT takes hooks, but is no stage that a service deployment shows: the SDK's enum lacks it. */
export type Stage = ServiceDeploymentLifecycleStage | DeploymentLifecycleHookStage;

export interface LifecycleState {
  stage: Stage;
  /** Which shift of production traffic comes next, or is being made. */
  step: number;
  /** When the stage has lasted long enough. Hooks, tasks and traffic may take longer. */
  until: number;
  /** Of the present stage. */
  hooks: HookState[];
  /** Percent of the traffic that goes to the target revision. */
  productionWeight: number;
  testWeight: number;
}

export interface HookState {
  readonly id: string;
  readonly hook: DeploymentLifecycleHook;
  readonly expiresAt: number;
  status: 'AWAITING_ACTION' | 'IN_PROGRESS' | 'SUCCEEDED' | 'FAILED' | 'TIMED_OUT';
  /** When the Lambda function answers, and what. */
  readonly answer: { readonly at: number; readonly status: 'SUCCEEDED' | 'FAILED' } | undefined;
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
  /** None with the EXTERNAL controller, where task sets have it. */
  template: Template | undefined;
  deploymentConfiguration: DeploymentConfiguration;
  settings: ServiceSettings;
  readonly tags: Tags;
  /** The first one is PRIMARY, the others are ACTIVE. Empty with task sets. */
  deployments: DeploymentState[];
  /** Only with the controllers CODE_DEPLOY and EXTERNAL. */
  taskSets: TaskSetState[];
  /** Newest first; kept for 90 days. */
  serviceDeployments: ServiceDeploymentState[];
  /** Newest first, at most 100. */
  events: ServiceEvent[];
  /** When each message was last given, as far as repeating it is suppressed. */
  readonly suppressed: Map<string, number>;
  /** Tasks that are not STOPPED. */
  readonly tasks: Set<TaskState>;
  /** Targets of those tasks that are behind load balancers. */
  readonly targets: Map<TaskState, readonly TargetState[]>;
  /** Tasks that failed their health checks and are to be replaced, and why. */
  readonly unhealthy: Map<TaskState, string>;
  /** True from reaching a steady state until tasks are started or stopped again. */
  steady: boolean;
  /** When the scheduler will look next. */
  awaitedAt: number | undefined;
  /** Failures in a row, for the start throttle. */
  failures: number;
  throttledUntil: number;
  /** When a task that found no place is next tried. */
  refusedUntil: number;
  /** What DescribeServices answers, until something changes. */
  view: Service | undefined;
}

export type Controller = 'ECS' | 'CODE_DEPLOY' | 'EXTERNAL';

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
