import { randomUUID } from 'node:crypto';
import type { World } from '../../world.ts';
import type { TaskState } from '../tasks/state.ts';
import type { ServiceState } from './state.ts';

const MAX_EVENTS = 100;

export function addEvent(world: World, service: ServiceState, text: string): void {
  const event = { id: randomUUID(), createdAt: world.agenda.date, message: `(service ${service.name}) ${text}` };
  service.events = [event, ...service.events.slice(0, MAX_EVENTS - 1)];
}

/** ECS suppresses a repeated message until its cause is resolved; here, while it is still the newest. */
export function addEventOnce(world: World, service: ServiceState, text: string): void {
  if (service.events[0]?.message !== `(service ${service.name}) ${text}`) addEvent(world, service, text);
}

export const EVENT = {
  steady: 'has reached a steady state.',
  blocked:
    'was unable to stop or start tasks during a deployment because of the service deployment configuration. ' +
    'Update the minimumHealthyPercent or maximumPercent value and try again.',
  unplaceable:
    'was unable to place a task because no container instance met all of its requirements. ' +
    'Reason: No Container Instances were found in your cluster. ' +
    'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  throttled:
    'is unable to consistently start tasks successfully. ' +
    'For more information, see the Troubleshooting section of the Amazon ECS Developer Guide.',
  completed: (deploymentId: string): string => `(deployment ${deploymentId}) deployment completed.`,
  failed: (deploymentId: string): string => `(deployment ${deploymentId}) deployment failed: tasks failed to start.`,
  rollingBack: (deploymentId: string): string => `rolling back to deployment ${deploymentId}.`,
  started: (tasks: readonly TaskState[]): string => `has started ${tasks.length} tasks: ${taskNames(tasks)}.`,
  stopped: (tasks: readonly TaskState[]): string => `has stopped ${tasks.length} running tasks: ${taskNames(tasks)}.`,
} as const;

const taskNames = (tasks: readonly TaskState[]): string => tasks.map((task) => `(task ${task.id})`).join(' ');
