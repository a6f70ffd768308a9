import { CreateClusterCommand } from '@aws-sdk/client-ecs';
import { assertMayManage } from '../../aws/ownership.ts';
import { absent, type Step } from '../../engine/kind.ts';
import type { AwsKind } from '../kind.ts';
import { awsFields, fieldsOf } from '../shared/fields.ts';
import { assertOneRegion } from '../shared/one-region.ts';
import { claimOf, regionOfArn } from '../shared/owner.ts';
import { ecs, step, wait } from '../shared/step.ts';
import { desiredTags } from '../shared/tags.ts';
import type { ECSClusterSpec, ECSClusterStatus } from './api.ts';
import { clusterReferences, firstAssociation, unresolvedWait } from './association.ts';
import { conditionTypes } from './conditions.ts';
import { clusterName, type DesiredCluster } from './desired.ts';
import { clusterChanges, namespaceTags } from './diff.ts';
import { clusterNames } from './names.ts';
import { observeCluster } from './observe.ts';
import type { ObservedCluster } from './observed.ts';
import { holdsProviders, releaseSteps, retireSteps } from './retire.ts';
import { concluded } from './status.ts';

export const cluster: AwsKind<ECSClusterSpec, ECSClusterStatus, ObservedCluster> = {
  names: clusterNames,

  conditionTypes,

  references: clusterReferences,

  holds: holdsProviders,

  identity({ status }) {
    if (status?.clusterArn === undefined || status.status !== 'ACTIVE') return undefined;
    return { arn: status.clusterArn, name: status.clusterName ?? '', region: regionOfArn(status.clusterArn) };
  },

  async observe({ reads }, desired) {
    return (await observeCluster(reads, desired)) ?? absent;
  },

  plan(desired, observed) {
    assertOneRegion(desired, 'cluster');
    if (observed === absent) return [create(desired), ...unresolvedWait(desired)];
    const live = observed.cluster;
    assertMayManage(claimOf(desired), live.tags, `cluster "${clusterName(desired)}"`);
    switch (live.status) {
      case 'PROVISIONING':
        return [wait('Provisioning', 'ECS is creating the resources of the capacity providers.')];
      case 'DEPROVISIONING':
        return [wait('Deprovisioning', 'The cluster is being deleted in AWS; it is created again afterwards.')];
      default:
        return clusterChanges(desired, observed);
    }
  },

  release: releaseSteps,

  retire: retireSteps,

  conclude: concluded,

  fields: fieldsOf,

  /** The status counts services, tasks and instances. A hundred clusters share one call. */
  resyncMs: 60_000,

  batchGroup: ({ region }) => region,
};

function create(desired: DesiredCluster): Step {
  const name = clusterName(desired);
  const { capacityProviderRefs, capacityProviders, defaultCapacityProviderStrategy, ...fields } = awsFields(
    desired.spec,
  );
  const { providers, strategy } = firstAssociation(desired);
  const command = new CreateClusterCommand({
    ...fields,
    ...(providers === undefined ? {} : { capacityProviders: [...providers] }),
    ...(strategy === undefined ? {} : { defaultCapacityProviderStrategy: [...strategy] }),
    clusterName: name,
    tags: desiredTags(desired, namespaceTags(desired.spec)),
  });
  return step(ecs, command, `cluster ${name} created`);
}
