import type { World } from '../../world.ts';
import type { TaskChange, TaskState } from '../tasks/state.ts';
import { controllerOf } from './controller.ts';
import { rollDaemon } from './daemon.ts';
import { watchAlarms } from './deployments/alarms.ts';
import { endDeployments, startPending } from './deployments/deployments.ts';
import { failDeployment } from './deployments/failure.ts';
import { countFailure } from './deployments/failures.ts';
import { recordOf } from './deployments/record.ts';
import { addEventOnce, EVENT } from './events.ts';
import { becameHealthy, becameUnhealthy } from './health/judge.ts';
import { followTargets } from './health/targets.ts';
import { mayStart } from './look.ts';
import { roll, settle } from './rolling.ts';
import { startOn } from './starting.ts';
import type { DeploymentState, ServiceState } from './state.ts';
import { stopTasks } from './stopping.ts';
import { endTaskSets, lookAtTaskSets } from './task-sets/look.ts';
import { shiftTraffic } from './traffic/lifecycle.ts';
import { wake, wakeAt } from './wake.ts';

/** Failures in a row before the start throttle sets in. */
const TOLERATED_FAILURES = 3;

/** What the service scheduler hears of its tasks. */
export function serviceTaskChanged(world: World, task: TaskState, change: TaskChange): void {
  const { service, deployment } = task;
  if (service === undefined || deployment === undefined) return;
  switch (change) {
    case 'healthy':
      becameHealthy(world, service, task);
      break;
    case 'unhealthy':
      becameUnhealthy(world, service, task, {
        event: EVENT.unhealthyContainer(task),
        stoppedReason: 'Task failed container health checks',
      });
      break;
    case 'failed':
      service.failures += 1;
      throttle(world, service, task, countFailure(world, service, deployment, 'start'));
      break;
    case 'moved':
      if (task.lastStatus !== 'STOPPED') break;
      service.targets.delete(task);
      service.unhealthy.delete(task);
  }
  wake(world, service);
}

/**
 * Tasks that do not even reach RUNNING are started at growing intervals (TH-01). Tasks that stop after RUNNING are not throttled (TH-04):
 * they only are not started more than once in an instant, or a world where everything is instant would never come to rest.
 */
function throttle(world: World, service: ServiceState, task: TaskState, judged: boolean): void {
  if (judged || service.failures < TOLERATED_FAILURES) return;
  if (task.startedAt !== undefined) {
    service.throttledUntil = world.agenda.now + world.timings.throttle;
    return;
  }
  const doublings = Math.min(service.failures - TOLERATED_FAILURES, 20);
  const pause = Math.min(world.timings.throttleMax, world.timings.throttle * 2 ** doublings);
  service.throttledUntil = world.agenda.now + pause;
  addEventOnce(world, service, EVENT.throttled);
}

/** One look of the service scheduler: brings the tasks one step nearer to what the service says. */
export function reconcileService(world: World, service: ServiceState): void {
  service.view = undefined;
  switch (service.status) {
    case 'INACTIVE':
      return;
    case 'DRAINING':
      drain(world, service);
      return;
    case 'ACTIVE':
      look(world, service);
  }
}

/** INACTIVE as soon as every task is STOPPING or further (SV-10). */
function drain(world: World, service: ServiceState): void {
  followTargets(world, service);
  for (const task of service.tasks) if (task.lastStatus === 'DEACTIVATING') return;
  service.status = 'INACTIVE';
  endDeployments(world, service);
  endTaskSets(service);
  world.agenda.after(world.timings.retention, () => {
    if (service.cluster.services.get(service.name) === service) service.cluster.services.delete(service.name);
  });
}

function look(world: World, service: ServiceState): void {
  followTargets(world, service);
  if (controllerOf(service.settings) !== 'ECS') {
    lookAtTaskSets(world, service);
    return;
  }
  startPending(world, service);
  if (recordOf(service)?.status === 'ROLLBACK_REQUESTED') failDeployment(world, service, 'request', true);
  watchAlarms(world, service);
  const [primary] = service.deployments;
  const record = recordOf(service);
  if (primary === undefined) return;
  if (service.settings.schedulingStrategy === 'DAEMON') lookAtDaemon(world, service, primary);
  else if (record?.status === 'IN_PROGRESS' && record.lifecycle !== undefined) {
    shiftTraffic(world, service, record, record.lifecycle);
  } else roll(world, service, primary);
}

/** The desired count of a DAEMON service is ECS's own: one task on each instance that may have one (SV-01). */
function lookAtDaemon(world: World, service: ServiceState, primary: DeploymentState): void {
  const plan = rollDaemon(world, service);
  service.desiredCount = plan.desired;
  stopTasks(world, service, plan.stop);
  if (mayStart(world, service, primary)) startOn(world, service, primary, plan.start, plan.refused);
  if (service.throttledUntil > world.agenda.now) wakeAt(world, service, service.throttledUntil);
  settle(world, service, plan.desired);
}
