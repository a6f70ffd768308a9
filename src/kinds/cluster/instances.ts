import type { ContainerInstance } from '@aws-sdk/client-ecs';
import type { KindCondition } from '../../engine/kind.ts';
import { nameOfArn } from '../shared/owner.ts';
import type { ContainerInstanceCounts } from './api.ts';
import { listedInOrder } from './text.ts';

/** CI-02. Of the registered ones some are draining, and some have lost their agent. */
export function countInstances(instances: readonly ContainerInstance[]): ContainerInstanceCounts {
  const count = (is: (instance: ContainerInstance) => boolean): number => instances.filter(is).length;
  return {
    registered: count(isRegistered),
    draining: count(({ status }) => status === 'DRAINING'),
    disconnected: count(isDisconnected),
    registrationFailed: count(hasFailed),
    external: count(isExternal),
  };
}

/** As ECS itself counts them. */
export function isRegistered({ status }: ContainerInstance): boolean {
  return status === 'ACTIVE' || status === 'DRAINING';
}

/** The attribute that only an agent of ECS Anywhere registers (PL-15). */
export function isExternal({ attributes }: ContainerInstance): boolean {
  return attributes?.some(({ name }) => name === 'ecs.capability.external') ?? false;
}

/** `i-...` on EC2, `mi-...` elsewhere. */
export function nameOfInstance({ ec2InstanceId, containerInstanceArn }: ContainerInstance): string {
  return ec2InstanceId ?? nameOfArn(containerInstanceArn ?? '');
}

function isDisconnected(instance: ContainerInstance): boolean {
  return isRegistered(instance) && instance.agentConnected === false;
}

function hasFailed({ status }: ContainerInstance): boolean {
  return status === 'REGISTRATION_FAILED';
}

/** What is wrong with single instances, whatever waits for them. */
export function instanceConditions(instances: readonly ContainerInstance[]): readonly KindCondition[] {
  return [...agentDisconnected(instances), ...registrationFailed(instances)];
}

function agentDisconnected(instances: readonly ContainerInstance[]): readonly KindCondition[] {
  const names = instances.filter(isDisconnected).map(nameOfInstance);
  if (names.length === 0) return [];
  const message = `The container agent is not connected to ECS on ${listedInOrder(names)}: no task can be placed or stopped there. Check its network path to the ECS endpoints and the logs of its agent; if the instance itself is gone, deregister it.`;
  return [{ type: 'AgentDisconnected', reason: 'AgentDisconnected', message }];
}

/** Such an instance stays until somebody terminates or deregisters it (section 4 of part 2 of the guide). */
function registrationFailed(instances: readonly ContainerInstance[]): readonly KindCondition[] {
  const failed = instances.filter(hasFailed);
  if (failed.length === 0) return [];
  const names = failed.map((instance) => `${nameOfInstance(instance)} (${reasonOf(instance)})`);
  const message = `ECS could not register ${listedInOrder(names)}. Remove the cause, then terminate or deregister the instance.`;
  return [{ type: 'RegistrationFailed', reason: 'RegistrationFailed', message }];
}

function reasonOf({ statusReason }: ContainerInstance): string {
  return statusReason?.replace(/\.$/, '') ?? 'ECS does not say why';
}
