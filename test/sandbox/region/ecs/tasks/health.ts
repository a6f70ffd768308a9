import type { HealthStatus } from '@aws-sdk/client-ecs';
import type { ContainerState, TaskState } from './state.ts';

/** A task is as healthy as the worst of its essential containers; one without a health check is UNKNOWN (guide 4, 20.5). */
export function taskHealth(containers: readonly ContainerState[]): HealthStatus {
  const essential = containers.filter(isEssential);
  if (essential.some(({ healthStatus }) => healthStatus === 'UNHEALTHY')) return 'UNHEALTHY';
  return essential.every(({ healthStatus }) => healthStatus === 'HEALTHY') ? 'HEALTHY' : 'UNKNOWN';
}

/** Whether the health of the task is for health checks to say; else it is healthy some time after it runs. */
export function isHealthChecked(task: TaskState): boolean {
  return task.containers.some((container) => isEssential(container) && container.definition.healthCheck !== undefined);
}

/** All essential containers that have a health check are HEALTHY: what a service waits for. */
export function passesHealthChecks(task: TaskState): boolean {
  return task.containers.every(
    (container) =>
      !isEssential(container) || container.definition.healthCheck === undefined || container.healthStatus === 'HEALTHY',
  );
}

export const isEssential = ({ definition }: ContainerState): boolean => definition.essential !== false;
