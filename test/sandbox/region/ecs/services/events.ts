import { randomUUID } from 'node:crypto';
import type { World } from '../../world.ts';
import type { TaskState } from '../tasks/state.ts';
import type { ServiceState } from './state.ts';

const MAX_EVENTS = 100;
/** How long ECS keeps quiet about what it has said (guide 4, 12.1). */
export const QUIET_MS = 6 * 3_600_000;

export function addEvent(world: World, service: ServiceState, text: string): void {
  addMessage(world, service, `(service ${service.name}) ${text}`);
}

/** ECS names the task set, or the deployment, in the same parentheses for what concerns only that. */
export function addGroupEvent(world: World, service: ServiceState, groupId: string, text: string): void {
  addMessage(world, service, `(service ${service.name}, taskSet ${groupId}) ${text}`);
}

/** ECS suppresses a repeated message until its cause is resolved or six hours have passed (guide 4, 12.1). */
export function addEventOnce(world: World, service: ServiceState, text: string): void {
  const last = service.suppressed.get(text);
  if (last !== undefined && world.agenda.now - last < QUIET_MS) return;
  service.suppressed.set(text, world.agenda.now);
  addEvent(world, service, text);
}

/** Whatever was in the way is resolved: if it comes back, ECS says so again. */
export function resolveCauses(service: ServiceState): void {
  service.suppressed.clear();
}

/** Said when the service comes to rest, and every six hours for as long as it does. */
export function addSteadyState(world: World, service: ServiceState): void {
  if (!service.steady) {
    service.steady = true;
    resolveCauses(service);
  }
  addEventOnce(world, service, EVENT.steady);
}

function addMessage(world: World, service: ServiceState, message: string): void {
  service.view = undefined;
  service.events = [
    { id: randomUUID(), createdAt: world.agenda.date, message },
    ...service.events.slice(0, MAX_EVENTS - 1),
  ];
}

const TROUBLESHOOTING = 'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.';

/** The texts of guide 4, 12.2. */
export const EVENT = {
  steady: 'has reached a steady state.',
  blocked:
    'was unable to stop or start tasks during a deployment because of the service deployment configuration. ' +
    'Update the minimumHealthyPercent or maximumPercent value and try again.',
  throttled: `is unable to consistently start tasks successfully. ${TROUBLESHOOTING}`,
  /** `cause` as `place` says it. */
  unplaceable: (cause: string): string => `was unable to place a task${cause} ${TROUBLESHOOTING}`,
  protected: (groupId: string): string =>
    `was unable to reach steady state because task set (${groupId}) was unable to scale in. ` +
    'Reason: The number of protected tasks are more than the desired count of tasks.',
  completed: (deploymentId: string): string => `(deployment ${deploymentId}) deployment completed.`,
  failed: (deploymentId: string, cause: string): string => `(deployment ${deploymentId}) deployment failed: ${cause}.`,
  rollingBack: (deploymentId: string): string => `rolling back to deployment ${deploymentId}.`,
  started: (tasks: readonly TaskState[]): string => `has started ${tasks.length} tasks: ${taskNames(tasks)}.`,
  stopped: (tasks: readonly TaskState[]): string => `has stopped ${tasks.length} running tasks: ${taskNames(tasks)}.`,
  registered: (count: number, group: string): string => `registered ${count} targets in (${groupName(group)})`,
  deregistered: (count: number, group: string): string => `deregistered ${count} targets in (${groupName(group)})`,
  draining: (count: number): string => `has begun draining connections on ${count} tasks.`,
  unhealthyTarget: (port: number, group: string): string =>
    `(port ${port}) is unhealthy in (${groupName(group)}) due to (reason Health checks failed)`,
  unhealthyContainer: (task: TaskState): string => `(task ${task.id}) failed container health checks.`,
} as const;

/** A Classic Load Balancer has a name, a target group an ARN. */
export function groupName(group: string): string {
  return group.startsWith('arn:') ? `target-group ${group}` : `elb ${group}`;
}

const taskNames = (tasks: readonly TaskState[]): string => tasks.map((task) => `(task ${task.id})`).join(' ');
