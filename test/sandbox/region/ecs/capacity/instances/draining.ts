import type { World } from '../../../world.ts';
import { stopTask } from '../../tasks/life.ts';
import type { ContainerInstanceState } from '../state.ts';
import { capacityChanged } from './changes.ts';

/**
 * No new tasks come. PENDING tasks of services stop at once (INS-13); the scheduler replaces RUNNING ones within the service's percentages
 * (DR-04); tasks without a service stay until they end (DR-05).
 */
export function drainInstance(world: World, instance: ContainerInstanceState): void {
  if (instance.status !== 'ACTIVE') return;
  instance.status = 'DRAINING';
  instance.version += 1;
  for (const task of [...instance.tasks]) {
    const started = task.lastStatus !== 'PROVISIONING' && task.lastStatus !== 'PENDING';
    if (task.service === undefined || started) continue;
    stopTask(world, task, 'ServiceSchedulerInitiated', 'Task stopped: its container instance is draining.');
  }
  capacityChanged(world, instance.cluster);
}

/** Takes a DRAINING instance back into use. */
export function reactivateInstance(world: World, instance: ContainerInstanceState): void {
  if (instance.status !== 'DRAINING') return;
  instance.status = 'ACTIVE';
  instance.version += 1;
  capacityChanged(world, instance.cluster);
}
