import { type Cluster, DeleteClusterCommand } from '@aws-sdk/client-ecs';
import { assertOwned, ownershipOf } from '../../aws/ownership.ts';
import type { Referrer, Step } from '../../engine/kind.ts';
import { deregisterDisconnected, nameOfInstance } from '../shared/container-instances.ts';
import { nameOfArn, ownerOf } from '../shared/owner.ts';
import { ecs, step, wait } from '../shared/step.ts';
import { counted, listedInOrder } from '../shared/text.ts';
import type { ECSCluster } from './api.ts';
import { dissociation } from './associate.ts';
import { groupProviders, isFargate, isUpdating, managedInstancesProviders } from './attachments.ts';
import { clusterName, type DesiredCluster } from './desired.ts';
import { isExternal } from './instances.ts';
import type { ObservedCluster } from './observed.ts';

/** A cluster that is being deleted has let go of its providers once none of them is associated any more. */
export function holdsProviders({ metadata, status }: ECSCluster): boolean {
  return metadata.deletionTimestamp === undefined || (status?.capacityProviders ?? []).some((name) => !isFargate(name));
}

/**
 * The providers that `status.capacityProviders` names while the cluster is being deleted: one is let go of when ECS has taken its policy
 * and its hook off the group, and of one of Managed Instances there is nothing to let go.
 */
export function heldProviders(desired: DesiredCluster, observed: ObservedCluster): readonly string[] {
  const associated = groupProviders(observed);
  if (!isUpdating(observed.cluster)) return associated;
  return [...new Set([...(desired.status?.capacityProviders ?? []), ...associated])].toSorted();
}

/** One that belongs to somebody else keeps what it has, and is no reason to hold on to anything. */
export function isOurs(desired: DesiredCluster, { tags }: Cluster): boolean {
  return ownershipOf(tags, ownerOf(desired)) === 'ours';
}

/**
 * Lets go of the providers while launch templates and groups still refer to the cluster: they wait for one another in a circle, and it is
 * opened here. Services go first, for they need the providers to the end.
 */
export function releaseSteps(
  desired: DesiredCluster,
  observed: ObservedCluster,
  users: readonly Referrer[],
): readonly Step[] {
  const { cluster: live } = observed;
  if (!isOurs(desired, live) || users.some(({ kind }) => kind === 'ECSService')) return [];
  if (groupProviders(observed).length === 0) return isUpdating(live) ? [updating] : [];
  if (live.status === 'PROVISIONING' || live.status === 'DEPROVISIONING') return [changing];
  const busy = busyWait(observed);
  return busy.length > 0 ? busy : [dissociation(observed)];
}

/** Removes the cluster, step by step in the order in which AWS allows it (CLU-10). */
export function retireSteps(desired: DesiredCluster, observed: ObservedCluster): readonly Step[] {
  const { cluster: live } = observed;
  const name = clusterName(desired);
  assertOwned(ownerOf(desired), live.tags, `cluster "${name}"`);
  if (live.status === 'DEPROVISIONING') return [wait('Deleting', 'ECS is removing the cluster.')];
  const busy = busyWait(observed);
  if (busy.length > 0) return busy;
  if (groupProviders(observed).length > 0) return [dissociation(observed)];
  const left = [...managedInstancesWait(observed), ...lostInstances(observed), ...instancesWait(name, observed)];
  if (left.length > 0) return left;
  return [step(ecs, new DeleteClusterCommand({ cluster: live.clusterArn }), `cluster ${name} deleted`)];
}

const updating = wait('AttachmentsUpdating', 'ECS is still dissociating the capacity providers.');
const changing = wait('ClusterChanging', 'ECS is still making or removing the cluster.');

/** What neither the dissociation of a provider nor the deletion of the cluster gets past. */
function busyWait({ cluster: live, services }: ObservedCluster): readonly Step[] {
  if (services.length > 0) {
    const names = listedInOrder(services);
    return [wait('InUse', `Waiting until the cluster has no services: AWS still has ${names}.`)];
  }
  const tasks = (live.runningTasksCount ?? 0) + (live.pendingTasksCount ?? 0);
  if (tasks > 0) {
    const message = `Waiting until the cluster has no tasks: AWS still has ${tasks}. Those of services stop by themselves; stop the others (aws ecs stop-task).`;
    return [wait('InUse', message)];
  }
  return isUpdating(live) ? [updating] : [];
}

function managedInstancesWait({ capacity }: ObservedCluster): readonly Step[] {
  const names = managedInstancesProviders(capacity);
  if (names.length === 0) return [];
  const message = `Waiting until the cluster has no Managed Instances providers: delete ${listedInOrder(names)}.`;
  return [wait('InUse', message)];
}

/**
 * Instances that were terminated while their agent was away: their groups do not have them any more, and ECS would keep them for ever. Whatever
 * else has lost its agent has lost its tasks and its cluster too.
 */
function lostInstances({ cluster, capacity }: ObservedCluster): readonly Step[] {
  const own = (capacity?.instances ?? []).filter((instance) => !isExternal(instance));
  return deregisterDisconnected(cluster.clusterArn, own);
}

/** Instances of ours go with their groups. External ones are somebody's machines: only he may take them out of the cluster (EX-07). */
function instancesWait(cluster: string, { capacity }: ObservedCluster): readonly Step[] {
  const instances = capacity?.instances ?? [];
  if (instances.length === 0) return [];
  const external = instances.filter(isExternal);
  const others = instances.filter((instance) => !isExternal(instance));
  const sentences: string[] = [];
  if (others.length > 0) {
    sentences.push(
      `AWS still has ${counted(others.length, 'container instance')} (${listedInOrder(others.map(nameOfInstance))}): delete the Auto Scaling groups that they belong to, and terminate or deregister others.`,
    );
  }
  if (external.length > 0) {
    const names = external.map(
      (instance) =>
        `${nameOfInstance(instance)} (container instance ${nameOfArn(instance.containerInstanceArn ?? '')})`,
    );
    sentences.push(
      `External instances are left alone: deregister ${listedInOrder(names)} with aws ecs deregister-container-instance --cluster ${cluster} --container-instance.`,
    );
  }
  return [wait('InUse', `Waiting until the cluster has no container instances. ${sentences.join(' ')}`)];
}
