import type {
  ContainerDefinition,
  HealthStatus,
  LaunchType,
  NetworkBinding,
  NetworkConfiguration,
  PlacementConstraint,
  PlacementStrategy,
  TaskOverride,
} from '@aws-sdk/client-ecs';
import type { Tags } from '../account/tag-rules.ts';
import type { ContainerInstanceState } from '../capacity/state.ts';
import type { ClusterState } from '../clusters/state.ts';
import type { DeploymentState, ServiceState } from '../services/state.ts';
import type { TaskDefinitionState } from '../task-definitions/state.ts';
import type { Behaviour } from './behaviour.ts';

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

/**
 * What those who care for a task hear of it: it counts as healthy now; its containers' health checks fail (again and again until it is
 * stopped); it failed by itself (and is about to stop); its status changed.
 */
export type TaskChange = 'healthy' | 'unhealthy' | 'failed' | 'moved';

export type StopCode =
  | 'TaskFailedToStart'
  | 'EssentialContainerExited'
  | 'UserInitiated'
  | 'ServiceSchedulerInitiated'
  | 'SpotInterruption'
  | 'TerminationNotice';

export interface ContainerState {
  readonly name: string;
  readonly definition: ContainerDefinition;
  readonly behaviour: Behaviour;
  lastStatus: 'PENDING' | 'RUNNING' | 'STOPPED';
  /** Told to stop, and not stopped yet. */
  stopping: boolean;
  healthStatus: HealthStatus;
  /** Counts its starts and stops, so that what was planned for an earlier run does not happen to a later one. */
  generation: number;
  startedAt: Date | undefined;
  exitCode: number | undefined;
  reason: string | undefined;
  networkBindings: readonly NetworkBinding[];
}

export interface TaskState {
  readonly arn: string;
  readonly id: string;
  readonly cluster: ClusterState;
  readonly taskDefinition: TaskDefinitionState;
  readonly service: ServiceState | undefined;
  readonly deployment: DeploymentState | undefined;
  readonly launchType: LaunchType;
  readonly capacityProvider: string | undefined;
  /** Where it runs; set when it is placed. Never on Fargate. */
  containerInstance: ContainerInstanceState | undefined;
  /** Where its network interface is, if it has one of its own. */
  subnetId: string | undefined;
  /** That of its instance or of its interface; unknown while it waits for an instance. */
  availabilityZone: string | undefined;
  readonly platformVersion: string | undefined;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly overrides: TaskOverride | undefined;
  /** What RunTask asked of its instance, for as long as it waits for one. A service's settings say it for its tasks. */
  readonly placement: {
    readonly constraints: readonly PlacementConstraint[];
    readonly strategy: readonly PlacementStrategy[];
  };
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly enableExecuteCommand: boolean;
  readonly tags: Tags;
  readonly createdAt: Date;
  readonly containers: readonly ContainerState[];
  lastStatus: TaskStatus;
  desiredStatus: 'RUNNING' | 'STOPPED';
  /** Counts towards minimumHealthyPercent. */
  healthy: boolean;
  version: number;
  stopCode: StopCode | undefined;
  stoppedReason: string | undefined;
  pullStartedAt: Date | undefined;
  pullStoppedAt: Date | undefined;
  startedAt: Date | undefined;
  stoppingAt: Date | undefined;
  executionStoppedAt: Date | undefined;
  stoppedAt: Date | undefined;
  /** Until when neither scale-in nor a deployment may stop it; kept after it has passed. */
  protectedUntil: Date | undefined;
}
