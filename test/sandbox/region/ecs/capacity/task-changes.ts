import type { World } from '../../world.ts';
import type { TaskState } from '../tasks/state.ts';
import { roomFreed } from './instances/changes.ts';
import { instanceTasksChanged } from './scaling/instance-tasks.ts';

/** Gives back what a stopped task took of its container instance, and tells those who wait for it. */
export function capacityTaskChanged(world: World, task: TaskState): void {
  const instance = task.containerInstance;
  if (instance === undefined) return;
  if (task.lastStatus === 'STOPPED' && instance.tasks.delete(task)) roomFreed(world, instance.cluster);
  instanceTasksChanged(world, instance);
}
