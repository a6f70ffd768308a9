import type { Cluster } from '@aws-sdk/client-ecs';
import type { Conclusion, KindCondition, Progress } from '../../engine/kind.ts';
import { statusIncomplete } from '../shared/status-reads.ts';
import { listedInOrder } from '../shared/text.ts';
import type { ClusterCapacityProviderStatus, ContainerInstanceCounts, ECSClusterStatus } from './api.ts';
import { failedProviders, isUpdating } from './attachments.ts';
import { capacityConditions } from './conditions.ts';
import type { DesiredCluster } from './desired.ts';
import { countInstances, instanceConditions } from './instances.ts';
import type { ObservedCapacity, ObservedCluster } from './observed.ts';
import { type ProviderSituation, providerStatus, situationsOf } from './providers.ts';
import { heldProviders, isOurs } from './retire.ts';

/** What is there, and how far it is. Nothing that is told about instances makes a cluster less Ready: it is whole without any. */
export function concluded(desired: DesiredCluster, observed: ObservedCluster): Conclusion<ECSClusterStatus> {
  const { cluster: live, capacity } = observed;
  // It has the name of a cluster of somebody else: the object never was anything in AWS.
  if (desired.deleting && !isOurs(desired, live)) return { status: {}, progress: progressOf(live) };
  const situations = capacity === undefined ? [] : situationsOf(capacity, desired.now);
  return {
    status: {
      clusterArn: live.clusterArn,
      clusterName: live.clusterName,
      status: live.status,
      activeServicesCount: live.activeServicesCount,
      runningTasksCount: live.runningTasksCount,
      pendingTasksCount: live.pendingTasksCount,
      registeredContainerInstancesCount: live.registeredContainerInstancesCount,
      capacityProviders: desired.deleting ? heldProviders(desired, observed) : live.capacityProviders,
      containerInstances: instanceCounts(capacity),
      capacityProviderStatuses:
        capacity === undefined || desired.deleting || situations.length === 0
          ? undefined
          : situations.map((situation) => knownStatus(situation, capacity)),
    },
    progress: progressOf(live),
    conditions: capacity === undefined ? [] : conditionsOf(capacity, situations),
  };
}

/** Where something could not be read, nobody knows what the rest adds up to. */
function conditionsOf(capacity: ObservedCapacity, situations: readonly ProviderSituation[]): readonly KindCondition[] {
  const { instances = [], denied } = capacity;
  const whole = denied.size === 0;
  return [...instanceConditions(instances), ...(whole ? capacityConditions(situations) : statusIncomplete(denied))];
}

function knownStatus(
  situation: ProviderSituation,
  { instances, denied }: ObservedCapacity,
): ClusterCapacityProviderStatus {
  const status = providerStatus(situation);
  if (denied.size === 0) return status;
  const runningInstances = instances === undefined ? undefined : status.runningInstances;
  return { ...status, runningInstances, reservation: undefined, notScaling: undefined };
}

/** None of a cluster that neither has instances nor a provider that could have some. */
function instanceCounts(capacity: ObservedCapacity | undefined): ContainerInstanceCounts | undefined {
  const { instances, providers = [] } = capacity ?? {};
  return instances === undefined || instances.length + providers.length === 0 ? undefined : countInstances(instances);
}

function progressOf(live: Cluster): Progress {
  if (live.status === 'FAILED') {
    return {
      kind: 'stalled',
      reason: 'ClusterFailed',
      message:
        'ECS could not create the resources of the capacity providers. Correct spec.capacityProviders, or delete the object and apply it again.',
    };
  }
  if (isUpdating(live)) {
    return {
      kind: 'progressing',
      reason: 'AttachmentsUpdating',
      message: 'ECS is associating the capacity providers.',
    };
  }
  if (live.attachmentsStatus === 'UPDATE_FAILED') {
    return { kind: 'stalled', reason: 'AttachmentsFailed', message: attachmentsFailed(live) };
  }
  return { kind: 'live' };
}

function attachmentsFailed(live: Cluster): string {
  const failed = failedProviders(live);
  const which = failed.length === 0 ? '' : ` (${listedInOrder(failed)})`;
  return `ECS could not associate the capacity providers${which}. Check that their Auto Scaling groups exist, then correct spec.capacityProviders or spec.capacityProviderRefs; any change of the spec tries again.`;
}
