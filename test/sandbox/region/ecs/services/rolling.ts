import type { World } from '../../world.ts';
import { completeDeployment, dropReplaced } from './deployments/deployments.ts';
import { recordOf } from './deployments/record.ts';
import { addSteadyState, EVENT, QUIET_MS } from './events.ts';
import { isServing } from './health/judge.ts';
import { carryOut, mayStart, tasksOf } from './look.ts';
import { lowerLimit, planRollout } from './rollout.ts';
import type { DeploymentState, ServiceDeploymentState, ServiceState } from './state.ts';
import { bakeMs } from './traffic/stages.ts';
import { wakeAt } from './wake.ts';

/** One look at a REPLICA service: replaces what is old, within minimum and maximum percent, and keeps its count. */
export function roll(world: World, service: ServiceState, primary: DeploymentState): void {
  const { minimumHealthyPercent = 100, maximumPercent = 200 } = service.deploymentConfiguration;
  const tasks = tasksOf(world, service);
  const plan = planRollout({
    desired: service.desiredCount,
    minimumHealthyPercent,
    maximumPercent,
    primary: tasks.filter(({ task }) => task.deployment === primary),
    old: tasks.filter(({ task }) => task.deployment !== primary),
    mayStart: mayStart(world, service, primary),
    mayReplace: primary.rolloutState !== 'FAILED',
    rolling: primary.rolloutState === 'IN_PROGRESS',
  });
  carryOut(world, service, primary, plan);
  settle(world, service, service.desiredCount);
}

/** Completes the deployment, and reports a steady state when it is reached and every six hours from then on. */
export function settle(world: World, service: ServiceState, desired: number): void {
  const [primary] = service.deployments;
  if (primary === undefined || primary.rolloutState === 'FAILED') return;
  if (primary.rolloutState === 'COMPLETED') dropReplaced(service);
  const steady = isSteady(service, primary, desired);
  if (primary.rolloutState === 'IN_PROGRESS' && (steady || isEarlySuccess(service, primary))) {
    if (!isBaked(world, service)) return;
    completeDeployment(world, service);
  }
  if (!steady || primary.rolloutState !== 'COMPLETED') return;
  addSteadyState(world, service);
  wakeAt(world, service, (service.suppressed.get(EVENT.steady) ?? world.agenda.now) + QUIET_MS);
}

/** Every task is one of the PRIMARY deployment and serves, and there are as many as there should be. */
function isSteady(service: ServiceState, primary: DeploymentState, desired: number): boolean {
  let serving = 0;
  for (const task of service.tasks) {
    if (task.deployment === primary && isServing(service, task)) serving += 1;
    else if (task.lastStatus !== 'DEPROVISIONING') return false;
  }
  return serving === desired;
}

/** With early success criteria a share of healthy tasks is enough; DEFERRED does not wait for the old tasks to go either. */
function isEarlySuccess(service: ServiceState, primary: DeploymentState): boolean {
  const criteria = service.deploymentConfiguration.earlySuccessCriteria;
  if (criteria?.enable !== true || recordOf(service)?.status !== 'IN_PROGRESS') return false;
  let serving = 0;
  for (const task of service.tasks) {
    if (task.deployment === primary) serving += isServing(service, task) ? 1 : 0;
    else if (criteria.sourceServiceRevisionCleanup !== 'DEFERRED' && task.lastStatus !== 'DEPROVISIONING') return false;
  }
  return serving >= lowerLimit(service.desiredCount, criteria.healthyPercent ?? 100);
}

/** A ROLLING deployment with alarms stays under way for its bake time, in which they may still fail it (AL-02, SV-15). */
function isBaked(world: World, service: ServiceState): boolean {
  const record = recordOf(service);
  if (record === undefined || !bakes(record)) return true;
  record.bakedAt ??= world.agenda.now + (bakeMs(record.configuration) || world.timings.alarmBake);
  if (record.bakedAt <= world.agenda.now) return true;
  wakeAt(world, service, record.bakedAt);
  return false;
}

const bakes = (record: ServiceDeploymentState): boolean =>
  record.status === 'IN_PROGRESS' && record.alarms.status === 'MONITORING';
