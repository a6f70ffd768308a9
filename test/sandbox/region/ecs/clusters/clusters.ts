import { isDeepStrictEqual } from 'node:util';
import type {
  Cluster,
  CreateClusterRequest,
  CreateClusterResponse,
  DeleteClusterRequest,
  DeleteClusterResponse,
  DescribeClustersRequest,
  DescribeClustersResponse,
  ListClustersRequest,
  ListClustersResponse,
  UpdateClusterRequest,
  UpdateClusterResponse,
  UpdateClusterSettingsRequest,
  UpdateClusterSettingsResponse,
} from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { tagsFrom } from '../account/tag-rules.ts';
import { arn, resourceOf } from '../arn.ts';
import { checkedProviders, checkNotBusy, syncAttachments } from '../capacity/providers/association.ts';
import { BUILT_IN_PROVIDERS } from '../capacity/providers/view.ts';
import { clusterOrNone, findCluster } from '../find.ts';
import { page } from '../pages.ts';
import { checkStrategy } from '../services/rules/strategy.ts';
import { strategyItem } from '../services/template.ts';
import { mergedSettings, newSettings, serviceConnectDefaults } from './settings.ts';
import type { ClusterState } from './state.ts';
import { CHANGED, clusterView } from './view.ts';

export function createCluster(world: World, input: CreateClusterRequest): CreateClusterResponse {
  const name = input.clusterName ?? 'default';
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(name)) throw invalidParameter('Identifier was unexpected length.');
  const existing = world.ecs.clusters.get(name);
  if (existing !== undefined && existing.status !== 'INACTIVE') {
    checkRepeated(existing, input);
    return { cluster: clusterView(existing, CHANGED) };
  }
  const capacityProviders = checkedProviders(world, name, input.capacityProviders ?? []);
  const defaultStrategy = (input.defaultCapacityProviderStrategy ?? []).map(strategyItem);
  checkStrategy({ capacityProviders }, defaultStrategy);
  // SCN-06: a short name is that of a namespace that is made with the cluster.
  const namespacePending = /^(?!arn:)./.test(input.serviceConnectDefaults?.namespace ?? '');
  const cluster: ClusterState = {
    name,
    arn: arn(world, `cluster/${name}`),
    status: capacityProviders.length > 0 || namespacePending ? 'PROVISIONING' : 'ACTIVE',
    settings: newSettings(world, input.settings),
    configuration: input.configuration,
    serviceConnectDefaults: serviceConnectDefaults(world, input.serviceConnectDefaults),
    namespacePending,
    capacityProviders,
    attachments: [],
    attachmentsStatus: undefined,
    defaultStrategy,
    tags: tagsFrom(input.tags),
    services: new Map(),
    tasks: new Map(),
    containerInstances: new Map(),
    placementDue: false,
    runningTasks: 0,
    pendingTasks: 0,
    activeServices: 0,
  };
  world.ecs.clusters.set(name, cluster);
  if (cluster.status === 'PROVISIONING') provision(world, cluster);
  return { cluster: clusterView(cluster, CHANGED) };
}

/** PROVISIONING until capacity providers and namespace are there (CLU-01). */
function provision(world: World, cluster: ClusterState): void {
  syncAttachments(world, cluster);
  world.agenda.after(world.timings.cluster, () => {
    cluster.namespacePending = false;
    if (cluster.status === 'PROVISIONING') cluster.status = 'ACTIVE';
  });
}

/** CreateCluster of an existing name answers with that cluster, unless it asks for something else than what is there. */
function checkRepeated(existing: ClusterState, input: CreateClusterRequest): void {
  const differs =
    (input.configuration !== undefined && !isDeepStrictEqual(input.configuration, existing.configuration)) ||
    (input.settings !== undefined &&
      !isDeepStrictEqual(mergedSettings(existing.settings, input.settings), existing.settings)) ||
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
    const found = clusterOrNone(world, name);
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
  cluster.settings = mergedSettings(cluster.settings, input.settings);
  cluster.configuration = input.configuration ?? cluster.configuration;
  cluster.serviceConnectDefaults =
    input.serviceConnectDefaults === undefined
      ? cluster.serviceConnectDefaults
      : serviceConnectDefaults(world, input.serviceConnectDefaults);
  return { cluster: clusterView(cluster, CHANGED) };
}

export function updateClusterSettings(
  world: World,
  input: UpdateClusterSettingsRequest,
): UpdateClusterSettingsResponse {
  const cluster = findCluster(world, input.cluster);
  cluster.settings = mergedSettings(cluster.settings, input.settings);
  return { cluster: clusterView(cluster, CHANGED) };
}

export function deleteCluster(world: World, input: DeleteClusterRequest): DeleteClusterResponse {
  const cluster = findCluster(world, input.cluster);
  checkNotBusy(cluster);
  checkEmpty(cluster);
  cluster.status = 'INACTIVE';
  return { cluster: clusterView(cluster, CHANGED) };
}

/** CLU-10, ERR-14. */
function checkEmpty(cluster: ClusterState): void {
  const has = <T>(values: Iterable<T>, isLeft: (value: T) => boolean): boolean => [...values].some(isLeft);
  if (has(cluster.containerInstances.values(), ({ status }) => status !== 'INACTIVE')) {
    throw new AwsError(
      'ClusterContainsContainerInstancesException',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    );
  }
  if (has(cluster.services.values(), ({ status }) => status !== 'INACTIVE')) {
    throw new AwsError('ClusterContainsServicesException', 'The Cluster cannot be deleted while Services are active.');
  }
  if (has(cluster.tasks.values(), ({ lastStatus }) => lastStatus !== 'STOPPED')) {
    throw new AwsError('ClusterContainsTasksException', 'The Cluster cannot be deleted while Tasks are active.');
  }
  // The SDK's words name every active capacity provider; FARGATE and FARGATE_SPOT go with the cluster (CLU-18).
  if (has(cluster.capacityProviders, (name) => !BUILT_IN_PROVIDERS.includes(name))) {
    throw new AwsError(
      'ClusterContainsCapacityProviderException',
      'The Cluster cannot be deleted while Capacity Providers are active.',
    );
  }
}
