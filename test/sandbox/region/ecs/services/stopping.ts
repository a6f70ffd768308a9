import type { World } from '../../world.ts';
import { stopTask } from '../tasks/life.ts';
import type { TaskState } from '../tasks/state.ts';
import { addEvent, EVENT } from './events.ts';
import { followTargets } from './health/targets.ts';
import type { ServiceState } from './state.ts';

/** Stops tasks for the scheduler, and says so in one event. */
export function stopTasks(world: World, service: ServiceState, tasks: readonly TaskState[]): void {
  if (tasks.length === 0) return;
  service.steady = false;
  for (const task of tasks) {
    const scaling = `Scaling activity initiated by (deployment ${task.deployment?.id ?? ''})`;
    stopTask(world, task, 'ServiceSchedulerInitiated', service.unhealthy.get(task) ?? scaling);
  }
  addEvent(world, service, EVENT.stopped(tasks));
  followTargets(world, service);
}
