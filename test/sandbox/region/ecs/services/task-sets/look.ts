import type { World } from '../../../world.ts';
import { release } from '../deployments/deployments.ts';
import { isServing } from '../health/judge.ts';
import { keepCount } from '../look.ts';
import type { ServiceState } from '../state.ts';
import type { TaskSetState } from './state.ts';

/** The service's desired count by the task set's scale, always rounded up. */
export function computedDesiredCount(service: ServiceState, taskSet: TaskSetState): number {
  if (taskSet.status === 'DRAINING' || service.status !== 'ACTIVE') return 0;
  return Math.ceil((service.desiredCount * (taskSet.scale.value ?? 0)) / 100);
}

/** One look at a service that external deployments roll: each of its task sets keeps its own count. */
export function lookAtTaskSets(world: World, service: ServiceState): void {
  for (const taskSet of [...service.taskSets]) {
    keepCount(world, service, taskSet.deployment, computedDesiredCount(service, taskSet));
    judgeStability(world, service, taskSet);
    const gone = ![...service.tasks].some(({ deployment }) => deployment === taskSet.deployment);
    if (taskSet.status === 'DRAINING' && gone) remove(service, taskSet);
  }
}

/** When the service goes, so do its task sets. */
export function endTaskSets(service: ServiceState): void {
  for (const taskSet of [...service.taskSets]) remove(service, taskSet);
}

function remove(service: ServiceState, taskSet: TaskSetState): void {
  service.taskSets = service.taskSets.filter((other) => other !== taskSet);
  release(taskSet.deployment);
}

/** All tasks are there and healthy, none is pending, and none is on a DRAINING instance. */
export function judgeStability(world: World, service: ServiceState, taskSet: TaskSetState): void {
  const tasks = [...service.tasks].filter(
    ({ deployment, desiredStatus }) => deployment === taskSet.deployment && desiredStatus === 'RUNNING',
  );
  const steady =
    tasks.length === computedDesiredCount(service, taskSet) &&
    tasks.every((task) => isServing(service, task) && task.containerInstance?.status !== 'DRAINING');
  taskSet.stabilityStatus = steady ? 'STEADY_STATE' : 'STABILIZING';
  taskSet.stabilityStatusAt = world.agenda.date;
}
