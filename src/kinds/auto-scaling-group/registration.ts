import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { inServiceSince, REGISTRATION_MS } from '../shared/launches.ts';
import { inService } from './instances.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';

/** An agent connects a moment after it has registered. */
const CONNECTION_MS = 2 * 60_000;

/** Ids of instances that serve and that ECS does not know, although it is known which cluster they are to join. */
export function unregisteredInstances({ group, containerInstances }: ObservedGroup): readonly string[] {
  if (containerInstances === undefined) return [];
  const known = new Set(containerInstances.map(({ ec2InstanceId }) => ec2InstanceId));
  return inService(group).flatMap(({ InstanceId }) =>
    InstanceId === undefined || known.has(InstanceId) ? [] : [InstanceId],
  );
}

/** Those that have had time enough to register. */
export function overdueInstances({ now }: DesiredGroup, observed: ObservedGroup): readonly string[] {
  return unregisteredInstances(observed).filter(
    (id) => now - inServiceSince(id, observed.activities) > REGISTRATION_MS,
  );
}

/** Registered ones whose agent ECS does not hear from: their tasks are neither watched nor stopped. */
export function disconnectedInstances({ now }: DesiredGroup, observed: ObservedGroup): readonly ContainerInstance[] {
  return (observed.containerInstances ?? []).filter(
    ({ status, agentConnected, registeredAt }) =>
      status === 'ACTIVE' && agentConnected === false && now - (registeredAt?.getTime() ?? 0) > CONNECTION_MS,
  );
}
