import type { Desired, Reference } from '../../engine/kind.ts';
import type { ECSCapacityProviderSpec, ECSCapacityProviderStatus } from './api.ts';

export type DesiredProvider = Desired<ECSCapacityProviderSpec, ECSCapacityProviderStatus>;

const GROUP_REF = 'spec.autoScalingGroupProvider.autoScalingGroupRef';
const GROUP_ARN = 'spec.autoScalingGroupProvider.autoScalingGroupArn';
const CLUSTER_REF = 'spec.clusterRef';

/** What the user would read elsewhere as a step by step: neither the group nor the cluster of a provider can be changed. */
export const REPLACE =
  'Create another ECSCapacityProvider beside this one, add it to the capacityProviderRefs of the cluster and to the strategies of the services, take this one out of them, then delete it.';

/** Everything that the spec points at. */
export function providerReferences({
  clusterRef,
  autoScalingGroupProvider,
}: ECSCapacityProviderSpec): readonly Reference[] {
  const references: Reference[] = [];
  const groupRef = autoScalingGroupProvider?.autoScalingGroupRef;
  if (groupRef !== undefined) references.push({ field: GROUP_REF, kind: 'AutoScalingGroup', to: groupRef });
  if (clusterRef !== undefined) references.push({ field: CLUSTER_REF, kind: 'ECSCluster', to: clusterRef });
  return references;
}

export function providerName(desired: DesiredProvider): string {
  return desired.spec.name ?? desired.object.metadata.name;
}

/**
 * Name or ARN of the cluster that a Managed Instances provider belongs to: ECS finds, changes and deletes it only with that. While it is
 * being deleted its cluster object may be gone, but the status knows; when it does not, because we died before writing it, the cluster most
 * likely has its object's name.
 */
export function clusterOf({ spec, status, references }: DesiredProvider): string | undefined {
  if (spec.managedInstancesProvider === undefined) return undefined;
  return references.get(CLUSTER_REF)?.arn ?? status?.cluster ?? spec.cluster ?? spec.clusterRef?.name;
}

/** ARN of the group, or its name: ECS takes either. `undefined` for a provider without one. */
export function groupOf({ spec, references }: DesiredProvider): string | undefined {
  return references.get(GROUP_REF)?.arn ?? spec.autoScalingGroupProvider?.autoScalingGroupArn;
}

/** Where the spec names the group. */
export function groupField({ spec }: DesiredProvider): string {
  return spec.autoScalingGroupProvider?.autoScalingGroupRef === undefined ? GROUP_ARN : GROUP_REF;
}

/** Whether the group protects new instances as far as its object knows; `undefined` for one that is not ours. */
export function groupSaysItProtects({ references }: DesiredProvider): boolean | undefined {
  const said = references.get(GROUP_REF)?.details?.newInstancesProtectedFromScaleIn;
  return said === undefined ? undefined : said === 'true';
}

/** A reference into another region was refused from the start, so nothing was ever made, and nothing has to go. */
export function wasAlwaysRefused({ references, region, status }: DesiredProvider): boolean {
  const isAbroad = [...references.values()].some((identity) => identity.region !== region);
  return isAbroad && status?.capacityProviderArn === undefined;
}
