import type { World } from '../../../world.ts';
import type { TaskState } from '../../tasks/state.ts';
import { countFailure, countSuccess } from '../deployments/failures.ts';
import { addEvent } from '../events.ts';
import type { ServiceState } from '../state.ts';
import { wake } from '../wake.ts';

/**
 * Whether a task counts towards minimumHealthyPercent: its containers are healthy, or it has run long enough without health checks, and so
 * are its targets if it is behind a load balancer (guide 4, 22.4).
 */
export function isServing(service: ServiceState, task: TaskState): boolean {
  if (!task.healthy || service.unhealthy.has(task)) return false;
  const balanced = (task.deployment?.revision.template.loadBalancers.length ?? 0) > 0;
  return !balanced || (service.targets.get(task)?.every(({ health }) => health === 'healthy') ?? false);
}

/** The containers of a task, or one of its targets, are healthy now. */
export function becameHealthy(world: World, service: ServiceState, task: TaskState): void {
  if (task.deployment === undefined || !isServing(service, task)) return;
  service.failures = 0;
  countSuccess(service, task.deployment);
  wake(world, service);
}

/** A health check failed: the task is replaced, unless it is in its grace period, which is waited for (SU-15). */
export function becameUnhealthy(
  world: World,
  service: ServiceState,
  task: TaskState,
  words: { readonly event: string; readonly stoppedReason: string },
): void {
  const grace = (service.settings.healthCheckGracePeriodSeconds ?? 0) * 1_000;
  const left = (task.startedAt?.getTime() ?? 0) + grace - world.agenda.now;
  if (left > 0) {
    world.agenda.after(left, () => {
      if (isStillUnhealthy(service, task)) giveUp(world, service, task, words);
    });
    return;
  }
  giveUp(world, service, task, words);
}

function isStillUnhealthy(service: ServiceState, task: TaskState): boolean {
  return (
    task.lastStatus === 'RUNNING' &&
    (!task.healthy || (service.targets.get(task)?.some(({ health }) => health === 'unhealthy') ?? false))
  );
}

function giveUp(
  world: World,
  service: ServiceState,
  task: TaskState,
  words: { readonly event: string; readonly stoppedReason: string },
): void {
  if (service.unhealthy.has(task) || task.desiredStatus === 'STOPPED' || service.status !== 'ACTIVE') return;
  service.unhealthy.set(task, words.stoppedReason);
  service.steady = false;
  addEvent(world, service, words.event);
  if (task.deployment !== undefined) countFailure(world, service, task.deployment, 'health');
  wake(world, service);
}
