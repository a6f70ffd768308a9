import type { Activity } from '@aws-sdk/client-auto-scaling';
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import { inService } from './instances.ts';
import { launchedInstance } from './launch-failures.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';

/** An instance needs a few minutes to boot, fetch the agent's image and register; after this long something is wrong. */
const REGISTRATION_MS = 10 * 60_000;
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

/**
 * When the instance came into service, in milliseconds since 1970. AWS does not say it of an instance, but its launch is an activity that
 * ended then. One whose launch is not among the newest activities is older than all of them.
 */
function inServiceSince(id: string, activities: readonly Activity[]): number {
  const launch = activities.find((activity) => launchedInstance(activity) === id);
  if (launch !== undefined) return launch.EndTime?.getTime() ?? Number.POSITIVE_INFINITY;
  return activities.at(-1)?.StartTime?.getTime() ?? 0;
}

/** Registered ones whose agent ECS does not hear from: their tasks are neither watched nor stopped. */
export function disconnectedInstances({ now }: DesiredGroup, observed: ObservedGroup): readonly ContainerInstance[] {
  return (observed.containerInstances ?? []).filter(
    ({ status, agentConnected, registeredAt }) =>
      status === 'ACTIVE' && agentConnected === false && now - (registeredAt?.getTime() ?? 0) > CONNECTION_MS,
  );
}

export function failedRegistrations({ containerInstances = [] }: ObservedGroup): readonly ContainerInstance[] {
  return containerInstances.filter(({ status }) => status === 'REGISTRATION_FAILED');
}
