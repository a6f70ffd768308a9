import type { World } from '../../../world.ts';
import type { ClusterState } from '../../clusters/state.ts';
import type { ServiceState } from '../../services/state.ts';
import { isFargate } from '../../services/template.ts';
import { wake } from '../../services/wake.ts';
import { placeWaiting } from '../waiting.ts';

/** Capacity has come or gone: tasks that wait for it are placed, and services on instances look again. */
export function capacityChanged(world: World, cluster: ClusterState): void {
  wakeServices(world, cluster);
  if (cluster.placementDue) return;
  cluster.placementDue = true;
  world.agenda.after(world.timings.scheduler, () => {
    cluster.placementDue = false;
    placeWaiting(world, cluster);
  });
}

function wakeServices(world: World, cluster: ClusterState): void {
  for (const service of cluster.services.values()) {
    if (service.status === 'ACTIVE' && usesInstances(service)) wake(world, service);
  }
}

function usesInstances({ template, taskSets }: ServiceState): boolean {
  const templates = [template, ...taskSets.map(({ deployment }) => deployment.revision.template)];
  return templates.some((each) => each !== undefined && !isFargate(each));
}
