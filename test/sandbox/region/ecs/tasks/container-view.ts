import { createHash } from 'node:crypto';
import type { Container, ManagedAgent, NetworkInterface } from '@aws-sdk/client-ecs';
import { imageDigest } from './image-digest.ts';
import { hasInterface, interfaceOf, uuidFrom } from './interface.ts';
import type { ContainerState, TaskState } from './state.ts';

/** A container as it is in DescribeTasks. */
export function containerView(task: TaskState, container: ContainerState): Container {
  const { definition } = container;
  const override = task.overrides?.containerOverrides?.find(({ name }) => name === container.name);
  const reservation = override?.memoryReservation ?? definition.memoryReservation;
  const memory = override?.memory ?? definition.memory;
  return {
    containerArn: containerArn(task, container),
    taskArn: task.arn,
    name: container.name,
    image: definition.image,
    imageDigest: pulled(task, container) ? imageDigest(definition.image ?? '') : undefined,
    runtimeId: container.startedAt === undefined ? undefined : runtimeId(task, container),
    lastStatus: container.lastStatus,
    exitCode: container.exitCode,
    reason: container.reason,
    networkBindings: [...container.networkBindings],
    networkInterfaces: networkInterfaces(task),
    healthStatus: container.healthStatus,
    managedAgents: task.enableExecuteCommand ? [executeCommandAgent(container)] : undefined,
    cpu: String(override?.cpu ?? definition.cpu ?? 0),
    memory: memory === undefined ? undefined : String(memory),
    memoryReservation: reservation === undefined ? undefined : String(reservation),
  };
}

function containerArn(task: TaskState, container: ContainerState): string {
  return `${task.arn.replace(':task/', ':container/')}/${uuidFrom(`${task.id}/${container.name}`)}`;
}

/** ECS Exec is ready once this agent is RUNNING (EX-13). */
function executeCommandAgent(container: ContainerState): ManagedAgent {
  return {
    name: 'ExecuteCommandAgent',
    lastStatus: container.lastStatus,
    lastStartedAt: container.startedAt,
  };
}

function networkInterfaces(task: TaskState): NetworkInterface[] {
  if (!hasInterface(task) || task.lastStatus === 'PROVISIONING') return [];
  const { attachmentId, privateIpv4Address } = interfaceOf(task);
  return [{ attachmentId, privateIpv4Address }];
}

function pulled(task: TaskState, container: ContainerState): boolean {
  return task.pullStoppedAt !== undefined && container.behaviour.kind !== 'cannotPull';
}

/** Fargate's runtime names a container by its task, Docker by 64 hexadecimal digits. */
function runtimeId(task: TaskState, container: ContainerState): string {
  const hash = createHash('sha256').update(`${task.id}/${container.name}/${container.generation}`).digest('hex');
  if (task.launchType !== 'FARGATE') return hash;
  return `${task.id}-${String(Number.parseInt(hash.slice(0, 8), 16)).padStart(10, '0')}`;
}
