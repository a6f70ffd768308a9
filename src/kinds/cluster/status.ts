import type { Cluster } from '@aws-sdk/client-ecs';
import type { Conclusion, Progress } from '../../engine/kind.ts';
import type { ContainerInstanceCounts, ECSClusterStatus } from './api.ts';
import { failedProviders, isUpdating } from './attachments.ts';
import { capacityConditions } from './conditions.ts';
import type { DesiredCluster } from './desired.ts';
import { countInstances, instanceConditions } from './instances.ts';
import type { ObservedCapacity, ObservedCluster } from './observed.ts';
import { providerStatus, situationsOf } from './providers.ts';
import { heldProviders, isOurs } from './retire.ts';
import { listedInOrder } from './text.ts';

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
        desired.deleting || situations.length === 0 ? undefined : situations.map(providerStatus),
    },
    progress: progressOf(live),
    conditions:
      capacity === undefined ? [] : [...instanceConditions(capacity.instances), ...capacityConditions(situations)],
  };
}

/** None of a cluster that neither has instances nor a provider that could have some. */
function instanceCounts(capacity: ObservedCapacity | undefined): ContainerInstanceCounts | undefined {
  if (capacity === undefined || capacity.instances.length + capacity.providers.length === 0) return undefined;
  return countInstances(capacity.instances);
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
