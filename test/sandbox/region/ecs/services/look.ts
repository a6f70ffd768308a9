import type { World } from '../../world.ts';
import { isProtected } from '../tasks/protection.ts';
import type { TaskState } from '../tasks/state.ts';
import { addEventOnce, EVENT } from './events.ts';
import { isServing } from './health/judge.ts';
import { planRollout, type RolloutPlan, type RolloutTask } from './rollout.ts';
import { startTasks } from './starting.ts';
import type { DeploymentState, ServiceState } from './state.ts';
import { stopTasks } from './stopping.ts';
import { wakeAt } from './wake.ts';

export type LookedAt = RolloutTask & { readonly task: TaskState };

/** The tasks of a service as the scheduler sees them, oldest first. */
export function tasksOf(world: World, service: ServiceState): LookedAt[] {
  return [...service.tasks].map((task) => ({
    task,
    alive: task.desiredStatus === 'RUNNING',
    healthy: isServing(service, task),
    occupying: task.lastStatus !== 'DEPROVISIONING' && task.lastStatus !== 'STOPPED',
    failing: service.unhealthy.has(task),
    kept: isProtected(world, task),
    leaving: task.containerInstance?.status === 'DRAINING',
    zone: task.containerInstance?.attributes.get('ecs.availability-zone'),
    instance: task.containerInstance?.id,
  }));
}

/** A deployment that FAILED starts nothing (CB-05), and throttled start-ups wait (TH-01). */
export function mayStart(world: World, service: ServiceState, deployment: DeploymentState): boolean {
  return service.throttledUntil <= world.agenda.now && deployment.rolloutState !== 'FAILED';
}

/** Keeps a number of tasks of one deployment running, whatever the others do. */
export function keepCount(world: World, service: ServiceState, deployment: DeploymentState, desired: number): void {
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.deploymentConfiguration;
  const plan = planRollout({
    desired,
    minimumHealthyPercent,
    maximumPercent,
    primary: tasksOf(world, service).filter(({ task }) => task.deployment === deployment),
    old: [],
    mayStart: mayStart(world, service, deployment),
    mayReplace: true,
    rolling: deployment.rolloutState === 'IN_PROGRESS',
  });
  carryOut(world, service, deployment, plan);
}

/** Does what one look of the scheduler has decided. */
export function carryOut(
  world: World,
  service: ServiceState,
  deployment: DeploymentState,
  plan: RolloutPlan<LookedAt>,
): void {
  stopTasks(
    world,
    service,
    plan.stop.map(({ task }) => task),
  );
  startTasks(world, service, deployment, plan.start);
  if (plan.blocked) addEventOnce(world, service, EVENT.blocked);
  for (const { task } of plan.held) addEventOnce(world, service, EVENT.protected(task.deployment?.id ?? ''));
  if (service.throttledUntil > world.agenda.now) wakeAt(world, service, service.throttledUntil);
}
