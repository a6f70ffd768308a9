import type { Cluster } from '@aws-sdk/client-ecs';
import type { ObservedCapacity, ObservedCluster } from './observed.ts';

/** ECS is making what it needs on the groups, or taking it away. The guide has the first word for it, the API the second (MD-11). */
export function isUpdating({ attachmentsStatus }: Cluster): boolean {
  return attachmentsStatus === 'UPDATING' || attachmentsStatus === 'UPDATE_IN_PROGRESS';
}

export function isFargate(provider: string): boolean {
  return provider === 'FARGATE' || provider === 'FARGATE_SPOT';
}

/**
 * Providers of Managed Instances are the cluster's from the moment they are made: DescribeClusters lists them with the others, but
 * PutClusterCapacityProviders refuses their names and leaves them alone (terraform-provider-aws#44783, #46346).
 */
export function managedInstancesProviders(capacity: ObservedCapacity | undefined): readonly string[] {
  return (capacity?.providers ?? [])
    .filter(({ provider }) => provider?.type === 'MANAGED_INSTANCES')
    .map(({ name }) => name);
}

/** The cluster's providers that PutClusterCapacityProviders is about. */
export function associatedProviders(observed: Pick<ObservedCluster, 'cluster' | 'capacity'>): readonly string[] {
  const managed = managedInstancesProviders(observed.capacity);
  return (observed.cluster.capacityProviders ?? []).filter((name) => !managed.includes(name));
}

/** Those of them that AWS would not delete the cluster for, and that cannot be deleted themselves while it has them. */
export function groupProviders(observed: Pick<ObservedCluster, 'cluster' | 'capacity'>): readonly string[] {
  return associatedProviders(observed).filter((name) => !isFargate(name));
}

/** Providers whose policy or hook ECS could not make on the group. */
export function failedProviders({ attachments = [] }: Cluster): readonly string[] {
  const names = attachments
    .filter(({ status }) => status === 'FAILED')
    .flatMap(({ details = [] }) => details.find(({ name }) => name === 'capacityProviderName')?.value ?? []);
  return [...new Set(names)];
}
