import type {
  Attribute,
  ContainerInstance,
  ContainerInstanceField,
  ContainerInstanceHealthStatus,
  Resource,
} from '@aws-sdk/client-ecs';
import { tagList } from '../../account/tag-rules.ts';
import type { Demand } from '../placement/demand.ts';
import { AGENT_PORTS, remainingOf } from '../placement/remaining.ts';
import type { ContainerInstanceState } from '../state.ts';

export function containerInstanceView(
  instance: ContainerInstanceState,
  include: readonly ContainerInstanceField[] = [],
): ContainerInstance {
  const tasks = [...instance.tasks].filter(({ desiredStatus }) => desiredStatus === 'RUNNING');
  const running = tasks.filter(({ lastStatus }) => lastStatus === 'RUNNING').length;
  return {
    containerInstanceArn: instance.arn,
    ec2InstanceId: instance.ec2InstanceId,
    capacityProviderName: instance.capacityProvider,
    version: instance.version,
    versionInfo: versionInfo(instance),
    remainingResources: resources(remainingOf(instance)),
    registeredResources: resources({ ...instance.registered, ports: AGENT_PORTS }),
    status: instance.status,
    statusReason: instance.statusReason,
    agentConnected: instance.agentConnected,
    runningTasksCount: running,
    pendingTasksCount: tasks.length - running,
    agentUpdateStatus: instance.agentUpdateStatus,
    attributes: [...instance.attributes].map(([name, value]) => attributeView(name, value)),
    registeredAt: instance.registeredAt,
    attachments: [],
    tags: include.includes('TAGS') ? tagList(instance.tags) : [],
    healthStatus: include.includes('CONTAINER_INSTANCE_HEALTH') ? health(instance) : undefined,
  };
}

/** An attribute without a value has no member `value`. */
export const attributeView = (name: string, value: string): Attribute => (value === '' ? { name } : { name, value });

function versionInfo({ agentVersion }: ContainerInstanceState): ContainerInstance['versionInfo'] {
  if (agentVersion === '') return {};
  return { agentVersion, agentHash: 'e3c1a2b4', dockerVersion: 'DockerVersion: 25.0.14' };
}

function resources({ cpu, memory, gpus, ports }: Demand): Resource[] {
  const number = (name: string, integerValue: number): Resource => ({
    name,
    type: 'INTEGER',
    doubleValue: 0,
    longValue: 0,
    integerValue,
  });
  const set = (name: string, stringSetValue: string[]): Resource => ({
    name,
    type: 'STRINGSET',
    doubleValue: 0,
    longValue: 0,
    integerValue: 0,
    stringSetValue,
  });
  const of = (protocol: string): string[] =>
    ports.filter((port) => port.startsWith(`${protocol}/`)).map((port) => port.slice(protocol.length + 1));
  return [
    number('CPU', cpu),
    number('MEMORY', memory),
    set('PORTS', of('tcp')),
    set('PORTS_UDP', of('udp')),
    ...(gpus > 0
      ? [
          set(
            'GPU',
            Array.from({ length: gpus }, (_, index) => `GPU-${index}`),
          ),
        ]
      : []),
  ];
}

function health({ agentConnected, registeredAt }: ContainerInstanceState): ContainerInstanceHealthStatus {
  const status = agentConnected ? 'OK' : 'INSUFFICIENT_DATA';
  const detail = {
    type: 'CONTAINER_RUNTIME',
    status,
    lastUpdated: registeredAt,
    lastStatusChange: registeredAt,
  } as const;
  return { overallStatus: status, details: [detail] };
}
