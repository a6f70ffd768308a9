import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import type { Cluster } from '@aws-sdk/client-ecs';
import type { AwsReads } from '../../aws/reads.ts';
import { groupNameOf, templateOf } from '../shared/auto-scaling-group.ts';
import { unlessDenied } from '../shared/status-reads.ts';
import { surplusProviders } from './associate.ts';
import { isFargate } from './attachments.ts';
import { clusterName, type DesiredCluster } from './desired.ts';
import { launchedTypes, typeOfTemplate } from './launched-types.ts';
import type { ObservedCapacity, ObservedCluster, ObservedProvider } from './observed.ts';
import { readUses } from './uses.ts';

/** Reads the cluster, and what stands behind its capacity providers if these are not only Fargate's. */
export async function observeCluster(reads: AwsReads, desired: DesiredCluster): Promise<ObservedCluster | undefined> {
  const name = clusterName(desired);
  const cluster = await reads.describeCluster(name);
  // An INACTIVE cluster is kept visible by ECS for a while and its name is free again (CLU-02).
  if (cluster === undefined || cluster.status === 'INACTIVE') return undefined;
  const occupied = (cluster.activeServicesCount ?? 0) > 0;
  const [capacity, services] = await Promise.all([
    hasInstances(desired, cluster) ? observeCapacity(reads, desired, cluster) : undefined,
    desired.deleting && occupied ? reads.listServices(name) : [],
  ]);
  const surplus = desired.deleting ? [] : surplusProviders(desired, { cluster, capacity });
  const uses = surplus.length > 0 && occupied ? await readUses(reads, name, surplus) : [];
  return { cluster, services, uses, capacity };
}

/** ECS counts neither instances whose registration failed nor those that deregister; where there were some, they are looked at again. */
function hasInstances({ status }: DesiredCluster, cluster: Cluster): boolean {
  if (ownProviders(cluster).length > 0 || (cluster.registeredContainerInstancesCount ?? 0) > 0) return true;
  return status?.containerInstances !== undefined;
}

function ownProviders({ capacityProviders = [] }: Cluster): readonly string[] {
  return capacityProviders.filter((name) => !isFargate(name));
}

/**
 * What the status tells of instances, tasks and groups. What the operator may not read of it is left out: the cluster is the same without,
 * and one that has instances AWS itself refuses to delete. The providers are another matter: they tell what there is to associate.
 */
async function observeCapacity(reads: AwsReads, desired: DesiredCluster, cluster: Cluster): Promise<ObservedCapacity> {
  const name = clusterName(desired);
  const names = ownProviders(cluster);
  const denied = new Set<string>();
  const looksForTasks = !desired.deleting && names.length > 0 && (cluster.pendingTasksCount ?? 0) > 0;
  const [instances, waiting = []] = await Promise.all([
    unlessDenied(reads.containerInstances(name), denied),
    looksForTasks ? unlessDenied(reads.waitingTasks(name), denied) : [],
  ]);
  const providers = await Promise.all(
    names.map(async (provider) => {
      const found = await described(reads, provider, name);
      const waits = waiting.some((task) => task.capacityProviderName === provider);
      return desired.deleting ? found : { ...found, ...(await observeGroup(reads, found, { waits, denied })) };
    }),
  );
  return { instances, waiting, providers, denied };
}

/** The provider alone: of a cluster that is being deleted nobody asks why it does not grow. */
async function described(reads: AwsReads, name: string, cluster: string): Promise<ObservedProvider> {
  // Without a cluster all clusters share the call; only a Managed Instances provider is not found so.
  const provider =
    (await reads.describeCapacityProvider(name)) ?? (await reads.describeCapacityProvider(name, cluster));
  return { name, provider, group: undefined, activities: [], instanceTypes: [] };
}

async function observeGroup(
  reads: AwsReads,
  { provider }: ObservedProvider,
  { waits, denied }: { readonly waits: boolean; readonly denied: Set<string> },
): Promise<Partial<ObservedProvider>> {
  const arn = provider?.autoScalingGroupProvider?.autoScalingGroupArn;
  const group =
    arn === undefined ? undefined : await unlessDenied(reads.describeAutoScalingGroup(groupNameOf(arn)), denied);
  if (group?.AutoScalingGroupName === undefined || !waits) return { group };
  const [activities = [], types = []] = await Promise.all([
    unlessDenied(reads.latestScalingActivities(group.AutoScalingGroupName), denied),
    unlessDenied(instanceTypes(reads, group), denied),
  ]);
  return { group, activities, instanceTypes: types };
}

async function instanceTypes(reads: AwsReads, group: AutoScalingGroup): Promise<readonly InstanceTypeInfo[]> {
  const names = launchedTypes(group) ?? (await typesOfTemplate(reads, group));
  const types = await Promise.all(names.map((name) => reads.describeInstanceType(name)));
  return types.filter((type) => type !== undefined);
}

async function typesOfTemplate(reads: AwsReads, group: AutoScalingGroup): Promise<readonly string[]> {
  const template = templateOf(group);
  if (template?.LaunchTemplateId === undefined) return [];
  return typeOfTemplate(template, await reads.describeLaunchTemplateVersions(template.LaunchTemplateId));
}
