import { AwsError, clientException } from '../errors.ts';
import type { World } from '../world.ts';
import { arn, isOf, resourceOf, shortName } from './arn.ts';
import type { ClusterState } from './clusters/state.ts';
import type { ServiceState } from './services/state.ts';
import type { TaskDefinitionState } from './task-definitions/state.ts';

const DEFAULT_CLUSTER = 'default';

/** The cluster of that name or ARN, in whatever status. */
export function clusterOrNone(world: World, cluster: string): ClusterState | undefined {
  return isOf(arn(world, ''), cluster) ? world.ecs.clusters.get(shortName(cluster)) : undefined;
}

/** The active cluster of that name or ARN; `default` when none is given. */
export function findCluster(world: World, cluster: string | undefined): ClusterState {
  const found = clusterOrNone(world, cluster ?? DEFAULT_CLUSTER);
  if (found === undefined) throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  if (found.status === 'INACTIVE') {
    throw new AwsError('ClusterNotFoundException', 'The referenced cluster was inactive.');
  }
  return found;
}

/** The name of the cluster in a service's long ARN. */
export function clusterOfArn(service: string | undefined): string | undefined {
  const parts = resourceOf(service ?? '')?.split('/') ?? [];
  return parts.length === 3 ? parts[1] : undefined;
}

/** The service of that name or ARN, in whatever status. */
export function findService(cluster: ClusterState, service: string | undefined): ServiceState | undefined {
  const name = service ?? '';
  if (!isOf(cluster.arn, name)) return undefined;
  const parts = resourceOf(name)?.split('/') ?? [];
  // A long-format ARN names its cluster; one from another cluster is not here.
  if (parts.length === 3 && parts[1] !== cluster.name) return undefined;
  return cluster.services.get(shortName(name));
}

export function serviceOrThrow(cluster: ClusterState, service: string | undefined): ServiceState {
  const found = findService(cluster, service);
  if (found === undefined) throw new AwsError('ServiceNotFoundException', 'Service not found.');
  return found;
}

/** `family`, `family:revision` or an ARN; a family alone means its latest ACTIVE revision. */
export function findTaskDefinition(world: World, reference: string | undefined): TaskDefinitionState | undefined {
  if (!isOf(arn(world, ''), reference ?? '')) return undefined;
  const name = shortName(reference ?? '');
  const [familyName = '', revision] = name.split(':');
  const family = world.ecs.families.get(familyName);
  if (family === undefined) return undefined;
  if (revision !== undefined) return family.revisions.get(Number(revision));
  let latest: TaskDefinitionState | undefined;
  for (const candidate of family.revisions.values()) {
    if (candidate.status === 'ACTIVE') latest = candidate;
  }
  return latest;
}

/** A task definition that new tasks may use (TDL-03). */
export function usableTaskDefinition(world: World, reference: string | undefined): TaskDefinitionState {
  const found = findTaskDefinition(world, reference);
  if (found === undefined) throw clientException('TaskDefinition not found.');
  if (found.status !== 'ACTIVE') throw clientException('TaskDefinition is inactive');
  return found;
}
