import type { LaunchType, NetworkConfiguration, TaskOverride } from '@aws-sdk/client-ecs';
import type { World } from '../../world.ts';
import type { Tags } from '../account/tag-rules.ts';
import { arn } from '../arn.ts';
import type { ClusterState } from '../clusters/state.ts';
import { taskId } from '../ids.ts';
import type { DeploymentState, ServiceState } from '../services/state.ts';
import type { TaskDefinitionState } from '../task-definitions/state.ts';
import { behaviourOf } from './behaviour.ts';
import type { StopCode, TaskState, TaskStatus } from './state.ts';

export interface TaskInput {
  readonly cluster: ClusterState;
  readonly taskDefinition: TaskDefinitionState;
  readonly service?: ServiceState;
  readonly deployment?: DeploymentState;
  readonly launchType: LaunchType;
  readonly capacityProvider?: string | undefined;
  readonly platformVersion: string | undefined;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly overrides?: TaskOverride | undefined;
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly enableExecuteCommand: boolean;
  readonly tags: Tags;
}

/** Creates a task and puts its life on the agenda. On EC2 it stays PROVISIONING: the region has no container instances. */
export function startTask(world: World, input: TaskInput): TaskState {
  const id = taskId();
  const task: TaskState = {
    arn: arn(world, `task/${input.cluster.name}/${id}`),
    id,
    cluster: input.cluster,
    taskDefinition: input.taskDefinition,
    service: input.service,
    deployment: input.deployment,
    launchType: input.launchType,
    capacityProvider: input.capacityProvider,
    containerInstance: undefined,
    platformVersion: input.platformVersion,
    networkConfiguration: input.networkConfiguration,
    overrides: input.overrides,
    group: input.group,
    startedBy: input.startedBy,
    enableExecuteCommand: input.enableExecuteCommand,
    tags: input.tags,
    createdAt: world.agenda.date,
    lastStatus: 'PROVISIONING',
    desiredStatus: 'RUNNING',
    healthy: false,
    version: 1,
    stopCode: undefined,
    stoppedReason: undefined,
    containerReason: undefined,
    exitCode: undefined,
    pullStartedAt: undefined,
    pullStoppedAt: undefined,
    startedAt: undefined,
    stoppingAt: undefined,
    executionStoppedAt: undefined,
    stoppedAt: undefined,
  };
  input.cluster.tasks.set(id, task);
  input.cluster.pendingTasks += 1;
  input.taskDefinition.users += 1;
  input.service?.tasks.add(task);
  if (task.launchType === 'FARGATE') {
    later(world, task, world.timings.provisioning, () => pull(world, task));
  }
  return task;
}

/** Asks a task to stop; what has not started yet skips the steps it does not need. */
export function stopTask(world: World, task: TaskState, code: StopCode, reason: string): void {
  if (task.desiredStatus === 'STOPPED') return;
  const wasRunning = task.lastStatus === 'RUNNING';
  countOut(task);
  task.desiredStatus = 'STOPPED';
  task.healthy = false;
  task.stopCode = code;
  task.stoppedReason = reason;
  task.stoppingAt = world.agenda.date;
  task.version += 1;
  if (wasRunning) {
    move(world, task, 'DEACTIVATING');
    later(world, task, world.timings.deactivating, () => stopping(world, task));
  } else {
    stopping(world, task);
  }
}

function pull(world: World, task: TaskState): void {
  move(world, task, 'PENDING');
  task.pullStartedAt = world.agenda.date;
  const behaviour = behaviourOf(task.taskDefinition);
  const pulling = behaviour.kind === 'slow' ? behaviour.pullingMs : world.timings.pulling;
  later(world, task, pulling, () => {
    task.pullStoppedAt = world.agenda.date;
    if (behaviour.kind === 'cannotPull') {
      const reason =
        `CannotPullContainerError: pull image manifest has been retried 1 time(s): ` +
        `failed to resolve ref ${behaviour.image}: not found`;
      task.containerReason = reason;
      fail(world, task, 'TaskFailedToStart', reason);
      return;
    }
    move(world, task, 'ACTIVATING');
    later(world, task, world.timings.activating, () => run(world, task));
  });
}

function run(world: World, task: TaskState): void {
  task.startedAt = world.agenda.date;
  countOut(task);
  task.cluster.runningTasks += 1;
  move(world, task, 'RUNNING');
  const behaviour = behaviourOf(task.taskDefinition);
  if (behaviour.kind === 'exits') {
    later(world, task, world.timings.exit, () => {
      task.exitCode = behaviour.code;
      fail(world, task, 'EssentialContainerExited', 'Essential container in task exited');
    });
    return;
  }
  later(world, task, world.timings.healthy, () => {
    task.healthy = true;
    world.on.task(world, task, 'healthy');
  });
}

function fail(world: World, task: TaskState, code: StopCode, reason: string): void {
  stopTask(world, task, code, reason);
  world.on.task(world, task, 'failed');
}

function stopping(world: World, task: TaskState): void {
  move(world, task, 'STOPPING');
  later(world, task, world.timings.stopping, () => {
    task.executionStoppedAt = world.agenda.date;
    move(world, task, 'DEPROVISIONING');
    later(world, task, world.timings.deprovisioning, () => stopped(world, task));
  });
}

function stopped(world: World, task: TaskState): void {
  task.stoppedAt = world.agenda.date;
  task.exitCode ??= task.startedAt === undefined ? undefined : 0;
  task.taskDefinition.users -= 1;
  task.service?.tasks.delete(task);
  move(world, task, 'STOPPED');
  world.agenda.after(world.timings.retention, () => task.cluster.tasks.delete(task.id));
}

function move(world: World, task: TaskState, status: TaskStatus): void {
  task.lastStatus = status;
  task.version += 1;
  world.on.task(world, task, 'moved');
}

/** Runs `step` unless the task has moved by then: a stopped task must not be overtaken by its own start. */
function later(world: World, task: TaskState, delayMs: number, step: () => void): void {
  const version = task.version;
  world.agenda.after(delayMs, () => {
    if (task.version === version) step();
  });
}

/** Takes the task out of the cluster's counter it is in. A task that is to stop counts as neither pending nor running. */
function countOut(task: TaskState): void {
  if (task.lastStatus === 'RUNNING') task.cluster.runningTasks -= 1;
  else task.cluster.pendingTasks -= 1;
}
