import type { World } from '../../world.ts';
import type { TaskState } from '../tasks/state.ts';

/** Gives back what a stopped task took of its container instance. */
export function capacityTaskChanged(_world: World, task: TaskState): void {
  if (task.lastStatus === 'STOPPED') task.containerInstance?.tasks.delete(task);
}
