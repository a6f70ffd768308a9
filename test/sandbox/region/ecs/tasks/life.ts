import type { LaunchType, NetworkConfiguration, TaskOverride } from '@aws-sdk/client-ecs';
import type { World } from '../../world.ts';
import type { Tags } from '../account/tag-rules.ts';
import { arn } from '../arn.ts';
import type { ContainerInstanceState } from '../capacity/state.ts';
import type { ClusterState } from '../clusters/state.ts';
import { taskId } from '../ids.ts';
import type { DeploymentState, ServiceState } from '../services/state.ts';
import type { TaskDefinitionState } from '../task-definitions/state.ts';
import { imageBehaviour } from './behaviour.ts';
import { type ContainerEvents, letContainersLive, startContainers, stopContainers } from './containers.ts';
import { isEssential, isHealthChecked, passesHealthChecks, taskHealth } from './health.ts';
import { hasInterface, locate } from './interface.ts';
import { bindPorts } from './ports.ts';
import {
  ESSENTIAL_EXITED,
  noAddress,
  SPOT_INTERRUPTED,
  secretMissing,
  startFailure,
  TASK_FAILED_TO_START,
} from './reasons.ts';
import type { ContainerState, StopCode, TaskState, TaskStatus } from './state.ts';

export interface TaskInput {
  readonly cluster: ClusterState;
  readonly taskDefinition: TaskDefinitionState;
  readonly service?: ServiceState;
  readonly deployment?: DeploymentState;
  readonly launchType: LaunchType;
  readonly capacityProvider?: string | undefined;
  /** Where it runs on EC2. Without one it waits in PROVISIONING until `assignInstance`. */
  readonly containerInstance?: ContainerInstanceState | undefined;
  readonly platformVersion: string | undefined;
  readonly networkConfiguration: NetworkConfiguration | undefined;
  readonly overrides?: TaskOverride | undefined;
  readonly placement?: TaskState['placement'];
  readonly group: string;
  readonly startedBy: string | undefined;
  readonly enableExecuteCommand: boolean;
  readonly tags: Tags;
}

/** Creates a task and puts its life on the agenda. */
export function startTask(world: World, input: TaskInput): TaskState {
  const id = taskId();
  const placed = input.launchType === 'FARGATE' || input.containerInstance !== undefined;
  const task: TaskState = {
    arn: arn(world, `task/${input.cluster.name}/${id}`),
    id,
    cluster: input.cluster,
    taskDefinition: input.taskDefinition,
    service: input.service,
    deployment: input.deployment,
    launchType: input.launchType,
    capacityProvider: input.capacityProvider,
    containerInstance: input.containerInstance,
    subnetId: undefined,
    availabilityZone: undefined,
    platformVersion: input.platformVersion,
    networkConfiguration: input.networkConfiguration,
    overrides: input.overrides,
    placement: input.placement ?? { constraints: [], strategy: [] },
    group: input.group,
    startedBy: input.startedBy,
    enableExecuteCommand: input.enableExecuteCommand,
    tags: input.tags,
    createdAt: world.agenda.date,
    containers: newContainers(input.taskDefinition),
    lastStatus: placed && !hasInterface(input) ? 'PENDING' : 'PROVISIONING',
    desiredStatus: 'RUNNING',
    healthy: false,
    version: 1,
    stopCode: undefined,
    stoppedReason: undefined,
    pullStartedAt: undefined,
    pullStoppedAt: undefined,
    startedAt: undefined,
    stoppingAt: undefined,
    executionStoppedAt: undefined,
    stoppedAt: undefined,
    protectedUntil: undefined,
  };
  locate(world, task);
  input.cluster.tasks.set(id, task);
  input.cluster.pendingTasks += 1;
  input.taskDefinition.users += 1;
  input.service?.tasks.add(task);
  input.containerInstance?.tasks.add(task);
  if (placed) begin(world, task);
  return task;
}

