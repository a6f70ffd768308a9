import { randomUUID } from 'node:crypto';
import { AwsError, invalidParameter } from '../../../errors.ts';
import type { World } from '../../../world.ts';
import { shortName } from '../../arn.ts';
import type { ClusterState } from '../../clusters/state.ts';
import { keepScaling } from '../scaling/loop.ts';
import type { CapacityProviderState, ClusterAttachmentState } from '../state.ts';
import { attachToGroup, DRAINING_HOOK, detachFromGroup } from './group-attachments.ts';
import { drainsInstances, isManaged } from './managed.ts';
import { BUILT_IN_PROVIDERS } from './view.ts';

const MAX_PROVIDERS = 20;

/** The names of providers that a cluster may have; ARNs are taken too. `cluster` is the cluster's name. */
export function checkedProviders(world: World, cluster: string, given: readonly string[]): string[] {
  const names = [...new Set(given.map(shortName))];
  if (names.length > MAX_PROVIDERS) {
    throw invalidParameter(`A cluster can have at most ${MAX_PROVIDERS} capacity providers.`);
  }
  for (const name of names) {
    if (!BUILT_IN_PROVIDERS.includes(name)) checkProvider(world, cluster, world.ecs.capacityProviders.get(name));
  }
  return names;
}

function checkProvider(world: World, cluster: string, provider: CapacityProviderState | undefined): void {
  if (provider === undefined || provider.status === 'INACTIVE' || provider.updateStatus === 'DELETE_IN_PROGRESS') {
    throw invalidParameter(
      'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
    );
  }
  if (provider.cluster !== undefined && provider.cluster !== cluster) {
    throw invalidParameter('The specified capacity provider belongs to another cluster.');
  }
  // hashicorp/terraform-provider-aws#45693
  if (provider.status !== 'ACTIVE') {
    throw invalidParameter(
      `The specified capacity provider '${provider.name}' is not in an ACTIVE state. Specify a valid capacity provider and try again.`,
    );
  }
  if (provider.cluster !== undefined) {
    // hashicorp/terraform-provider-aws#44783, aws-cdk#35699
    throw invalidParameter(
      'Cannot associate Managed Instances capacity provider to clusters using this API. ' +
        'Managed Instances capacity providers are already associated with the cluster.',
    );
  }
  if (!isManaged(provider)) return;
  // CP-10: the group's one desired capacity can follow the tasks of one cluster only.
  for (const other of world.ecs.clusters.values()) {
    if (other.name === cluster || other.status === 'INACTIVE' || !other.capacityProviders.includes(provider.name))
      continue;
    throw invalidParameter(
      'A capacity provider with managed scaling can only be associated with one cluster. ' +
        `The specified capacity provider is associated with cluster ${other.name}.`,
    );
  }
}

/** The Managed Instances providers that the cluster lists: its own from when they are ACTIVE until they are deleted, whatever is associated. */
export function ownProviders(world: World, { capacityProviders }: ClusterState): string[] {
  return capacityProviders.filter((name) => world.ecs.capacityProviders.get(name)?.cluster !== undefined);
}

/** Associations change one after the other. */
export function checkNotBusy(cluster: ClusterState): void {
  if (cluster.attachmentsStatus !== 'UPDATE_IN_PROGRESS') return;
  throw new AwsError(
    'UpdateInProgressException',
    'The specified cluster is in a busy state. Cluster attachments must be in UPDATE_COMPLETE or UPDATE_FAILED state ' +
      'before they can be updated. Wait and try again.',
  );
}

/** Makes what ECS needs on the groups of the cluster's providers, and takes away what it needs no more. UPDATE_IN_PROGRESS meanwhile. */
export function syncAttachments(world: World, cluster: ClusterState): void {
  const wanted = wantedAttachments(world, cluster);
  const same = (a: ClusterAttachmentState) => (b: ClusterAttachmentState) =>
    a.type === b.type && a.provider === b.provider;
  const kept = cluster.attachments.filter((present) => wanted.some(same(present)));
  const gone = cluster.attachments.filter((present) => !wanted.some(same(present)));
  const added = wanted.filter((attachment) => !kept.some(same(attachment)));
  cluster.attachments = [...kept, ...added];
  cluster.attachmentsStatus = 'UPDATE_IN_PROGRESS';
  for (const attachment of gone) detachFromGroup(world, attachment);
  world.agenda.after(world.timings.attachments, () => {
    const attached = cluster.attachments.map((attachment) => attachToGroup(world, attachment));
    cluster.attachmentsStatus = attached.every(Boolean) ? 'UPDATE_COMPLETE' : 'UPDATE_FAILED';
    for (const attachment of added) if (attachment.type === 'as_policy') keepScaling(world, cluster, attachment);
  });
}

function wantedAttachments(world: World, cluster: ClusterState): ClusterAttachmentState[] {
  return cluster.capacityProviders.flatMap((name) => {
    const provider = world.ecs.capacityProviders.get(name);
    if (provider === undefined) return [];
    const wanted: ClusterAttachmentState[] = [];
    if (isManaged(provider)) wanted.push(attachment('as_policy', name, `ECSManagedAutoScalingPolicy-${randomUUID()}`));
    if (drainsInstances(provider)) wanted.push(attachment('managed_draining', name, DRAINING_HOOK));
    return wanted;
  });
}

const attachment = (type: ClusterAttachmentState['type'], provider: string, name: string): ClusterAttachmentState => ({
  id: randomUUID(),
  type,
  provider,
  name,
  belowTarget: 0,
  warmUntil: 0,
});
