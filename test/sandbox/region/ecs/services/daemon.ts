import type { World } from '../../world.ts';
import { isExternal } from '../capacity/instances/external.ts';
import { explained } from '../capacity/placement/explain.ts';
import { isEligible, misfit, type Wanted } from '../capacity/placement/fit.ts';
import type { ContainerInstanceState } from '../capacity/state.ts';
import type { TaskState } from '../tasks/state.ts';
import { lowerLimit } from './rollout.ts';
import type { ServiceState, Template } from './state.ts';

export interface DaemonPlan {
  /** The desired count of a DAEMON service is AWS's: the instances that should have a task. */
  readonly desired: number;
  /** Instances that get a task of the PRIMARY deployment now. */
  readonly start: readonly ContainerInstanceState[];
  readonly stop: readonly TaskState[];
  /** Completes a service's event, as a refused placement does, when an instance has no room (SV-06). */
  readonly refused: string | undefined;
}

/**
 * One look of the scheduler at a DAEMON service. Changes nothing: the caller starts and stops.
 * Each eligible ACTIVE instance is to have one task, and never has two (SV-01, SV-04). A task leaves an instance that no longer matches
 * (SV-02), and a draining one once nothing else runs there (SV-03). An old task goes first, its successor comes then.
 */
export function rollDaemon(world: World, service: ServiceState): DaemonPlan {
  const [primary] = service.deployments;
  if (primary === undefined) return { desired: 0, start: [], stop: [], refused: undefined };
  const wanted = wantedOf(service, primary.revision.template);
  const places = placesOf(world, service, primary.revision.template, wanted);
  const desired = places.filter(({ role }) => role === 'served').length;
  const leaving = places.flatMap(({ role, tasks, instance }) => {
    const goes = role === 'unserved' || (role === 'draining' && !hasOthers(instance));
    return goes ? tasks : [];
  });
  const old =
    primary.rolloutState === 'FAILED'
      ? []
      : places.flatMap(({ role, tasks }) => {
          const [task] = tasks;
          const replaced = role === 'served' && task !== undefined && task.deployment !== primary;
          return replaced ? [task] : [];
        });
  const free = places.filter(({ role, instance }) => role === 'served' && !isOccupied(service, instance));
  const start: ContainerInstanceState[] = [];
  const refused: string[] = [];
  for (const { instance } of free) {
    const reason = misfit(world, instance, wanted);
    if (reason === undefined) start.push(instance);
    else refused.push(explained(instance, reason));
  }
  return { desired, start, stop: [...leaving, ...replaceable(service, desired, old)], refused: refused[0] };
}

interface Place {
  readonly instance: ContainerInstanceState;
  /** Draining instances keep their task for a while, unserved ones do not. */
  readonly role: 'served' | 'draining' | 'unserved';
  /** Of the service, that are to run. */
  readonly tasks: readonly TaskState[];
}

function placesOf(world: World, service: ServiceState, template: Template, wanted: Wanted): Place[] {
  return [...service.cluster.containerInstances.values()].map((instance) => {
    const tasks = [...instance.tasks].filter((task) => task.service === service && task.desiredStatus === 'RUNNING');
    const eligible = belongsTo(template, instance) && isEligible(world, instance, wanted);
    if (instance.status === 'DRAINING') return { instance, role: 'draining', tasks };
    // Without an agent nothing can be started there, but what runs may stay.
    const usable = instance.agentConnected || tasks.length > 0;
    return { instance, role: eligible && usable && instance.status === 'ACTIVE' ? 'served' : 'unserved', tasks };
  });
}

function belongsTo({ launchType, strategy }: Template, instance: ContainerInstanceState): boolean {
  if (strategy !== undefined) return strategy.some((item) => item.capacityProvider === instance.capacityProvider);
  return isExternal(instance) === (launchType === 'EXTERNAL');
}

const wantedOf = (service: ServiceState, { taskDefinition, networkConfiguration }: Template): Wanted => ({
  taskDefinition,
  networkConfiguration,
  group: `service:${service.name}`,
  constraints: service.settings.placementConstraints,
});

/** Tasks on the instance that are no daemons. */
function hasOthers({ tasks }: ContainerInstanceState): boolean {
  return [...tasks].some((task) => task.service?.settings.schedulingStrategy !== 'DAEMON');
}

/** A task that is stopping still takes the one place. */
const isOccupied = (service: ServiceState, { tasks }: ContainerInstanceState): boolean =>
  [...tasks].some((task) => task.service === service && task.lastStatus !== 'DEPROVISIONING');

/** Old tasks that are not healthy go at once, the others as far as minimumHealthyPercent allows. */
function replaceable(service: ServiceState, desired: number, old: readonly TaskState[]): TaskState[] {
  const healthy = [...service.tasks].filter((task) => task.healthy).length;
  const minimum = lowerLimit(desired, service.deploymentConfiguration.minimumHealthyPercent ?? 0);
  const spare = Math.max(0, healthy - minimum);
  return [...old.filter((task) => !task.healthy), ...old.filter((task) => task.healthy).slice(0, spare)];
}
