import type { World } from '../../../world.ts';
import { stopTask } from '../../tasks/life.ts';
import type { StopCode } from '../../tasks/state.ts';
import type { ContainerInstanceState } from '../state.ts';
import { capacityChanged } from './changes.ts';

/** INACTIVE at once, or once its trunk interface is released; describable for an hour (section 4 of part 2). Its tasks are stopped with the reason given. */
export function deregister(world: World, instance: ContainerInstanceState, code: StopCode, reason: string): void {
  const hasTrunk = instance.attributes.has('ecs.awsvpc-trunk-id');
  instance.status = hasTrunk ? 'DEREGISTERING' : 'INACTIVE';
  instance.agentConnected = false;
  instance.version += 1;
  stopTasksOn(world, instance, code, reason);
  const { containerInstances } = instance.cluster;
  if (hasTrunk) {
    world.agenda.after(world.timings.trunk, () => {
      instance.status = 'INACTIVE';
    });
  }
  world.agenda.after(world.timings.retention, () => containerInstances.delete(instance.id));
  capacityChanged(world, instance.cluster);
}

/** What happens to the tasks of a host that stops or is gone. */
export function stopTasksOn(world: World, instance: ContainerInstanceState, code: StopCode, reason: string): void {
  for (const task of [...instance.tasks]) stopTask(world, task, code, reason);
}
