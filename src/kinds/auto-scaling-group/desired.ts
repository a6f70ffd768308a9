import type { Reference } from '../../engine/kind.ts';
import type { AutoScalingGroupSpec } from './api.ts';
import type { DesiredGroup } from './observed.ts';

export const LAUNCH_TEMPLATE_REF = 'spec.launchTemplateRef';
export const CLUSTER_REF = 'spec.clusterRef';

export function overrideRef(index: number): string {
  return `spec.mixedInstancesPolicy.launchTemplate.overrides[${index}].launchTemplateRef`;
}

/** Everything that the spec points at. */
export function groupReferences(spec: AutoScalingGroupSpec): readonly Reference[] {
  const { launchTemplateRef, clusterRef, mixedInstancesPolicy } = spec;
  const references: Reference[] = [];
  if (launchTemplateRef !== undefined) {
    references.push({ field: LAUNCH_TEMPLATE_REF, kind: 'LaunchTemplate', to: launchTemplateRef });
  }
  if (clusterRef !== undefined) references.push({ field: CLUSTER_REF, kind: 'ECSCluster', to: clusterRef });
  for (const [index, override] of (mixedInstancesPolicy?.launchTemplate?.overrides ?? []).entries()) {
    if (override.launchTemplateRef === undefined) continue;
    references.push({ field: overrideRef(index), kind: 'LaunchTemplate', to: override.launchTemplateRef });
  }
  return references;
}

export function groupName(desired: DesiredGroup): string {
  return desired.spec.autoScalingGroupName ?? desired.object.metadata.name;
}

/**
 * Name or ARN of the cluster that the instances join; `undefined` when nobody says. While the group is being deleted the
 * objects that said it may be gone, and the status remembers.
 */
export function clusterOf({ spec, references, status }: DesiredGroup): string | undefined {
  return (
    references.get(CLUSTER_REF)?.arn ??
    spec.cluster ??
    references.get(LAUNCH_TEMPLATE_REF)?.details?.cluster ??
    status?.cluster
  );
}
