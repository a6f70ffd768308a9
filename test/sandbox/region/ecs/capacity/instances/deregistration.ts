import type { World } from '../../../world.ts';
import { stopTask } from '../../tasks/life.ts';
import type { StopCode } from '../../tasks/state.ts';
import type { ContainerInstanceState } from '../state.ts';
import { capacityChanged } from './changes.ts';

/** INACTIVE at once, or once its trunk interface is released; describable for an hour (section 4 of part 2). Its tasks are stopped with the reason given. */
export function deregister(world: World, instance: ContainerInstanceState, code: StopCode, reason: string): void {
  if (instance.attributes.has('ecs.awsvpc-trunk-id')) {
    instance.status = 'DEREGISTERING';
    world.agenda.after(world.timings.trunk, () => forget(world, instance));
  } else {
    forget(world, instance);
  }
  instance.agentConnected = false;
  instance.version += 1;
  stopTasksOn(world, instance, code, reason);
  const { containerInstances } = instance.cluster;
  world.agenda.after(world.timings.retention, () => containerInstances.delete(instance.id));
  capacityChanged(world, instance.cluster);
}

/** The host may register anew. */
function forget(world: World, instance: ContainerInstanceState): void {
  instance.status = 'INACTIVE';
  const { containerInstances } = world.ecs;
  if (containerInstances.get(instance.ec2InstanceId) === instance) containerInstances.delete(instance.ec2InstanceId);
}

/** What happens to the tasks of a host that stops or is gone. */
export function stopTasksOn(world: World, instance: ContainerInstanceState, code: StopCode, reason: string): void {
  for (const task of [...instance.tasks]) stopTask(world, task, code, reason);
}