/** Gives a task that waits in PROVISIONING for its capacity provider the instance that it will run on. */
export function assignInstance(world: World, task: TaskState, instance: ContainerInstanceState): void {
  if (task.containerInstance !== undefined || task.lastStatus !== 'PROVISIONING') return;
  task.containerInstance = instance;
  instance.tasks.add(task);
  locate(world, task);
  begin(world, task);
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

const EVENTS: ContainerEvents = {
  allStarted: activate,
  cannotStart: (world, task) => fail(world, task, 'TaskFailedToStart', TASK_FAILED_TO_START),
  essentialExited: (world, task) => fail(world, task, 'EssentialContainerExited', ESSENTIAL_EXITED),
  changed: (world, task) => {
    task.version += 1;
    judgeHealth(world, task);
    world.on.task(world, task, 'moved');
  },
  allStopped: deprovision,
};

function begin(world: World, task: TaskState): void {
  if (hasInterface(task)) {
    later(world, task, world.timings.provisioning, () => {
      if (task.containers.some(({ behaviour }) => behaviour.kind === 'noAddress')) {
        fail(world, task, 'TaskFailedToStart', noAddress(task));
        return;
      }
      move(world, task, 'PENDING');
      pull(world, task);
    });
    return;
  }
  if (task.lastStatus !== 'PENDING') move(world, task, 'PENDING');
  pull(world, task);
}

function pull(world: World, task: TaskState): void {
  const noSecret = task.containers.find(({ behaviour }) => behaviour.kind === 'secretMissing');
  if (noSecret !== undefined) {
    // Resources come before images: nothing is pulled.
    later(world, task, world.timings.pulling, () => {
      fail(world, task, 'TaskFailedToStart', secretMissing(world, task, noSecret));
    });
    return;
  }
  task.pullStartedAt = world.agenda.date;
  later(world, task, pullingMs(world, task), () => {
    task.pullStoppedAt = world.agenda.date;
    for (const container of task.containers) {
      const failure = startFailure(task, container);
      if (failure === undefined) continue;
      container.lastStatus = 'STOPPED';
      container.reason = failure.containerReason;
      if (!isEssential(container)) continue;
      fail(world, task, 'TaskFailedToStart', failure.stoppedReason);
      return;
    }
    bindPorts(task);
    startContainers(world, task, EVENTS);
  });
}

/** Images are pulled side by side: the slowest one counts. */
function pullingMs(world: World, task: TaskState): number {
  return Math.max(
    ...task.containers.map(({ behaviour }) =>
      behaviour.kind === 'slow' ? behaviour.pullingMs : world.timings.pulling,
    ),
  );
}

function activate(world: World, task: TaskState): void {
  move(world, task, 'ACTIVATING');
  later(world, task, world.timings.activating, () => run(world, task));
}

function run(world: World, task: TaskState): void {
  task.startedAt = world.agenda.date;
  countOut(task);
  task.cluster.runningTasks += 1;
  move(world, task, 'RUNNING');
  letContainersLive(world, task, EVENTS);
  awaitInterruption(world, task);
  if (isHealthChecked(task)) judgeHealth(world, task);
  else later(world, task, world.timings.healthy, () => becomeHealthy(world, task));
}

/** Fargate Spot takes a task when it needs its capacity; the image says when (guide 4, 10.2). */
function awaitInterruption(world: World, task: TaskState): void {
  if (task.capacityProvider !== 'FARGATE_SPOT') return;
  for (const { behaviour } of task.containers) {
    if (behaviour.kind !== 'spotInterrupted') continue;
    later(world, task, behaviour.afterMs, () => stopTask(world, task, 'SpotInterruption', SPOT_INTERRUPTED));
  }
}

/** Follows the containers' health checks, where there are any. */
function judgeHealth(world: World, task: TaskState): void {
  if (task.lastStatus !== 'RUNNING' || !isHealthChecked(task)) return;
  if (taskHealth(task.containers) === 'UNHEALTHY') {
    task.healthy = false;
    world.on.task(world, task, 'unhealthy');
  } else if (passesHealthChecks(task)) {
    becomeHealthy(world, task);
  }
}

function becomeHealthy(world: World, task: TaskState): void {
  if (task.healthy) return;
  task.healthy = true;
  world.on.task(world, task, 'healthy');
}

function fail(world: World, task: TaskState, code: StopCode, reason: string): void {
  stopTask(world, task, code, reason);
  world.on.task(world, task, 'failed');
}

function stopping(world: World, task: TaskState): void {
  const started = task.containers.some(({ lastStatus }) => lastStatus === 'RUNNING');
  move(world, task, 'STOPPING');
  if (started) stopContainers(world, task, EVENTS);
  else later(world, task, world.timings.stopping, () => stopContainers(world, task, EVENTS));
}

function deprovision(world: World, task: TaskState): void {
  task.executionStoppedAt = world.agenda.date;
  move(world, task, 'DEPROVISIONING');
  later(world, task, world.timings.deprovisioning, () => stopped(world, task));
}

function stopped(world: World, task: TaskState): void {
  task.stoppedAt = world.agenda.date;
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
  const status = task.lastStatus;
  world.agenda.after(delayMs, () => {
    if (task.lastStatus === status) step();
  });
}

/** Takes the task out of the cluster's counter it is in. A task that is to stop counts as neither pending nor running. */
function countOut(task: TaskState): void {
  if (task.lastStatus === 'RUNNING') task.cluster.runningTasks -= 1;
  else task.cluster.pendingTasks -= 1;
}

function newContainers(taskDefinition: TaskDefinitionState): ContainerState[] {
  return (taskDefinition.definition.containerDefinitions ?? []).map((definition) => ({
    name: definition.name ?? '',
    definition,
    behaviour: imageBehaviour(definition.image ?? ''),
    lastStatus: 'PENDING',
    stopping: false,
    healthStatus: 'UNKNOWN',
    generation: 0,
    startedAt: undefined,
    exitCode: undefined,
    reason: undefined,
    networkBindings: [],
  }));
}
