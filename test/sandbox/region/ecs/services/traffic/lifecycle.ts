import type { World } from '../../../world.ts';
import { completeDeployment } from '../deployments/deployments.ts';
import { failDeployment } from '../deployments/failure.ts';
import { isServing } from '../health/judge.ts';
import { keepCount } from '../look.ts';
import type { DeploymentState, LifecycleState, ServiceDeploymentState, ServiceState, Template } from '../state.ts';
import { wake, wakeAt } from '../wake.ts';
import { settleHooks, startHooks } from './hooks.ts';
import { bakeMs, hasScaledUp, nextStage, productionSteps, stepBakeMs } from './stages.ts';

/** How many tasks a deployment should have while traffic is shifted: the new ones stand beside all of the old ones until CLEAN_UP. */
export function wantedTasks(
  { service, source }: ServiceDeploymentState,
  lifecycle: LifecycleState,
  deployment: DeploymentState,
): number {
  if (deployment === service.deployments[0]) return hasScaledUp(lifecycle.stage) ? service.desiredCount : 0;
  return deployment === source && lifecycle.stage !== 'CLEAN_UP' ? service.desiredCount : 0;
}

/** One look at a deployment with BLUE_GREEN, LINEAR or CANARY: brings its tasks and its traffic forward as far as they may go now. */
export function shiftTraffic(
  world: World,
  service: ServiceState,
  record: ServiceDeploymentState,
  lifecycle: LifecycleState,
): void {
  if (lifecycle.until === 0) enter(world, service, record, lifecycle);
  for (;;) {
    for (const deployment of service.deployments) {
      keepCount(world, service, deployment, wantedTasks(record, lifecycle, deployment));
    }
    // Starting tasks may have tripped the circuit breaker.
    if (record.status !== 'IN_PROGRESS' || !mayLeave(world, record, lifecycle)) return;
    const steps = productionSteps(record.configuration, record.sources.length > 0);
    const next = nextStage(lifecycle.stage, lifecycle.step, steps);
    if (next === undefined) {
      completeDeployment(world, service);
      // The next look finds it in a steady state, also if no task is left that would change.
      wake(world, service);
      return;
    }
    lifecycle.stage = next.stage;
    lifecycle.step = next.step;
    enter(world, service, record, lifecycle);
  }
}

function enter(world: World, service: ServiceState, record: ServiceDeploymentState, lifecycle: LifecycleState): void {
  service.view = undefined;
  record.updatedAt = world.agenda.date;
  lifecycle.hooks = startHooks(world, record.configuration, lifecycle.stage);
  lifecycle.until = world.agenda.now + duration(world, record, lifecycle);
  switch (lifecycle.stage) {
    case 'TEST_TRAFFIC_SHIFT':
      if (hasTestTraffic(record.target.template)) lifecycle.testWeight = 100;
      return;
    case 'PRODUCTION_TRAFFIC_SHIFT':
      lifecycle.productionWeight =
        productionSteps(record.configuration, record.sources.length > 0)[lifecycle.step] ?? 100;
      lifecycle.until += stepBakeMs(record.configuration, lifecycle.productionWeight);
      return;
    default:
  }
}

function duration(world: World, record: ServiceDeploymentState, lifecycle: LifecycleState): number {
  switch (lifecycle.stage) {
    case 'TEST_TRAFFIC_SHIFT':
    case 'PRODUCTION_TRAFFIC_SHIFT':
      return world.timings.trafficShift;
    case 'BAKE_TIME':
      return bakeMs(record.configuration);
    default:
      return 0;
  }
}

/** Whether the stage is over; if it is not, the service is looked at again when it may be. */
function mayLeave(world: World, record: ServiceDeploymentState, lifecycle: LifecycleState): boolean {
  const { service } = record;
  const outcome = settleHooks(world, lifecycle);
  switch (outcome.kind) {
    case 'failed':
      failDeployment(world, service, 'hook', true);
      return false;
    case 'timedOut':
      failDeployment(world, service, 'hookTimeout', true);
      return false;
    case 'open':
      wakeAt(world, service, outcome.until);
      return false;
    case 'passed':
  }
  if (lifecycle.until > world.agenda.now) {
    wakeAt(world, service, lifecycle.until);
    return false;
  }
  return haveTasksFollowed(record, lifecycle);
}

/** Tasks are looked at again whenever they change. */
function haveTasksFollowed({ service, source }: ServiceDeploymentState, lifecycle: LifecycleState): boolean {
  const [target] = service.deployments;
  let serving = 0;
  for (const task of service.tasks) {
    const ending = task.lastStatus === 'DEPROVISIONING';
    if (task.deployment === target) {
      if (isServing(service, task)) serving += 1;
    } else if (lifecycle.stage === 'CLEAN_UP' && !ending) return false;
    else if (lifecycle.stage === 'RECONCILE_SERVICE' && task.deployment !== source && !ending) return false;
  }
  const needsTarget = lifecycle.stage === 'SCALE_UP' || lifecycle.stage === 'CLEAN_UP';
  return !needsTarget || serving >= service.desiredCount;
}

/** Test traffic needs a listener of its own, or a rule of Service Connect. */
function hasTestTraffic({ loadBalancers, serviceConnect }: Template): boolean {
  return (
    loadBalancers.some(({ advancedConfiguration }) => advancedConfiguration?.testListenerRule !== undefined) ||
    (serviceConnect?.services?.some(({ clientAliases }) =>
      clientAliases?.some(({ testTrafficRules }) => testTrafficRules !== undefined),
    ) ??
      false)
  );
}
