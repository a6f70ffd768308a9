import { createHash } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import type {
  Cluster,
  ClusterField,
  ClusterServiceConnectDefaults,
  ClusterServiceConnectDefaultsRequest,
  ClusterSetting,
  CreateClusterRequest,
  CreateClusterResponse,
  DeleteClusterRequest,
  DeleteClusterResponse,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListClustersRequest,
  ListClustersResponse,
  PutClusterCapacityProvidersRequest,
  PutClusterCapacityProvidersResponse,
  UpdateClusterRequest,
  UpdateClusterResponse,
  UpdateClusterSettingsRequest,
  UpdateClusterSettingsResponse,
} from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { tagList, tagsFrom } from '../account/tag-rules.ts';
import { arn, resourceOf, shortName } from '../arn.ts';
import { findCluster } from '../find.ts';
import { page } from '../pages.ts';
import { checkStrategy, strategyItem } from '../services/template.ts';
import type { ClusterState } from './state.ts';

/** Providers that exist in every account. Auto Scaling group providers have to be created first. */
const BUILT_IN_PROVIDERS = ['FARGATE', 'FARGATE_SPOT'];
const ALL_FIELDS: readonly ClusterField[] = ['ATTACHMENTS', 'CONFIGURATIONS', 'SETTINGS', 'TAGS'];

export function createCluster(world: World, input: CreateClusterRequest): CreateClusterResponse {
  const name = input.clusterName ?? 'default';
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) throw invalidParameter('Identifier was unexpected length.');
  const existing = world.ecs.clusters.get(name);
  if (existing !== undefined && existing.status !== 'INACTIVE') {
    checkRepeated(existing, input);
    return { cluster: clusterView(existing, ALL_FIELDS) };
  }
  const capacityProviders = checkedProviders(input.capacityProviders ?? []);
  const defaultStrategy = (input.defaultCapacityProviderStrategy ?? []).map(strategyItem);
  checkStrategy({ capacityProviders }, defaultStrategy);
  const cluster: ClusterState = {
    name,
    arn: arn(world, `cluster/${name}`),
    status: capacityProviders.length > 0 ? 'PROVISIONING' : 'ACTIVE',
    settings: settingsWithDefaults([], input.settings),
    configuration: input.configuration,
    serviceConnectDefaults: serviceConnectDefaults(world, input.serviceConnectDefaults),
    capacityProviders,
    defaultStrategy,
    tags: tagsFrom(input.tags),
    services: new Map(),
    tasks: new Map(),
    containerInstances: new Map(),
    runningTasks: 0,
    pendingTasks: 0,
    activeServices: 0,
  };
  world.ecs.clusters.set(name, cluster);
  if (cluster.status === 'PROVISIONING') {
    world.agenda.after(world.timings.cluster, () => {
      if (cluster.status === 'PROVISIONING') cluster.status = 'ACTIVE';
    });
  }
  return { cluster: clusterView(cluster, ALL_FIELDS) };
}

/** CreateCluster of an existing name answers with that cluster, unless it asks for something else than what is there. */
function checkRepeated(existing: ClusterState, input: CreateClusterRequest): void {
  const differs =
    (input.configuration !== undefined && !isDeepStrictEqual(input.configuration, existing.configuration)) ||
    (input.settings !== undefined &&
      !isDeepStrictEqual(settingsWithDefaults(existing.settings, input.settings), existing.settings)) ||
    (input.capacityProviders !== undefined &&
      !isDeepStrictEqual([...input.capacityProviders].sort(), [...existing.capacityProviders].sort())) ||
    (input.defaultCapacityProviderStrategy !== undefined &&
      !isDeepStrictEqual(input.defaultCapacityProviderStrategy.map(strategyItem), existing.defaultStrategy));
  if (!differs) return;
  throw invalidParameter(
    'Arguments on this idempotent request are inconsistent with arguments used in previous request(s).',
  );
}

export function describeClusters(world: World, input: DescribeClustersRequest): DescribeClustersResponse {
  const names = input.clusters ?? ['default'];
  if (names.length > 100) throw invalidParameter('clusters can have at most 100 items.');
  const clusters: Cluster[] = [];
  const failures = [];
  for (const name of names) {
    const found = world.ecs.clusters.get(shortName(name));
    if (found !== undefined) clusters.push(clusterView(found, input.include ?? []));
    else
      failures.push({ arn: resourceOf(name) === undefined ? arn(world, `cluster/${name}`) : name, reason: 'MISSING' });
  }
  return { clusters, failures };
}

export function listClusters(world: World, input: ListClustersRequest): ListClustersResponse {
  const arns = [...world.ecs.clusters.values()]
    .filter(({ status }) => status !== 'INACTIVE')
    .map((cluster) => cluster.arn);
  const { items, nextToken } = page(arns, input, { size: 100, max: 100 });
  return { clusterArns: items, nextToken };
}

export function updateCluster(world: World, input: UpdateClusterRequest): UpdateClusterResponse {
  const cluster = findCluster(world, input.cluster);
  const settings = settingsWithDefaults(cluster.settings, input.settings);
  cluster.settings = settings;
  cluster.configuration = input.configuration ?? cluster.configuration;
  cluster.serviceConnectDefaults =
    input.serviceConnectDefaults === undefined
      ? cluster.serviceConnectDefaults
      : serviceConnectDefaults(world, input.serviceConnectDefaults);
  return { cluster: clusterView(cluster, ALL_FIELDS) };
}

