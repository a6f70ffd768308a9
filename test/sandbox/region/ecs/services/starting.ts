import type { LaunchType } from '@aws-sdk/client-ecs';
import type { World } from '../../world.ts';
import type { Tags } from '../account/tag-rules.ts';
import { type Placement, place } from '../capacity/place.ts';
import type { ContainerInstanceState } from '../capacity/state.ts';
import { chooseProvider } from '../capacity/strategy.ts';
import { launchTypeOfProvider } from '../fargate.ts';
import { startTask } from '../tasks/life.ts';
import type { TaskState } from '../tasks/state.ts';
import { countFailure } from './deployments/failures.ts';
import { addEvent, addEventOnce, EVENT } from './events.ts';
import type { DeploymentState, ServiceState, Template } from './state.ts';
import { wakeAt } from './wake.ts';

/** Starts as many tasks of a deployment as there is a place for, one after the other, and says so in one event. */
export function startTasks(world: World, service: ServiceState, deployment: DeploymentState, count: number): void {
  const started: TaskState[] = [];
  let refused: string | undefined;
  while (started.length < count && refused === undefined) {
    const where = nextPlace(service, deployment);
    const placement = find(world, service, deployment, where);
    if (placement.kind === 'refused') refused = placement.event;
    else started.push(start(world, service, deployment, where, instanceOf(placement)));
  }
  report(world, service, deployment, started, refused);
}

/** Starts a task of a DAEMON on each of the instances, where the caller knows that it fits. */
export function startOn(
  world: World,
  service: ServiceState,
  deployment: DeploymentState,
  instances: readonly ContainerInstanceState[],
  refused: string | undefined,
): void {
  const started = instances.map((instance) =>
    start(world, service, deployment, { launchType: 'EC2', capacityProvider: instance.capacityProvider }, instance),
  );
  report(world, service, deployment, started, refused);
}

function report(
  world: World,
  service: ServiceState,
  deployment: DeploymentState,
  started: readonly TaskState[],
  refused: string | undefined,
): void {
  if (started.length > 0) {
    service.steady = false;
    addEvent(world, service, EVENT.started(started));
  }
  if (refused === undefined) return;
  service.steady = false;
  addEventOnce(world, service, EVENT.unplaceable(refused));
  // A task that the scheduler cannot launch has failed, as the SDK says of `failedTasks`; however often it looks in between, that is one try.
  const isRetry = world.agenda.now >= service.refusedUntil;
  if (isRetry) service.refusedUntil = world.agenda.now + world.timings.placementRetry;
  wakeAt(world, service, service.refusedUntil);
  if (isRetry) countFailure(world, service, deployment, 'start');
}

interface Where {
  readonly launchType: LaunchType;
  readonly capacityProvider: string | undefined;
}

/** The launch type of a deployment's next task, and its capacity provider by base and weight. */
function nextPlace(service: ServiceState, deployment: DeploymentState): Where {
  const { strategy, launchType } = deployment.revision.template;
  if (strategy === undefined) return { launchType: launchType ?? 'EC2', capacityProvider: undefined };
  const counts = new Map<string, number>();
  for (const task of service.tasks) {
    if (task.deployment !== deployment || task.desiredStatus === 'STOPPED') continue;
    const provider = task.capacityProvider ?? '';
    counts.set(provider, (counts.get(provider) ?? 0) + 1);
  }
  const capacityProvider = chooseProvider(strategy, counts) ?? '';
  return { launchType: launchTypeOfProvider(capacityProvider), capacityProvider };
}

function find(world: World, service: ServiceState, deployment: DeploymentState, where: Where): Placement {
  return place(world, {
    cluster: service.cluster,
    taskDefinition: deployment.revision.template.taskDefinition,
    ...where,
    networkConfiguration: deployment.revision.template.networkConfiguration,
    group: groupOf(service),
    constraints: service.settings.placementConstraints,
    strategy: service.settings.placementStrategy,
  });
}

const instanceOf = (placement: Placement): ContainerInstanceState | undefined =>
  placement.kind === 'instance' ? placement.instance : undefined;

const groupOf = (service: ServiceState): string => `service:${service.name}`;

function start(
  world: World,
  service: ServiceState,
  deployment: DeploymentState,
  where: Where,
  containerInstance: ContainerInstanceState | undefined,
): TaskState {
  const { template } = deployment.revision;
  return startTask(world, {
    cluster: service.cluster,
    taskDefinition: template.taskDefinition,
    service,
    deployment,
    ...where,
    containerInstance,
    platformVersion: template.platformVersion,
    networkConfiguration: template.networkConfiguration,
    group: groupOf(service),
    startedBy: deployment.id,
    enableExecuteCommand: service.settings.enableExecuteCommand,
    tags: propagatedTags(service, template),
  });
}

/** ECS's own tags, and those of the service or of the task definition (TG-05). */
function propagatedTags(service: ServiceState, template: Template): Tags {
  const tags: Tags = new Map();
  if (service.settings.enableECSManagedTags) {
    tags.set('aws:ecs:clusterName', service.cluster.name);
    tags.set('aws:ecs:serviceName', service.name);
  }
  const source = {
    SERVICE: service.tags,
    TASK_DEFINITION: template.taskDefinition.tags,
    NONE: new Map<string, string>(),
  }[service.settings.propagateTags];
  for (const [key, value] of source) tags.set(key, value);
  return tags;
}
