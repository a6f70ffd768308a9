import type { LaunchType, NetworkConfiguration, TaskOverride } from '@aws-sdk/client-ecs';
import type { Tags } from '../account/tag-rules.ts';
import type { ContainerInstanceState } from '../capacity/state.ts';
import type { ClusterState } from '../clusters/state.ts';
import type { DeploymentState, ServiceState } from '../services/state.ts';
import type { TaskDefinitionState } from '../task-definitions/state.ts';

export type TaskStatus =
  | 'PROVISIONING'
  | 'PENDING'
  | 'ACTIVATING'
  | 'RUNNING'
  | 'DEACTIVATING'
  | 'STOPPING'
  | 'DEPROVISIONING'
  | 'STOPPED';

/** What those who care for a task hear of it: it counts as healthy now; it failed by itself (and is about to stop); its status changed. */
export type TaskChange = 'healthy' | 'failed' | 'moved';

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
  /** Where it runs; set when it is placed. Never on Fargate. */
  containerInstance: ContainerInstanceState | undefined;
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
