import type { Cluster, Service, ServiceDeployment, ServiceRevision } from '@aws-sdk/client-ecs';
import type { EcsReads } from '../../aws/reads.ts';
import type { ObserveContext } from '../../engine/kind.ts';
import { OperatorError } from '../../errors.ts';
import { assertAssociated, unassociatedProviders } from './association.ts';
import { clusterOf, type DesiredService, serviceName } from './desired.ts';
import { REVISION_FIELDS, serviceChanges } from './diff.ts';

export interface ObservedService {
  readonly service: Service;
  /** Read only when the spec sets, or has just stopped setting, a field that DescribeServices does not return. */
  readonly revision: ServiceRevision | undefined;
  /** Read only when a rollout is due: it may have been tried and rolled back already. */
  readonly lastDeployment: ServiceDeployment | undefined;
  /** What `lastDeployment` tried to roll out, when it was rolled back. */
  readonly lastTarget: ServiceRevision | undefined;
  /** Capacity providers of a strategy that is due, and that the cluster does not have. */
  readonly unassociated: readonly string[];
}

/** Reads the service, and no more than the comparison with this spec needs. */
export async function observeService(
  { reads, afterChange }: ObserveContext<EcsReads>,
  desired: DesiredService,
): Promise<ObservedService | undefined> {
  const cluster = clusterOf(desired);
  const name = serviceName(desired);
  const isNew = !desired.deleting && !afterChange && desired.status?.serviceArn === undefined;
  const home = isNew ? await homeOf(reads, cluster) : undefined;
  const service = home !== undefined && isEmpty(home) ? undefined : await reads.describeService(cluster, name);
  if (service === undefined || service.status === 'INACTIVE') {
    if (home !== undefined) assertAssociated(desired, home);
    return undefined;
  }
  const found = { service, revision: undefined, lastDeployment: undefined, lastTarget: undefined, unassociated: [] };
  if (desired.deleting || service.status !== 'ACTIVE') return found;
  const revision = await revisionOf(reads, desired, service);
  const rollouts = serviceChanges(desired, { service, revision }).filter((change) => change.rollsOut);
  if (rollouts.length === 0) return { ...found, revision };
  const moves = rollouts.some(({ field }) => field === 'capacityProviderStrategy');
  const unassociated = moves ? unassociatedProviders(desired, await reads.describeCluster(cluster)) : [];
  const lastDeployment = await reads.latestServiceDeployment(cluster, name);
  const target = wasTakenBack(lastDeployment) ? lastDeployment?.targetServiceRevision?.arn : undefined;
  const lastTarget = target === undefined ? undefined : await reads.describeServiceRevision(target);
  return { service, revision, lastDeployment, lastTarget, unassociated };
}

/** The cluster that a new service is to be made in. */
async function homeOf(reads: EcsReads, cluster: string): Promise<Cluster> {
  const found = await reads.describeCluster(cluster);
  if (found !== undefined && found.status !== 'INACTIVE') return found;
  throw new OperatorError(
    'blocked',
    'ClusterNotFound',
    `The cluster ${cluster} does not exist in AWS. Create it, or correct spec.cluster.`,
  );
}

/**
 * A cluster without services answers for all services that are to be created in it, a hundred clusters a call.
 * (The count does not include DRAINING services; ECS then refuses the creation, and we come back.)
 */
function isEmpty(cluster: Cluster): boolean {
  return (cluster.activeServicesCount ?? 0) === 0;
}

async function revisionOf(
  reads: EcsReads,
  desired: DesiredService,
  service: Service,
): Promise<ServiceRevision | undefined> {
  const settled = desired.status?.settledFields ?? [];
  const needed = REVISION_FIELDS.some((field) => desired.spec[field] !== undefined || settled.includes(field));
  if (!needed) return undefined;
  const arns = (service.currentServiceRevisions ?? []).flatMap(({ arn }) => (arn === undefined ? [] : [arn]));
  return newest(await Promise.all(arns.map((arn) => reads.describeServiceRevision(arn))));
}

/** During a rollout several revisions are live. AWS promises no order of them, and the numbers in their ARNs do not grow with time. */
function newest(revisions: readonly (ServiceRevision | undefined)[]): ServiceRevision | undefined {
  return revisions
    .filter((revision) => revision !== undefined)
    .toSorted((a, b) => (b.createdAt?.getTime() ?? 0) - (a.createdAt?.getTime() ?? 0))
    .at(0);
}

export function wasTakenBack(deployment: ServiceDeployment | undefined): boolean {
  return deployment?.status?.startsWith('ROLLBACK') ?? false;
}
