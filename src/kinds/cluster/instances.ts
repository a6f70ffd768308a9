import type { ContainerInstance } from '@aws-sdk/client-ecs';
import type { KindCondition } from '../../engine/kind.ts';
import {
  agentDisconnected,
  hasFailedToRegister,
  isRegistered,
  refusedRegistrations,
  registrationFailed,
} from '../shared/container-instances.ts';
import type { ContainerInstanceCounts } from './api.ts';

/** CI-02. Of the registered ones some are draining, and some have lost their agent. */
export function countInstances(instances: readonly ContainerInstance[]): ContainerInstanceCounts {
  const count = (is: (instance: ContainerInstance) => boolean): number => instances.filter(is).length;
  return {
    registered: count(isRegistered),
    draining: count(({ status }) => status === 'DRAINING'),
    disconnected: count(isDisconnected),
    registrationFailed: count(hasFailedToRegister),
    external: count(isExternal),
  };
}

/** The attribute that only an agent of ECS Anywhere registers (PL-15). */
export function isExternal({ attributes }: ContainerInstance): boolean {
  return attributes?.some(({ name }) => name === 'ecs.capability.external') ?? false;
}

function isDisconnected(instance: ContainerInstance): boolean {
  return isRegistered(instance) && instance.agentConnected === false;
}

/** What is wrong with single instances, whatever waits for them. */
export function instanceConditions(instances: readonly ContainerInstance[]): readonly KindCondition[] {
  return [
    agentDisconnected(instances.filter(isDisconnected)),
    registrationFailed(refusedRegistrations(instances)),
  ].filter((condition) => condition !== undefined);
}
