import type { Attachment, Container, ContainerDefinition, Task } from '@aws-sdk/client-ecs';
import { tagList } from '../account/tag-rules.ts';
import type { TaskState } from './state.ts';

/** A task as DescribeTasks answers it. */
export function taskView(task: TaskState, withTags: boolean): Task {
  const { definition } = task.taskDefinition;
  const fargate = task.launchType === 'FARGATE';
  return {
    taskArn: task.arn,
    clusterArn: task.cluster.arn,
    taskDefinitionArn: task.taskDefinition.arn,
    lastStatus: task.lastStatus,
    desiredStatus: task.desiredStatus,
    healthStatus: 'UNKNOWN',
    launchType: task.capacityProvider === undefined || fargate ? task.launchType : undefined,
    capacityProviderName: task.capacityProvider,
    platformVersion: fargate ? (task.platformVersion === 'LATEST' ? '1.4.0' : task.platformVersion) : undefined,
    platformFamily: fargate ? 'Linux' : undefined,
    cpu: definition.cpu,
    memory: definition.memory,
    group: task.group,
    startedBy: task.startedBy,
    enableExecuteCommand: task.enableExecuteCommand,
    connectivity: task.startedAt === undefined ? undefined : 'CONNECTED',
    connectivityAt: task.startedAt,
    overrides: task.overrides ?? { containerOverrides: [], inferenceAcceleratorOverrides: [] },
    attachments: attachments(task),
    attributes: [],
    containers: (definition.containerDefinitions ?? []).map((container) => containerView(task, container)),
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

function containerView(task: TaskState, container: ContainerDefinition): Container {
  return {
    containerArn: `${task.arn.replace(':task/', ':container/')}/${container.name}`,
    taskArn: task.arn,
    name: container.name,
    image: container.image,
    lastStatus: containerStatus(task),
    exitCode: task.lastStatus === 'STOPPED' ? task.exitCode : undefined,
    reason: task.containerReason,
    networkBindings: [],
    networkInterfaces: [],
    healthStatus: 'UNKNOWN',
    cpu: String(container.cpu ?? 0),
    memory: container.memory === undefined ? undefined : String(container.memory),
  };
}

function containerStatus(task: TaskState): string {
  switch (task.lastStatus) {
    case 'RUNNING':
    case 'DEACTIVATING':
    case 'STOPPING':
      return task.startedAt === undefined ? 'STOPPED' : 'RUNNING';
    case 'DEPROVISIONING':
    case 'STOPPED':
      return 'STOPPED';
    default:
      return 'PENDING';
  }
}

/** The network interface that awsvpc gives each task. */
function attachments(task: TaskState): Attachment[] {
  const subnet = task.networkConfiguration?.awsvpcConfiguration?.subnets?.[0];
  if (subnet === undefined) return [];
  const status = { PROVISIONING: 'PRECREATED', STOPPED: 'DELETED' }[task.lastStatus as string] ?? 'ATTACHED';
  const octets = [task.id.slice(0, 2), task.id.slice(2, 4)].map((hex) => Number.parseInt(hex, 16));
  return [
    {
      id: `${task.id.slice(0, 8)}-eni`,
      type: 'ElasticNetworkInterface',
      status,
      details: [
        { name: 'subnetId', value: subnet },
        { name: 'networkInterfaceId', value: `eni-${task.id.slice(0, 17)}` },
        { name: 'privateIPv4Address', value: `10.0.${octets.join('.')}` },
      ],
    },
  ];
}
