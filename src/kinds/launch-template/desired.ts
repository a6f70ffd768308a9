import type { Desired } from '../../engine/kind.ts';
import { OperatorError } from '../../errors.ts';
import type { LaunchTemplateSpec, LaunchTemplateStatus } from './api.ts';

export type DesiredTemplate = Desired<LaunchTemplateSpec, LaunchTemplateStatus>;

export const CLUSTER_REF = 'spec.ecs.clusterRef';

export function templateName({ spec, object }: DesiredTemplate): string {
  return spec.launchTemplateName ?? object.metadata.name;
}

/** Name or ARN of the cluster that instances join by `spec.ecs`; `undefined` when the user data is the user's own. */
export function clusterOf({ spec, references }: DesiredTemplate): string | undefined {
  return references.get(CLUSTER_REF)?.arn ?? spec.ecs?.cluster;
}

/** Instances cannot join a cluster of another region, and nobody would tell: they would look for it in their own. */
export function assertOneRegion({ region, references }: DesiredTemplate): void {
  const cluster = references.get(CLUSTER_REF);
  if (cluster === undefined || cluster.region === region) return;
  throw new OperatorError(
    'terminal',
    'RegionMismatch',
    `${CLUSTER_REF} is in ${cluster.region} but this launch template is in ${region}. Set spec.region to ${cluster.region}, or refer to a cluster in ${region}.`,
  );
}
