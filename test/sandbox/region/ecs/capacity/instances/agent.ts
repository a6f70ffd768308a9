import { randomBytes } from 'node:crypto';
import type {
  RegisterContainerInstanceRequest,
  RegisterContainerInstanceResponse,
  Resource,
  UpdateContainerAgentRequest,
  UpdateContainerAgentResponse,
} from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../../errors.ts';
import type { World } from '../../../world.ts';
import { tagsFrom } from '../../account/tag-rules.ts';
import { findCluster } from '../../find.ts';
import { containerInstanceOf } from '../groups.ts';
import type { ContainerInstanceState, Resources } from '../state.ts';
import { capabilities } from './capabilities.ts';
import { capacityChanged } from './changes.ts';
import { isExternal } from './external.ts';
import { registeredInstance } from './find.ts';
import { AGENT_VERSION, providerOf, register } from './registration.ts';
import { containerInstanceView } from './view.ts';

/** What an agent calls. One without an identity document of EC2 is on an external instance (ECS Anywhere). */
export function registerContainerInstance(
  world: World,
  input: RegisterContainerInstanceRequest,
): RegisterContainerInstanceResponse {
  const cluster = findCluster(world, input.cluster);
  if (input.containerInstanceArn !== undefined) {
    return {
      containerInstance: containerInstanceView(registeredInstance(cluster, input.containerInstanceArn), ['TAGS']),
    };
  }
  const ec2InstanceId = instanceIdOf(input.instanceIdentityDocument);
  if (ec2InstanceId !== undefined && containerInstanceOf(world, ec2InstanceId) !== undefined) {
    throw invalidParameter(`The instance ${ec2InstanceId} is registered already.`);
  }
  const given = (input.attributes ?? []).map(({ name = '', value = '' }): [string, string] => [name, value]);
  const os = given.some(([name, value]) => name === 'ecs.os-type' && value === 'windows') ? 'windows' : 'linux';
  const builtIn = capabilities(os, ec2InstanceId === undefined).map((name): [string, string] => [name, '']);
  const instance = register(world, cluster, {
    ec2InstanceId: ec2InstanceId ?? `mi-0${randomBytes(8).toString('hex')}`,
    os,
    capacityProvider: ec2InstanceId === undefined ? undefined : providerOf(world, cluster, ec2InstanceId),
    registered: resourcesFrom(input.totalResources ?? []),
    attributes: new Map([...builtIn, ['ecs.os-type', os], ...given]),
    tags: tagsFrom(input.tags),
  });
  instance.agentVersion = input.versionInfo?.agentVersion ?? '';
  capacityChanged(world, cluster);
  return { containerInstance: containerInstanceView(instance, ['TAGS']) };
}

function instanceIdOf(document: string | undefined): string | undefined {
  if (document === undefined || document === '') return undefined;
  const id = /"instanceId"\s*:\s*"(i-[0-9a-f]+)"/.exec(document)?.[1];
  if (id === undefined) throw invalidParameter('The instance identity document is not valid.');
  return id;
}

/** An instance that does not say how many network interfaces it has gets those of the smallest type. */
function resourcesFrom(resources: readonly Resource[]): Resources {
  const value = (name: string): number => resources.find((resource) => resource.name === name)?.integerValue ?? 0;
  const gpus = resources.find(({ name }) => name === 'GPU')?.stringSetValue?.length ?? 0;
  return { cpu: value('CPU'), memory: value('MEMORY'), gpus, enis: 1 };
}

const UPDATE_STEPS = ['STAGING', 'STAGED', 'UPDATING', 'UPDATED'] as const;

/** AU-03 to AU-05. */
export function updateContainerAgent(world: World, input: UpdateContainerAgentRequest): UpdateContainerAgentResponse {
  const instance = registeredInstance(findCluster(world, input.cluster), input.containerInstance);
  if (instance.os === 'windows' || isExternal(instance)) {
    throw invalidParameter(
      'The container agent can only be updated on instances of an Amazon ECS-optimized Linux AMI.',
    );
  }
  if (instance.agentVersion === '') {
    throw new AwsError(
      'MissingVersionException',
      "Amazon ECS can't determine the current version of the container agent on the container instance.",
    );
  }
  if (instance.agentVersion === AGENT_VERSION) {
    throw new AwsError('NoUpdateAvailableException', 'There is no update available for your container agent.');
  }
  if (instance.agentUpdateStatus !== undefined && instance.agentUpdateStatus !== 'UPDATED') {
    throw new AwsError('UpdateInProgressException', 'There is already an update in progress for your container agent.');
  }
  instance.agentUpdateStatus = 'PENDING';
  UPDATE_STEPS.forEach((step, index) => {
    world.agenda.after(world.timings.agentUpdate * (index + 1), () => moveUpdate(instance, step));
  });
  return { containerInstance: containerInstanceView(instance) };
}

function moveUpdate(instance: ContainerInstanceState, step: (typeof UPDATE_STEPS)[number]): void {
  instance.agentUpdateStatus = step;
  instance.version += 1;
  if (step === 'UPDATED') instance.agentVersion = AGENT_VERSION;
}
