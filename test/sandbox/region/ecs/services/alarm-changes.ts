import type { World } from '../../world.ts';
import { wake } from './wake.ts';

/** Has the scheduler look at every service whose deployments are rolled back on this alarm. */
export function deploymentAlarmChanged(world: World, name: string): void {
  for (const cluster of world.ecs.clusters.values()) {
    for (const service of cluster.services.values()) {
      if (service.deploymentConfiguration.alarms?.alarmNames?.includes(name)) wake(world, service);
    }
  }
}
