import type { Attachment, Cluster, ClusterField } from '@aws-sdk/client-ecs';
import { tagList } from '../account/tag-rules.ts';
import type { ClusterAttachmentState } from '../capacity/state.ts';
import type { ServiceState } from '../services/state.ts';
import { launchTypeOf } from '../services/template.ts';
import type { TaskState } from '../tasks/state.ts';
import type { ClusterState } from './state.ts';

/** What the calls that change a cluster answer with. */
export const CHANGED: readonly ClusterField[] = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'TAGS'];

export function clusterView(cluster: ClusterState, include: readonly ClusterField[]): Cluster {
  const withAttachments = include.includes('ATTACHMENTS');
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    configuration: include.includes('CONFIGURATIONS') ? cluster.configuration : undefined,
    status: cluster.status,
    registeredContainerInstancesCount: registeredCount(cluster),
    runningTasksCount: cluster.runningTasks,
    pendingTasksCount: cluster.pendingTasks,
    activeServicesCount: cluster.activeServices,
    statistics: include.includes('STATISTICS') ? statistics(cluster) : [],
    tags: include.includes('TAGS') ? tagList(cluster.tags) : [],
    settings: include.includes('SETTINGS') ? [...cluster.settings] : [],
    // AWS keeps them as a set, which it answers in order (go-to-k/cdk-real-drift#1751).
    capacityProviders: cluster.capacityProviders.toSorted(),
    defaultCapacityProviderStrategy: [...cluster.defaultStrategy],
    attachments: withAttachments ? attachments(cluster) : undefined,
    attachmentsStatus: withAttachments ? cluster.attachmentsStatus : undefined,
    serviceConnectDefaults: cluster.serviceConnectDefaults,
  };
}

/** DRAINING instances count too. */
function registeredCount(cluster: ClusterState): number {
  let count = 0;
  for (const { status } of cluster.containerInstances.values()) {
    if (status === 'ACTIVE' || status === 'DRAINING') count += 1;
  }
  return count;
}

const DETAIL_NAME: Readonly<Record<ClusterAttachmentState['type'], string>> = {
  as_policy: 'scalingPolicyName',
  managed_draining: 'autoScalingLifecycleHookName',
};

function attachments(cluster: ClusterState): Attachment[] {
  const busy = cluster.attachmentsStatus === 'UPDATE_IN_PROGRESS';
  const ofProviders = cluster.attachments.map(({ id, type, provider, name }) => ({
    id,
    type,
    status: busy ? 'PRECREATED' : 'CREATED',
    details: [
      { name: 'capacityProviderName', value: provider },
      { name: DETAIL_NAME[type], value: name },
    ],
  }));
  // SCN-06: a new namespace is attached while it is being made.
  if (!cluster.namespacePending) return ofProviders;
  return [...ofProviders, { id: `${cluster.name}-sc`, type: 'sc', status: 'ATTACHING', details: [] }];
}

/** Counts by launch type, which AWS gives as strings. */
function statistics(cluster: ClusterState): { name: string; value: string }[] {
  const counts = new Map<string, number>();
  for (const kind of KINDS) {
    for (const state of ['running', 'pending']) counts.set(`${state}${kind}TasksCount`, 0);
    for (const state of ['active', 'draining']) counts.set(`${state}${kind}ServiceCount`, 0);
  }
  const add = (name: string): unknown => counts.set(name, (counts.get(name) ?? 0) + 1);
  for (const task of cluster.tasks.values()) {
    if (task.desiredStatus === 'STOPPED') continue;
    add(`${task.lastStatus === 'RUNNING' ? 'running' : 'pending'}${kindOf(task.launchType)}TasksCount`);
  }
  for (const service of cluster.services.values()) {
    if (service.status === 'INACTIVE') continue;
    add(`${service.status === 'ACTIVE' ? 'active' : 'draining'}${kindOf(shownLaunchType(service))}ServiceCount`);
  }
  return [...counts].map(([name, value]) => ({ name, value: String(value) }));
}

const KINDS = ['EC2', 'Fargate', 'External'] as const;

function kindOf(launchType: TaskState['launchType']): (typeof KINDS)[number] {
  switch (launchType) {
    case 'FARGATE':
      return 'Fargate';
    case 'EXTERNAL':
      return 'External';
    default:
      return 'EC2';
  }
}

/** A service of task sets has no template of its own; the first task set's stands for it. */
function shownLaunchType({ template, taskSets }: ServiceState): TaskState['launchType'] {
  const shown = template ?? taskSets[0]?.deployment.revision.template;
  return shown === undefined ? 'EC2' : launchTypeOf(shown);
}
