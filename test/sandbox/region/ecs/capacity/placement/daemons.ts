import type { World } from '../../../world.ts';
import type { ClusterState } from '../../clusters/state.ts';
import type { ServiceState } from '../../services/state.ts';
import type { ContainerInstanceState } from '../state.ts';
import { type Demand, demandOf } from './demand.ts';
import { isEligible } from './fit.ts';

/** The cluster's DAEMON services. Looked for once in a placement, not for each instance. */
export function daemonsOf(cluster: ClusterState): ServiceState[] {
  return [...cluster.services.values()].filter(
    ({ status, settings }) => status === 'ACTIVE' && settings.schedulingStrategy === 'DAEMON',
  );
}

/** What an instance keeps for daemons that have no task there yet: theirs start before any other (SV-03). */
export function reservedFor(
  world: World,
  daemons: readonly ServiceState[],
  instance: ContainerInstanceState,
): Demand[] {
  return daemons.flatMap((service) => {
    const template = service.deployments[0]?.revision.template;
    if (template === undefined || [...instance.tasks].some((task) => task.service === service)) return [];
    const { taskDefinition, networkConfiguration } = template;
    const constraints = service.settings.placementConstraints;
    const wanted = { taskDefinition, networkConfiguration, constraints, group: `service:${service.name}` };
    return isEligible(world, instance, wanted) ? [demandOf(taskDefinition)] : [];
  });
}
