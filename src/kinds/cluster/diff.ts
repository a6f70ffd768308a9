import {
  type Cluster,
  type Tag,
  UntagResourceCommand,
  UpdateClusterCommand,
  type UpdateClusterCommandInput,
} from '@aws-sdk/client-ecs';
import type { Step } from '../../engine/kind.ts';
import { covers, isEmpty } from '../shared/compare.ts';
import { wasRemoved } from '../shared/fields.ts';
import { ecs, step } from '../shared/step.ts';
import { tagSteps } from '../shared/tags.ts';
import type { ECSClusterSpec } from './api.ts';
import { associationSteps } from './associate.ts';
import type { DesiredCluster } from './desired.ts';
import type { ObservedCluster } from './observed.ts';

/** What of a live cluster differs from the spec, as calls that send only the difference. Its providers last: they may have to wait. */
export function clusterChanges(desired: DesiredCluster, observed: ObservedCluster): readonly Step[] {
  const { cluster: live } = observed;
  return [
    ...updateSteps(desired, live),
    ...tagSteps(desired, live.clusterArn ?? '', live.tags, namespaceTags(desired.spec)),
    ...staleNamespaceTag(desired.spec, live),
    ...associationSteps(desired, observed),
  ];
}

function updateSteps(desired: DesiredCluster, live: Cluster): readonly Step[] {
  const { spec } = desired;
  const changed: Omit<UpdateClusterCommandInput, 'cluster'> = {};
  // ECS keeps settings that an update does not name, so only those that the user set are compared and sent.
  const settings = (spec.settings ?? []).filter(
    (want) => !(live.settings ?? []).some((have) => have.name === want.name && have.value === want.value),
  );
  if (settings.length > 0) changed.settings = settings;
  if (!covers(live.configuration, spec.configuration)) changed.configuration = spec.configuration;
  const namespace = spec.serviceConnectDefaults?.namespace;
  if (namespace !== undefined && namespaceDiffers(live, namespace)) {
    changed.serviceConnectDefaults = { namespace };
  } else if (wasRemoved(desired, 'serviceConnectDefaults') && !isEmpty(live.serviceConnectDefaults)) {
    // An empty namespace removes the default (UpdateCluster's own convention).
    changed.serviceConnectDefaults = { namespace: '' };
  }
  const fields = Object.keys(changed);
  if (fields.length === 0) return [];
  return [
    step(ecs, new UpdateClusterCommand({ cluster: live.clusterArn, ...changed }), `${fields.join(', ')} changed`),
  ];
}

/**
 * A namespace may be given by name, but ECS answers with Cloud Map's ARN, which ends in an id and not in the name. So the
 * name that was last asked for is kept in a tag of the cluster, and compared with that.
 */
export const namespaceTag = 'ecs-operator.dev/service-connect-namespace';

function namespaceDiffers(live: Cluster, want: string): boolean {
  const have = live.serviceConnectDefaults?.namespace;
  if (have === undefined) return true;
  if (have === want || want.startsWith('arn:')) return have !== want;
  return valueOfTag(live, namespaceTag) !== want;
}

/** The tag that belongs to this spec, if it names the namespace and does not give its ARN. */
export function namespaceTags(spec: ECSClusterSpec): readonly Tag[] {
  const namespace = spec.serviceConnectDefaults?.namespace;
  if (namespace === undefined || namespace.startsWith('arn:')) return [];
  return [{ key: namespaceTag, value: namespace }];
}

function staleNamespaceTag(spec: ECSClusterSpec, live: Cluster): readonly Step[] {
  if (namespaceTags(spec).length > 0 || valueOfTag(live, namespaceTag) === undefined) return [];
  const command = new UntagResourceCommand({ resourceArn: live.clusterArn, tagKeys: [namespaceTag] });
  return [step(ecs, command, `tag ${namespaceTag} removed`)];
}

function valueOfTag(live: Cluster, key: string): string | undefined {
  return live.tags?.find((tag) => tag.key === key)?.value;
}
