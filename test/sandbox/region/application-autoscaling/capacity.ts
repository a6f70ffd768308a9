import type { ServiceState } from '../ecs/services/state.ts';
import { updateService } from '../ecs/services/update-service.ts';
import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';
import { beginActivity } from './activities.ts';
import type { ActivityState, ScalableTargetState } from './state.ts';

/** A change that ECS has not fulfilled by then is `Unfulfilled`; AWS does not say how long it waits. */
const PATIENCE_MS = 30 * 60_000;

export function runningCount(service: ServiceState): number {
  let running = 0;
  for (const task of service.tasks) if (task.lastStatus === 'RUNNING') running += 1;
  return running;
}

/** Changes the service's desired count by UpdateService, as Application Auto Scaling does, and follows it until ECS is there. */
export function setDesiredCount(world: World, target: ScalableTargetState, count: number, cause: string): void {
  const { service } = target;
  const description = `Setting desired count to ${count}.`;
  try {
    updateService(world, { cluster: service.cluster.name, service: service.name, desiredCount: count });
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const message = `Failed to set desired count to ${count}. Reason: ${error.message}`;
    const failed = beginActivity(world, target, { description, cause, status: 'Failed', message });
    failed.endedAt = world.agenda.date;
    return;
  }
  const message = `Successfully set desired count to ${count}. Waiting for change to be fulfilled by ecs.`;
  const activity = beginActivity(world, target, { description, cause, status: 'InProgress', message });
  follow(world, service, activity, count);
}

/** Brings the count between the bounds, as when they have just been changed. */
export function enforceBounds(world: World, target: ScalableTargetState): void {
  const { minCapacity, maxCapacity, service } = target;
  if (service.desiredCount < minCapacity) {
    setDesiredCount(world, target, minCapacity, `minimum capacity was set to ${minCapacity}`);
  } else if (service.desiredCount > maxCapacity) {
    setDesiredCount(world, target, maxCapacity, `maximum capacity was set to ${maxCapacity}`);
  }
}

function follow(world: World, service: ServiceState, activity: ActivityState, count: number): void {
  world.agenda.after(world.timings.scalingPoll, () => {
    const set = `Successfully set desired count to ${count}.`;
    if (service.desiredCount !== count || service.status !== 'ACTIVE') {
      end(world, activity, 'Overridden', `${set} Change was overridden before it was fulfilled by ecs.`);
    } else if (runningCount(service) === count) {
      end(world, activity, 'Successful', `${set} Change successfully fulfilled by ecs.`);
    } else if (world.agenda.now - activity.startedAt.getTime() >= PATIENCE_MS) {
      end(world, activity, 'Unfulfilled', `${set} Change was not fulfilled by ecs.`);
    } else follow(world, service, activity, count);
  });
}

function end(world: World, activity: ActivityState, status: ActivityState['status'], message: string): void {
  activity.status = status;
  activity.message = message;
  activity.endedAt = world.agenda.date;
}
