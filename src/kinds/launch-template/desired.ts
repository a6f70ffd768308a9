import type { Desired } from '../../engine/kind.ts';
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
