import type { Activity, Instance } from '@aws-sdk/client-auto-scaling';
import type { CapacityProvider, ContainerInstance, Task } from '@aws-sdk/client-ecs';
import { hasTasks, isRegistered } from '../shared/container-instances.ts';
import { inServiceSince, REGISTRATION_MS } from '../shared/launches.ts';
import type { ClusterCapacityProviderStatus } from './api.ts';
import { notScaling } from './not-scaling.ts';
import type { ObservedCapacity, ObservedProvider } from './observed.ts';
import { holds, lacksInstance, type Sizes, sizesOf } from './placement.ts';

/** One provider with what belongs to it, as the status and the conditions look at it. */
export interface ProviderSituation extends Omit<ObservedProvider, 'instanceTypes'> {
  /** Registered in this cluster. */
  readonly instances: readonly ContainerInstance[];
  /** Instances of the group that run or start. */
  readonly active: number;
  /** Those of them that have yet to register in the cluster. */
  readonly starting: number;
  /** Those of them that should have registered long ago (AG-03). */
  readonly unregistered: number;
  readonly sizes: Sizes | undefined;
  /** Tasks that wait for more instances, and for which ECS starts some. */
  readonly waiting: readonly Task[];
  /** Tasks that wait, and are larger than the smallest instance: ECS starts none for them (CAS-12). */
  readonly tooLarge: readonly Task[];
}

export function situationsOf(capacity: ObservedCapacity, now: number): readonly ProviderSituation[] {
  return capacity.providers
    .map((provider) => situationOf(provider, capacity, now))
    .toSorted((a, b) => (a.name < b.name ? -1 : 1));
}

function situationOf(observed: ObservedProvider, capacity: ObservedCapacity, now: number): ProviderSituation {
  const { name, provider, group, activities, instanceTypes } = observed;
  const registered = capacity.instances ?? [];
  const instances = registered.filter((instance) => isRegistered(instance) && instance.capacityProviderName === name);
  const lacking = capacity.waiting.filter(
    (task) => task.capacityProviderName === name && lacksInstance(task, instances, now),
  );
  // ECS looks for an instance type for each task of a Managed Instances provider.
  const sizes = provider?.autoScalingGroupProvider === undefined ? undefined : sizesOf(instances, instanceTypes);
  const counts = (task: Task): boolean => sizes === undefined || holds(sizes.smallest, task);
  const active = group?.Instances?.filter(isActive);
  const known = new Set(registered.map(({ ec2InstanceId }) => ec2InstanceId));
  const unknown = active?.filter(({ InstanceId }) => !known.has(InstanceId)) ?? [];
  const late = unknown.filter((instance) => isInService(instance) && isLate(instance, activities, now));
  return {
    name,
    provider,
    group,
    activities,
    instances,
    active: active?.length ?? instances.length,
    starting: unknown.length - late.length,
    unregistered: late.length,
    sizes,
    waiting: lacking.filter(counts),
    tooLarge: lacking.filter((task) => !counts(task)),
  };
}

/** Neither on its way out, nor in a warm pool, nor on standby. */
function isActive(instance: Instance): boolean {
  return isInService(instance) || (instance.LifecycleState?.startsWith('Pending') ?? false);
}

function isInService({ LifecycleState }: Instance): boolean {
  return LifecycleState === 'InService';
}

/** Activities are read only while tasks wait; without any nobody knows since when it is there. */
function isLate({ InstanceId = '' }: Instance, activities: readonly Activity[], now: number): boolean {
  return activities.length > 0 && now - inServiceSince(InstanceId, activities) > REGISTRATION_MS;
}

export function providerStatus(situation: ProviderSituation): ClusterCapacityProviderStatus {
  const { name, provider, group, instances } = situation;
  return {
    name,
    status: provider?.status,
    autoScalingGroupName: group?.AutoScalingGroupName,
    minSize: group?.MinSize,
    maxSize: group?.MaxSize,
    desiredInstances: group?.DesiredCapacity,
    runningInstances: instances.length,
    reservation: isScaled(provider) && group !== undefined ? reservationOf(situation) : undefined,
    notScaling: notScaling(situation),
  };
}

/** Without managed scaling ECS computes no reservation and moves no group (CP-11). */
export function isScaled(provider: CapacityProvider | undefined): boolean {
  return provider?.autoScalingGroupProvider?.managedScaling?.status === 'ENABLED';
}

/** With no instances there is no share: AWS's deep dive on cluster auto scaling sets it to 100 or to 200. */
const NOTHING_NEEDED = 100;
const SOMETHING_NEEDED = 200;

/**
 * CapacityProviderReservation (CAS-02): instances needed for each hundred that there are. An estimate, as ECS shows neither how many
 * instances it thinks that the waiting tasks need (here: one more than there are, unless some are starting), nor which tasks on an
 * instance are daemons, which do not count there (CAS-10) and do here.
 */
export function reservationOf({
  active,
  starting,
  instances,
  waiting,
}: Pick<ProviderSituation, 'active' | 'starting' | 'instances' | 'waiting'>): number {
  if (active === 0) return waiting.length > 0 ? SOMETHING_NEEDED : NOTHING_NEEDED;
  if (waiting.length > 0) return percent(starting > 0 ? active : active + 1, active);
  return percent(instances.filter(hasTasks).length, active);
}

function percent(needed: number, there: number): number {
  return Math.round((needed / there) * 100);
}
