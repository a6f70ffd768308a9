import type { Attachment, Task } from '@aws-sdk/client-ecs';
import { tagList } from '../account/tag-rules.ts';
import { platformFamily, resolvedPlatform } from '../fargate.ts';
import { containerView } from './container-view.ts';
import { taskHealth } from './health.ts';
import { hasInterface, interfaceOf } from './interface.ts';
import type { TaskState } from './state.ts';

const FARGATE_STORAGE_GIB = 20;

/** A task as DescribeTasks answers it. */
export function taskView(task: TaskState, withTags: boolean): Task {
  const { definition } = task.taskDefinition;
  const fargate = task.launchType === 'FARGATE';
  const storage = task.overrides?.ephemeralStorage ?? definition.ephemeralStorage ?? { sizeInGiB: FARGATE_STORAGE_GIB };
  return {
    taskArn: task.arn,
    clusterArn: task.cluster.arn,
    taskDefinitionArn: task.taskDefinition.arn,
    containerInstanceArn: task.containerInstance?.arn,
    availabilityZone: task.availabilityZone,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: taskHealth(task.containers),
    launchType: task.launchType,
    capacityProviderName: task.capacityProvider,
    platformVersion: fargate ? resolvedPlatform(definition, task.platformVersion) : undefined,
    platformFamily: fargate ? platformFamily(definition) : undefined,
    cpu: task.overrides?.cpu ?? definition.cpu ?? sum(task, ({ cpu }) => cpu),
    memory:
      task.overrides?.memory ??
      definition.memory ??
      sum(task, ({ memory, memoryReservation }) => memory ?? memoryReservation),
    ephemeralStorage: fargate ? storage : undefined,
    fargateEphemeralStorage: fargate ? storage : undefined,
    group: task.group,
    startedBy: task.startedBy,
    enableExecuteCommand: task.enableExecuteCommand,
    connectivity: task.pullStartedAt === undefined ? undefined : connectivity(task),
    connectivityAt: task.pullStartedAt,
    overrides: {
      inferenceAcceleratorOverrides: [],
      ...task.overrides,
      containerOverrides: task.containers.map(({ name }) => containerOverride(task, name)),
    },
    attachments: attachments(task),
    attributes: [{ name: 'ecs.cpu-architecture', value: architecture(task) }],
    containers: task.containers.map((container) => containerView(task, container)),
    createdAt: task.createdAt,
    pullStartedAt: task.pullStartedAt,
    pullStoppedAt: task.pullStoppedAt,
    startedAt: task.startedAt,
    stoppingAt: task.stoppingAt,
    executionStoppedAt: task.executionStoppedAt,
    stoppedAt: task.stoppedAt,
    stopCode: task.stopCode,
    stoppedReason: task.stoppedReason,
    tags: withTags ? tagList(task.tags) : [],
    version: task.version,
  };
}

function connectivity(task: TaskState): 'CONNECTED' | 'DISCONNECTED' {
  return task.containerInstance?.agentConnected === false ? 'DISCONNECTED' : 'CONNECTED';
}

function architecture(task: TaskState): string {
  return task.taskDefinition.definition.runtimePlatform?.cpuArchitecture === 'ARM64' ? 'arm64' : 'x86_64';
}

/** Every container is listed, with what was overridden. */
function containerOverride(task: TaskState, name: string) {
  return task.overrides?.containerOverrides?.find((override) => override.name === name) ?? { name };
}

function sum(task: TaskState, of: (definition: TaskState['containers'][number]['definition']) => number | undefined) {
  return String(task.containers.reduce((total, { definition }) => total + (of(definition) ?? 0), 0));
}

function attachments(task: TaskState): Attachment[] {
  if (!hasInterface(task)) return [];
  const { attachmentId, subnetId, networkInterfaceId, macAddress, privateIpv4Address } = interfaceOf(task);
  const named = (name: string, value: string): { name: string; value: string } => ({ name, value });
  return [
    {
      id: attachmentId,
      type: 'ElasticNetworkInterface',
      status: attachmentStatus(task),
      details: [
        named('subnetId', subnetId),
        named('networkInterfaceId', networkInterfaceId),
        named('macAddress', macAddress),
        named('privateDnsName', `ip-${privateIpv4Address.replaceAll('.', '-')}.ec2.internal`),
        named('privateIPv4Address', privateIpv4Address),
      ],
    },
  ];
}

function attachmentStatus(task: TaskState): string {
  switch (task.lastStatus) {
    case 'PROVISIONING':
      return 'PRECREATED';
    case 'STOPPED':
      return 'DELETED';
    default:
      return 'ATTACHED';
  }
}
