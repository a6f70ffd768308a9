import { createHash } from 'node:crypto';
import { zoneOfSubnet } from '../../ec2/network.ts';
import type { World } from '../../world.ts';
import type { TaskState } from './state.ts';

/** Whether it gets a network interface of its own, which takes its time. */
export function hasInterface(task: Pick<TaskState, 'taskDefinition' | 'launchType'>): boolean {
  return task.launchType === 'FARGATE' || task.taskDefinition.definition.networkMode === 'awsvpc';
}

/**
 * Says where a task is, once that is known. Fargate spreads tasks over the zones of their subnets; on an instance the interface is in a
 * subnet of the instance's zone.
 */
export function locate(world: World, task: TaskState): void {
  const subnets = task.networkConfiguration?.awsvpcConfiguration?.subnets ?? [];
  if (task.launchType === 'FARGATE') {
    const siblings = task.service?.tasks ?? task.cluster.tasks;
    task.subnetId = subnets[siblings.size % Math.max(1, subnets.length)];
    task.availabilityZone = task.subnetId === undefined ? undefined : zoneOfSubnet(world, task.subnetId);
    return;
  }
  const zone = task.containerInstance?.attributes.get('ecs.availability-zone');
  task.availabilityZone = zone;
  task.subnetId = subnets.find((subnet) => zoneOfSubnet(world, subnet) === zone) ?? subnets[0];
}

export interface TaskInterface {
  readonly attachmentId: string;
  readonly subnetId: string;
  readonly networkInterfaceId: string;
  readonly macAddress: string;
  readonly privateIpv4Address: string;
}

/** The network interface that awsvpc gives each task: all of it follows from the task's id. */
export function interfaceOf(task: TaskState): TaskInterface {
  const pairs = task.id.match(/../g) ?? [];
  const octets = pairs.slice(0, 2).map((hex) => Number.parseInt(hex, 16));
  return {
    attachmentId: uuidFrom(`${task.id}/interface`),
    subnetId: task.subnetId ?? '',
    networkInterfaceId: `eni-${task.id.slice(0, 17)}`,
    macAddress: ['02', ...pairs.slice(0, 5)].join(':'),
    privateIpv4Address: `10.0.${octets.join('.')}`,
  };
}

/** An identifier in the form of a UUID that is always the same for the same text. */
export function uuidFrom(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20), hex.slice(20, 32)].join('-');
}
