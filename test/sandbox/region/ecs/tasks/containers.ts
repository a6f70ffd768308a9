import type { World } from '../../world.ts';
import { healthChanges, stopTimeoutMs } from './behaviour.ts';
import { isAwaitedToExit, mayStop, readiness } from './dependencies.ts';
import { isEssential } from './health.ts';
import { OUT_OF_MEMORY } from './reasons.ts';
import type { ContainerState, TaskState } from './state.ts';

/** What a task hears of its containers. */
export interface ContainerEvents {
  /** Every container has started, and some may be done already. */
  allStarted(world: World, task: TaskState): void;
  /** An essential container can never start, because what it depends on failed. */
  cannotStart(world: World, task: TaskState): void;
  essentialExited(world: World, task: TaskState): void;
  /** A container has started, exited or changed its health. */
  changed(world: World, task: TaskState): void;
  allStopped(world: World, task: TaskState): void;
}

/** 128 and SIGKILL. */
const KILLED = 137;

/** Starts what may start now. Called again whenever a dependency may have been met. */
export function startContainers(world: World, task: TaskState, events: ContainerEvents): void {
  if (task.lastStatus !== 'PENDING') return;
  const pending = task.containers.filter(({ lastStatus }) => lastStatus === 'PENDING');
  if (pending.length === 0) events.allStarted(world, task);
  for (const container of pending) {
    const ready = readiness(container, task.containers, world.agenda.now);
    if (ready.kind === 'waiting') continue;
    if (ready.kind === 'ready') {
      start(world, task, container, events);
    } else {
      container.lastStatus = 'STOPPED';
      container.reason = ready.reason;
      if (isEssential(container)) events.cannotStart(world, task);
    }
    // Others may wait for just this one, in whatever order they are defined.
    startContainers(world, task, events);
    return;
  }
}

/** From here on containers that nobody waits for live their lives: those that are to exit do. */
export function letContainersLive(world: World, task: TaskState, events: ContainerEvents): void {
  for (const container of task.containers) {
    if (!isAwaitedToExit(container, task.containers)) planExit(world, task, container, events);
  }
}

/** Stops all containers, dependants first, and tells when the last one has stopped. */
export function stopContainers(world: World, task: TaskState, events: ContainerEvents): void {
  for (const container of task.containers) {
    if (container.lastStatus === 'PENDING') container.lastStatus = 'STOPPED';
  }
  stopNext(world, task, events);
}

function start(world: World, task: TaskState, container: ContainerState, events: ContainerEvents): void {
  container.lastStatus = 'RUNNING';
  container.startedAt = world.agenda.date;
  container.generation += 1;
  container.healthStatus = 'UNKNOWN';
  // Of an earlier run, where a restart policy has started it again.
  container.exitCode = undefined;
  container.reason = undefined;
  planHealth(world, task, container, events);
  if (isAwaitedToExit(container, task.containers)) planExit(world, task, container, events);
  const { startTimeout } = container.definition;
  if (startTimeout !== undefined) {
    world.agenda.after(startTimeout * 1_000, () => startContainers(world, task, events));
  }
}

function planHealth(world: World, task: TaskState, container: ContainerState, events: ContainerEvents): void {
  const { healthCheck } = container.definition;
  if (healthCheck === undefined) return;
  for (const { atMs, status } of healthChanges(healthCheck, container.behaviour, world.timings.healthCheck)) {
    inThisRun(world, container, atMs, () => {
      container.healthStatus = status;
      events.changed(world, task);
      startContainers(world, task, events);
    });
  }
}

function planExit(world: World, task: TaskState, container: ContainerState, events: ContainerEvents): void {
  const { behaviour } = container;
  if (behaviour.kind !== 'exits' && behaviour.kind !== 'outOfMemory') return;
  const afterMs = behaviour.kind === 'exits' ? behaviour.afterMs : undefined;
  inThisRun(world, container, afterMs ?? world.timings.exit, () => {
    const wasStopping = task.lastStatus === 'STOPPING';
    stop(container, behaviour.kind === 'exits' ? behaviour.code : KILLED);
    if (behaviour.kind === 'outOfMemory') container.reason = OUT_OF_MEMORY;
    if (task.desiredStatus === 'RUNNING' && restarts(world, container)) {
      start(world, task, container, events);
      planExit(world, task, container, events);
    }
    const lost = isEssential(container) && container.lastStatus === 'STOPPED';
    if (lost && task.desiredStatus === 'RUNNING') events.essentialExited(world, task);
    else events.changed(world, task);
    startContainers(world, task, events);
    if (wasStopping) stopNext(world, task, events);
  });
}

/** A container restarts if it ran for its attempt period before; one that exits earlier counts as failed. */
function restarts(world: World, { definition, startedAt, exitCode }: ContainerState): boolean {
  const policy = definition.restartPolicy;
  if (policy?.enabled !== true || startedAt === undefined || exitCode === undefined) return false;
  if (policy.ignoredExitCodes?.includes(exitCode)) return false;
  return world.agenda.now - startedAt.getTime() >= (policy.restartAttemptPeriod ?? 300) * 1_000;
}

function stopNext(world: World, task: TaskState, events: ContainerEvents): void {
  const running = task.containers.filter(({ lastStatus }) => lastStatus === 'RUNNING');
  if (running.length === 0) {
    events.allStopped(world, task);
    return;
  }
  for (const container of running) {
    if (container.stopping || !mayStop(container, task.containers)) continue;
    container.stopping = true;
    const killed = container.behaviour.kind === 'ignoresSigterm';
    inThisRun(world, container, killed ? stopTimeoutMs(container.definition) : world.timings.stopping, () => {
      stop(container, killed ? KILLED : 0);
      events.changed(world, task);
      stopNext(world, task, events);
    });
  }
}

function stop(container: ContainerState, exitCode: number): void {
  container.lastStatus = 'STOPPED';
  container.stopping = false;
  container.exitCode = exitCode;
  container.generation += 1;
}

/** Runs `step` unless the container has stopped or been started again by then. */
function inThisRun(world: World, container: ContainerState, delayMs: number, step: () => void): void {
  const { generation } = container;
  world.agenda.after(delayMs, () => {
    if (container.generation === generation && container.lastStatus === 'RUNNING') step();
  });
}
