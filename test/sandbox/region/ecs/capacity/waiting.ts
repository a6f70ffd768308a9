import type { World } from '../../world.ts';
import type { ClusterState } from '../clusters/state.ts';
import { assignInstance, stopTask } from '../tasks/life.ts';
import type { TaskState } from '../tasks/state.ts';
import { type PlacementRequest, place, waitedInVain } from './place.ts';

/** A task in PROVISIONING that has no instance yet: it waits for its capacity provider. */
export function isWaiting(task: TaskState): boolean {
  if (task.lastStatus !== 'PROVISIONING' || task.desiredStatus === 'STOPPED') return false;
  return task.launchType === 'EC2' && task.containerInstance === undefined;
}

/** The oldest first, but a small task does not wait for a large one. */
export function placeWaiting(world: World, cluster: ClusterState): void {
  for (const task of cluster.tasks.values()) {
    if (!isWaiting(task)) continue;
    const placement = place(world, requestOf(task));
    if (placement.kind === 'instance') assignInstance(world, task, placement.instance);
  }
}

/** Stops tasks that have waited too long for the provider, with the reason why none of its instances would do (section 18 of part 4). */
export function giveUpWaiting(world: World, cluster: ClusterState, provider: string): void {
  for (const task of cluster.tasks.values()) {
    if (!isWaiting(task) || task.capacityProvider !== provider) continue;
    if (world.agenda.now < task.createdAt.getTime() + world.timings.capacityWait) continue;
    stopTask(world, task, 'TaskFailedToStart', `TaskFailedToStart: ${waitedInVain(world, requestOf(task))}`);
    world.on.task(world, task, 'failed');
  }
}

const requestOf = (task: TaskState): PlacementRequest => ({ ...task, ...task.placement, ...serviceSettings(task) });

/** A service's present settings count for its tasks that wait. */
function serviceSettings({ service }: TaskState): TaskState['placement'] | undefined {
  if (service === undefined) return undefined;
  return { constraints: service.settings.placementConstraints, strategy: service.settings.placementStrategy };
}
