import type { LaunchType } from '@aws-sdk/client-ecs';
import type { World } from '../../world.ts';
import type { Tags } from '../account/tag-rules.ts';
import { startTask, stopTask } from '../tasks/life.ts';
import type { TaskChange, TaskState } from '../tasks/state.ts';
import { completeDeployment, countFailure, countSuccess, endDeployments } from './deployments.ts';
import { addEvent, addEventOnce, EVENT } from './events.ts';
import { planRollout, type RolloutTask } from './rollout.ts';
import type { DeploymentState, ServiceState, Template } from './state.ts';

/** Failures in a row before the start throttle sets in. */
const TOLERATED_FAILURES = 3;

/** Puts one look of the scheduler on the agenda, however many changes ask for it. */
export function wake(world: World, service: ServiceState, delayMs = world.timings.scheduler): void {
  const due = world.agenda.now + delayMs;
  if (service.awaitedAt !== undefined && service.awaitedAt <= due) return;
  service.awaitedAt = due;
  world.agenda.after(delayMs, () => {
    if (service.awaitedAt === due) service.awaitedAt = undefined;
    world.on.service(world, service);
  });
}

/** What the service scheduler hears of its tasks. */
export function serviceTaskChanged(world: World, task: TaskState, change: TaskChange): void {
  const { service, deployment } = task;
  if (service === undefined || deployment === undefined) return;
  switch (change) {
    case 'healthy':
      service.failures = 0;
      countSuccess(service, deployment);
      break;
    case 'failed':
      service.failures += 1;
      countFailure(world, service, deployment);
      throttle(world, service);
      break;
    case 'moved':
      break;
  }
  wake(world, service);
}

/** One look of the service scheduler: brings the tasks one step nearer to what the service says. */
export function reconcileService(world: World, service: ServiceState): void {
  switch (service.status) {
    case 'INACTIVE':
      return;
    case 'DRAINING':
      drain(world, service);
      return;
    case 'ACTIVE':
      roll(world, service);
  }
}

/** INACTIVE as soon as every task is STOPPING or further (SV-10). */
function drain(world: World, service: ServiceState): void {
  for (const task of service.tasks) if (task.lastStatus === 'DEACTIVATING') return;
  service.status = 'INACTIVE';
  endDeployments(world, service);
  world.agenda.after(world.timings.retention, () => {
    if (service.cluster.services.get(service.name) === service) service.cluster.services.delete(service.name);
  });
}

function roll(world: World, service: ServiceState): void {
  const primary = service.deployments[0];
  if (primary === undefined) return;
  const placeable = isPlaceable(service);
  const throttled = service.throttledUntil > world.agenda.now;
  const failed = primary.rolloutState === 'FAILED';
  const tasks = [...service.tasks].map(asRolloutTask);
  const plan = planRollout({
    desired: effectiveCount(service),
    minimumHealthyPercent: service.deploymentConfiguration.minimumHealthyPercent ?? 100,
    maximumPercent: service.deploymentConfiguration.maximumPercent ?? 200,
    primary: tasks.filter(({ task }) => task.deployment === primary),
    old: tasks.filter(({ task }) => task.deployment !== primary),
    mayStart: placeable && !throttled && !failed,
    mayReplace: !failed,
  });
  stopTasks(
    world,
    service,
    plan.stop.map(({ task }) => task),
  );
  startTasks(world, service, primary, plan.start);
  if (plan.blocked) addEventOnce(world, service, EVENT.blocked);
  if (!placeable && effectiveCount(service) > service.tasks.size) addEventOnce(world, service, EVENT.unplaceable);
  if (throttled) wake(world, service, service.throttledUntil - world.agenda.now);
  settle(world, service, primary);
}

/** Completes the deployment and reports a steady state once. */
function settle(world: World, service: ServiceState, primary: DeploymentState): void {
  if (service.steady || primary.rolloutState === 'FAILED' || !isSettled(service, primary)) return;
  completeDeployment(world, service);
  service.steady = true;
  addEvent(world, service, EVENT.steady);
}

function isSettled(service: ServiceState, primary: DeploymentState): boolean {
  let healthy = 0;
  for (const task of service.tasks) {
    if (task.deployment === primary && task.healthy) healthy += 1;
    else if (task.lastStatus !== 'DEPROVISIONING') return false;
  }
  return healthy === effectiveCount(service);
}

function startTasks(world: World, service: ServiceState, deployment: DeploymentState, count: number): void {
  if (count === 0) return;
  service.steady = false;
  const { template } = deployment.revision;
  const started: TaskState[] = [];
  for (let index = 0; index < count; index += 1) {
    started.push(
      startTask(world, {
        cluster: service.cluster,
        taskDefinition: template.taskDefinition,
        service,
        deployment,
        ...placement(template),
        platformVersion: template.platformVersion,
        networkConfiguration: template.networkConfiguration,
        group: `service:${service.name}`,
        startedBy: deployment.id,
        enableExecuteCommand: service.settings.enableExecuteCommand,
        tags: propagatedTags(service, template),
      }),
    );
  }
  addEvent(world, service, EVENT.started(started));
}

function stopTasks(world: World, service: ServiceState, tasks: readonly TaskState[]): void {
  if (tasks.length === 0) return;
  service.steady = false;
  for (const task of tasks) {
    const reason = `Scaling activity initiated by (deployment ${task.deployment?.id ?? ''})`;
    stopTask(world, task, 'ServiceSchedulerInitiated', reason);
  }
  addEvent(world, service, EVENT.stopped(tasks));
}

/** Doubles the pause with every failure, unless a circuit breaker is about to judge the deployment. */
function throttle(world: World, service: ServiceState): void {
  const judged =
    service.deploymentConfiguration.deploymentCircuitBreaker?.enable === true &&
    service.deployments[0]?.rolloutState === 'IN_PROGRESS';
  if (judged || service.failures < TOLERATED_FAILURES) return;
  const doublings = Math.min(service.failures - TOLERATED_FAILURES, 20);
  const pause = Math.min(world.timings.throttleMax, world.timings.throttle * 2 ** doublings);
  service.throttledUntil = world.agenda.now + pause;
  addEventOnce(world, service, EVENT.throttled);
}

/** A DAEMON wants one task on each container instance, and the region has none. */
function effectiveCount(service: ServiceState): number {
  return service.settings.schedulingStrategy === 'DAEMON' ? 0 : service.desiredCount;
}

/** With launch type EC2 nothing can be placed; tasks of an Auto Scaling group's capacity provider wait in PROVISIONING. */
function isPlaceable(service: ServiceState): boolean {
  return service.template.strategy !== undefined || service.template.launchType === 'FARGATE';
}

export function placement(template: {
  readonly launchType: LaunchType | undefined;
  readonly strategy: Template['strategy'];
}): {
  readonly launchType: LaunchType;
  readonly capacityProvider: string | undefined;
} {
  const provider = template.strategy?.[0]?.capacityProvider;
  if (provider === undefined) return { launchType: template.launchType ?? 'EC2', capacityProvider: undefined };
  const fargate = provider === 'FARGATE' || provider === 'FARGATE_SPOT';
  return { launchType: fargate ? 'FARGATE' : 'EC2', capacityProvider: provider };
}

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

function asRolloutTask(task: TaskState): RolloutTask & { readonly task: TaskState } {
  return {
    task,
    alive: task.desiredStatus === 'RUNNING',
    healthy: task.healthy,
    occupying: task.lastStatus !== 'DEPROVISIONING' && task.lastStatus !== 'STOPPED',
  };
}
