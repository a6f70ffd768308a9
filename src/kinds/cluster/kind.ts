import { type Cluster, CreateClusterCommand, DeleteClusterCommand } from '@aws-sdk/client-ecs';
import { assertMayManage } from '../../aws/ownership.ts';
import { absent, type Desired, type Progress } from '../../engine/kind.ts';
import type { AwsKind } from '../kind.ts';
import { awsFields, fieldsOf } from '../shared/fields.ts';
import { ownerOf, regionOfArn } from '../shared/owner.ts';
import { ecs, step, wait } from '../shared/step.ts';
import { desiredTags } from '../shared/tags.ts';
import type { ECSClusterSpec, ECSClusterStatus } from './api.ts';
import { clusterChanges, namespaceTags } from './diff.ts';
import { clusterNames } from './names.ts';

export interface ObservedCluster {
  readonly cluster: Cluster;
  /** Read only while the object is being deleted: what AWS will not delete the cluster for. */
  readonly services: readonly string[];
}

type DesiredCluster = Desired<ECSClusterSpec, ECSClusterStatus>;

export const cluster: AwsKind<ECSClusterSpec, ECSClusterStatus, ObservedCluster> = {
  names: clusterNames,

  references: () => [],

  identity({ status }) {
    if (status?.clusterArn === undefined || status.status !== 'ACTIVE') return undefined;
    return { arn: status.clusterArn, name: status.clusterName ?? '', region: regionOfArn(status.clusterArn) };
  },

  async observe({ reads }, desired) {
    const name = clusterName(desired);
    const found = await reads.describeCluster(name);
    // An INACTIVE cluster is kept visible by ECS for a while and its name is free again.
    if (found === undefined || found.status === 'INACTIVE') return absent;
    const occupied = desired.deleting && (found.activeServicesCount ?? 0) > 0;
    return { cluster: found, services: occupied ? await reads.listServices(name) : [] };
  },

  plan(desired, observed) {
    if (observed === absent) return [create(desired)];
    const live = observed.cluster;
    assertMayManage(ownerOf(desired), live.tags, desired.spec.adoptionPolicy, `cluster "${clusterName(desired)}"`);
    switch (live.status) {
      case 'PROVISIONING':
        return [wait('Provisioning', 'ECS is creating the resources of the capacity providers.')];
      case 'DEPROVISIONING':
        return [wait('Deprovisioning', 'The cluster is being deleted in AWS; it is created again afterwards.')];
      default:
        return clusterChanges(desired, live);
    }
  },

  retire(desired, { cluster: live, services }) {
    const name = clusterName(desired);
    assertMayManage(ownerOf(desired), live.tags, 'Never', `cluster "${name}"`);
    if (live.status === 'DEPROVISIONING') return [wait('Deleting', 'ECS is removing the cluster.')];
    if (services.length > 0) {
      return [wait('InUse', `Waiting until the cluster has no services: AWS still has ${listed(services)}.`)];
    }
    return [step(ecs, new DeleteClusterCommand({ cluster: live.clusterArn }), `cluster ${name} deleted`)];
  },

  conclude(_desired, { cluster: live }) {
    return {
      status: {
        clusterArn: live.clusterArn,
        clusterName: live.clusterName,
        status: live.status,
        activeServicesCount: live.activeServicesCount,
        runningTasksCount: live.runningTasksCount,
        pendingTasksCount: live.pendingTasksCount,
        registeredContainerInstancesCount: live.registeredContainerInstancesCount,
        capacityProviders: live.capacityProviders,
      },
      progress: progressOf(live),
    };
  },

  fields: fieldsOf,

  /** The status counts services and tasks. A hundred clusters share one call. */
  resyncMs: 60_000,

  batchGroup: ({ region }) => region,
};

export function clusterName(desired: DesiredCluster): string {
  return desired.spec.clusterName ?? desired.object.metadata.name;
}

function create(desired: DesiredCluster) {
  const name = clusterName(desired);
  const command = new CreateClusterCommand({
    ...awsFields(desired.spec),
    clusterName: name,
    tags: desiredTags(desired, namespaceTags(desired.spec)),
  });
  return step(ecs, command, `cluster ${name} created`);
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
  if (live.attachmentsStatus === 'UPDATE_IN_PROGRESS') {
    return {
      kind: 'progressing',
      reason: 'AttachmentsUpdating',
      message: 'ECS is associating the capacity providers.',
    };
  }
  if (live.attachmentsStatus === 'UPDATE_FAILED') {
    return {
      kind: 'stalled',
      reason: 'AttachmentsFailed',
      message: 'ECS could not associate the capacity providers. Correct spec.capacityProviders.',
    };
  }
  return { kind: 'live' };
}

function listed(names: readonly string[]): string {
  const shown = names.slice(0, 10).join(', ');
  return names.length > 10 ? `${shown} and ${names.length - 10} more` : shown;
}
