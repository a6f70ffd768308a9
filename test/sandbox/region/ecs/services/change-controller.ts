import type { World } from '../../world.ts';
import { setRollout } from './deployments/rollout-state.ts';
import type { Controller, ServiceState } from './state.ts';
import { taskSetOf } from './task-sets/begin.ts';

/** Hands a service over: its PRIMARY deployment becomes the PRIMARY task set, or the other way round. Its tasks go on running. */
export function changeController(world: World, service: ServiceState, controller: Controller): void {
  if (controller === 'ECS') {
    const primary = service.taskSets.find(({ status }) => status === 'PRIMARY');
    // What is not PRIMARY comes after it, and is replaced with it.
    const sets = service.taskSets.filter((taskSet) => taskSet !== primary);
    service.deployments = [...(primary === undefined ? [] : [primary]), ...sets].map(({ deployment }) => deployment);
    service.taskSets = [];
    return;
  }
  if (controller === 'EXTERNAL') service.template = undefined;
  for (const [index, deployment] of service.deployments.entries()) {
    if (deployment.rolloutState !== 'COMPLETED') {
      setRollout(world, deployment, 'COMPLETED', `ECS deployment ${deployment.id} completed.`);
    }
    service.taskSets.push(
      taskSetOf(world, service, deployment, {
        status: index === 0 ? 'PRIMARY' : 'ACTIVE',
        scale: { value: index === 0 ? 100 : 0, unit: 'PERCENT' },
      }),
    );
  }
  service.deployments = [];
}