export function updateClusterSettings(
  world: World,
  input: UpdateClusterSettingsRequest,
): UpdateClusterSettingsResponse {
  const cluster = findCluster(world, input.cluster);
  cluster.settings = settingsWithDefaults(cluster.settings, input.settings);
  return { cluster: clusterView(cluster, ALL_FIELDS) };
}

/** Replaces providers and default strategy as a whole. */
export function putClusterCapacityProviders(
  world: World,
  input: PutClusterCapacityProvidersRequest,
): PutClusterCapacityProvidersResponse {
  const cluster = findCluster(world, input.cluster);
  if (cluster.status === 'PROVISIONING') {
    throw new AwsError(
      'UpdateInProgressException',
      'The specified cluster is in a busy state. Cluster attachments must be in UPDATE_COMPLETE or UPDATE_FAILED state ' +
        'before they can be updated. Wait and try again.',
    );
  }
  const capacityProviders = checkedProviders(input.capacityProviders ?? []);
  const strategy = (input.defaultCapacityProviderStrategy ?? []).map(strategyItem);
  checkStrategy({ capacityProviders }, strategy);
  checkStillUsed(cluster, capacityProviders);
  cluster.capacityProviders = capacityProviders;
  cluster.defaultStrategy = strategy;
  return { cluster: clusterView(cluster, ALL_FIELDS) };
}

export function deleteCluster(world: World, input: DeleteClusterRequest): DeleteClusterResponse {
  const cluster = findCluster(world, input.cluster);
  for (const service of cluster.services.values()) {
    if (service.status === 'INACTIVE') continue;
    throw new AwsError('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.');
  }
  for (const task of cluster.tasks.values()) {
    if (task.lastStatus === 'STOPPED') continue;
    throw new AwsError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
  }
  cluster.status = 'INACTIVE';
  return { cluster: clusterView(cluster, ALL_FIELDS) };
}

export function clusterView(cluster: ClusterState, include: readonly ClusterField[]): Cluster {
  return {
    clusterArn: cluster.arn,
    clusterName: cluster.name,
    configuration: include.includes('CONFIGURATIONS') ? cluster.configuration : undefined,
    status: cluster.status,
    registeredContainerInstancesCount: 0,
    runningTasksCount: cluster.runningTasks,
    pendingTasksCount: cluster.pendingTasks,
    activeServicesCount: cluster.activeServices,
    statistics: include.includes('STATISTICS') ? statistics(cluster) : [],
    tags: include.includes('TAGS') ? tagList(cluster.tags) : [],
    settings: include.includes('SETTINGS') ? [...cluster.settings] : [],
    capacityProviders: [...cluster.capacityProviders],
    defaultCapacityProviderStrategy: [...cluster.defaultStrategy],
    attachments: include.includes('ATTACHMENTS') ? [] : undefined,
    attachmentsStatus:
      include.includes('ATTACHMENTS') && cluster.status === 'PROVISIONING' ? 'UPDATE_IN_PROGRESS' : undefined,
    serviceConnectDefaults: cluster.serviceConnectDefaults,
  };
}

/** Counts by launch type, which AWS gives as strings. */
function statistics(cluster: ClusterState): { name: string; value: string }[] {
  const counts = {
    runningEC2TasksCount: 0,
    runningFargateTasksCount: 0,
    pendingEC2TasksCount: 0,
    pendingFargateTasksCount: 0,
  };
  for (const task of cluster.tasks.values()) {
    if (task.desiredStatus === 'STOPPED') continue;
    const kind = task.launchType === 'FARGATE' ? 'Fargate' : 'EC2';
    counts[`${task.lastStatus === 'RUNNING' ? 'running' : 'pending'}${kind}TasksCount`] += 1;
  }
  return Object.entries(counts).map(([name, value]) => ({ name, value: String(value) }));
}

function settingsWithDefaults(
  current: readonly ClusterSetting[],
  given: readonly ClusterSetting[] | undefined,
): ClusterSetting[] {
  const merged = new Map([['containerInsights', 'disabled']]);
  for (const setting of [...current, ...(given ?? [])]) {
    const { name, value } = setting;
    if (name !== 'containerInsights' || !['enabled', 'disabled', 'enhanced'].includes(value ?? '')) {
      throw invalidParameter(
        'Invalid cluster setting. The only setting is containerInsights: enhanced, enabled or disabled.',
      );
    }
    merged.set(name, value ?? 'disabled');
  }
  return [...merged].map(([, value]) => ({ name: 'containerInsights', value }));
}

/** AWS makes a namespace of a short name and returns its ARN; an empty name removes the default. */
function serviceConnectDefaults(
  world: World,
  given: ClusterServiceConnectDefaultsRequest | undefined,
): ClusterServiceConnectDefaults | undefined {
  const namespace = given?.namespace ?? '';
  if (namespace === '') return undefined;
  if (namespace.startsWith('arn:')) return { namespace };
  const id = createHash('sha256').update(namespace).digest('hex').slice(0, 16);
  return { namespace: `arn:aws:servicediscovery:${world.region}:${world.account}:namespace/ns-${id}` };
}

function checkedProviders(names: readonly string[]): string[] {
  for (const name of names) {
    if (BUILT_IN_PROVIDERS.includes(shortName(name))) continue;
    throw invalidParameter(
      'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
    );
  }
  return names.map(shortName);
}

function checkStillUsed(cluster: ClusterState, remaining: readonly string[]): void {
  for (const service of cluster.services.values()) {
    const used = service.status === 'ACTIVE' ? (service.template.strategy ?? []) : [];
    if (used.every((item) => remaining.includes(item.capacityProvider ?? ''))) continue;
    throw new AwsError('ResourceInUseException', 'The specified capacity provider is in use and cannot be removed.');
  }
}
