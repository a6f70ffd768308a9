import { invalidParameter } from '../../../errors.ts';
import { isOf, resourceOf, shortName } from '../../arn.ts';
import type { ClusterState } from '../../clusters/state.ts';
import type { ContainerInstanceState } from '../state.ts';

/** By id or ARN, in whatever status. */
export function findInstance(cluster: ClusterState, reference: string | undefined): ContainerInstanceState | undefined {
  if (!isOf(cluster.arn, reference ?? '')) return undefined;
  const parts = resourceOf(reference ?? '')?.split('/') ?? [];
  // A long-format ARN names its cluster; one from another cluster is not here.
  if (parts.length === 3 && parts[1] !== cluster.name) return undefined;
  return cluster.containerInstances.get(shortName(reference ?? ''));
}

/** One that is registered. */
export function registeredInstance(cluster: ClusterState, reference: string | undefined): ContainerInstanceState {
  const found = findInstance(cluster, reference);
  if (found === undefined) throw invalidParameter('The referenced container instance was not found.');
  if (found.status === 'INACTIVE') throw invalidParameter('The referenced container instance was inactive.');
  return found;
}
