import { findMember } from '../../../autoscaling/find.ts';
import { type InstanceTypeFacts, requireInstanceType } from '../../../ec2/instance-types.ts';
import { VPC_ID } from '../../../ec2/network.ts';
import type { InstanceState } from '../../../ec2/state.ts';
import type { World } from '../../../world.ts';
import type { Tags } from '../../account/tag-rules.ts';
import { arn } from '../../arn.ts';
import type { ClusterState } from '../../clusters/state.ts';
import { taskId } from '../../ids.ts';
import type { ContainerInstanceState, Resources } from '../state.ts';
import { capabilities } from './capabilities.ts';
import type { AgentConfig } from './user-data.ts';

export const AGENT_VERSION = '1.99.1';

/** What the kernel keeps for itself: an m4.large of 8192 MiB registers 7985 (ME-01). */
const LINUX_SHARE = 7985 / 8192;

export interface Registration {
  readonly ec2InstanceId: string;
  readonly os: 'linux' | 'windows';
  readonly capacityProvider: string | undefined;
  readonly registered: Resources;
  readonly attributes: Map<string, string>;
  readonly tags: Tags;
}

/** Makes a container instance of the cluster. */
export function register(world: World, cluster: ClusterState, registration: Registration): ContainerInstanceState {
  const id = taskId();
  const instance: ContainerInstanceState = {
    ...registration,
    id,
    arn: arn(world, `container-instance/${cluster.name}/${id}`),
    cluster,
    status: 'ACTIVE',
    statusReason: undefined,
    agentConnected: true,
    agentVersion: AGENT_VERSION,
    agentUpdateStatus: undefined,
    registeredAt: world.agenda.date,
    version: 1,
    tasks: new Set(),
  };
  cluster.containerInstances.set(id, instance);
  world.ecs.containerInstances.set(instance.ec2InstanceId, instance);
  return instance;
}

/** What the agent on an EC2 instance registers. `trunking` is the account's setting at that time (TR-01). */
export function registrationOf(
  world: World,
  cluster: ClusterState,
  instance: InstanceState,
  config: AgentConfig,
  trunking: boolean,
): Registration {
  const type = requireInstanceType(instance.instanceType);
  const trunked = trunking && config.os === 'linux' ? type.trunkedTasks : undefined;
  return {
    ec2InstanceId: instance.id,
    os: config.os,
    capacityProvider: providerOf(world, cluster, instance.id),
    registered: { ...resourcesOf(type), memory: registeredMemory(type, config), enis: trunked ?? type.interfaces - 1 },
    attributes: new Map([
      ...capabilities(config.os, false).map((name): [string, string] => [name, '']),
      ...(trunked === undefined ? [] : [['ecs.awsvpc-trunk-id', `trunk-${instance.id.slice(2)}`] as const]),
      ...builtIn(instance, type, config.os),
      ...config.attributes,
    ]),
    tags: new Map([...(config.instanceTags ? ownTags(instance) : []), ...config.tags]),
  };
}

/** What a Linux instance of the type registers unless its agent is told otherwise. */
export function resourcesOf(type: InstanceTypeFacts): Resources {
  return {
    cpu: type.vcpus * 1024,
    memory: Math.round(type.memoryMiB * LINUX_SHARE),
    gpus: type.gpus,
    enis: type.interfaces - 1,
  };
}

function registeredMemory(type: InstanceTypeFacts, config: AgentConfig): number {
  const seen = config.os === 'windows' ? type.memoryMiB - 1 : resourcesOf(type).memory;
  return seen - config.reservedMemory;
}

/** PL-14. */
function builtIn(instance: InstanceState, type: InstanceTypeFacts, os: AgentConfig['os']): [string, string][] {
  return [
    ['ecs.ami-id', instance.imageId],
    ['ecs.availability-zone', instance.availabilityZone],
    ['ecs.cpu-architecture', type.architecture],
    ['ecs.instance-type', instance.instanceType],
    ['ecs.os-family', os === 'linux' ? 'LINUX' : 'WINDOWS_SERVER_2022_CORE'],
    ['ecs.os-type', os],
    ['ecs.subnet-id', instance.subnetId],
    ['ecs.vpc-id', VPC_ID],
  ];
}

const ownTags = (instance: InstanceState): [string, string][] =>
  [...instance.tags].filter(([key]) => !key.startsWith('aws:'));

/** The provider of the instance's group, if the cluster has it. */
export function providerOf(world: World, cluster: ClusterState, ec2InstanceId: string): string | undefined {
  const group = findMember(world, ec2InstanceId)?.group;
  if (group === undefined) return undefined;
  return cluster.capacityProviders.find((name) => {
    const provider = world.ecs.capacityProviders.get(name);
    return provider?.autoScalingGroupProvider?.autoScalingGroupArn === group.arn;
  });
}
