import type { World } from '../../../world.ts';
import type { ClusterState } from '../../clusters/state.ts';
import type { ServiceState } from '../../services/state.ts';
import { isFargate } from '../../services/template.ts';
import { wake } from '../../services/wake.ts';
import { placeWaiting } from '../waiting.ts';

/** An instance has come, gone or changed: tasks that wait for one are placed, and all services on instances look again. */
export function capacityChanged(world: World, cluster: ClusterState): void {
  wakeServices(world, cluster, usesInstances);
  placeSoon(world, cluster);
}

/** A task has made room: that concerns those who lack some. */
export function roomFreed(world: World, cluster: ClusterState): void {
  wakeServices(world, cluster, (service) => usesInstances(service) && lacksTasks(world, service));
  placeSoon(world, cluster);
}

function placeSoon(world: World, cluster: ClusterState): void {
  if (cluster.placementDue) return;
  cluster.placementDue = true;
  world.agenda.after(world.timings.scheduler, () => {
    cluster.placementDue = false;
    placeWaiting(world, cluster);
  });
}

function wakeServices(world: World, cluster: ClusterState, concerns: (service: ServiceState) => boolean): void {
  for (const service of cluster.services.values()) {
    if (service.status === 'ACTIVE' && concerns(service)) wake(world, service);
  }
}

/** Fewer tasks than it should have, or the last one it tried to start was refused. */
function lacksTasks(world: World, { settings, tasks, desiredCount, refusedUntil, taskSets }: ServiceState): boolean {
  if (settings.schedulingStrategy === 'DAEMON' || taskSets.length > 0) return true;
  return tasks.size < desiredCount || refusedUntil > world.agenda.now;
}

function usesInstances({ template, taskSets }: ServiceState): boolean {
  const templates = [template, ...taskSets.map(({ deployment }) => deployment.revision.template)];
  return templates.some((each) => each !== undefined && !isFargate(each));
}
