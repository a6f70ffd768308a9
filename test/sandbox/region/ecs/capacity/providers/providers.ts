import type {
  CapacityProvider,
  CreateCapacityProviderRequest,
  CreateCapacityProviderResponse,
  DeleteCapacityProviderRequest,
  DeleteCapacityProviderResponse,
  DescribeCapacityProvidersRequest,
  DescribeCapacityProvidersResponse,
  UpdateCapacityProviderRequest,
  UpdateCapacityProviderResponse,
} from '@aws-sdk/client-ecs';
import { AwsError, clientException, invalidParameter } from '../../../errors.ts';
import type { World } from '../../../world.ts';
import { tagsFrom } from '../../account/tag-rules.ts';
import { arn, isOf, shortName } from '../../arn.ts';
import { findCluster } from '../../find.ts';
import { page } from '../../pages.ts';
import { groupOfProvider } from '../groups.ts';
import type { CapacityProviderState } from '../state.ts';
import { syncAttachments } from './association.ts';
import { markManaged } from './group-attachments.ts';
import { newManagedInstances, updatedManagedInstances } from './managed-instances.ts';
import { checkedGroupProvider, checkName, updatedGroupProvider } from './rules.ts';
import { BUILT_IN_PROVIDERS, builtInView, providerView } from './view.ts';

export function createCapacityProvider(
  world: World,
  input: CreateCapacityProviderRequest,
): CreateCapacityProviderResponse {
  const name = input.name ?? '';
  checkName(name);
  if ((input.autoScalingGroupProvider === undefined) === (input.managedInstancesProvider === undefined)) {
    throw invalidParameter('Specify either an Auto Scaling group provider or a managed instances provider.');
  }
  const managed = input.managedInstancesProvider;
  if ((managed === undefined) !== (input.cluster === undefined)) {
    throw invalidParameter(
      'The cluster must be specified for a managed instances provider, and for no other provider.',
    );
  }
  const existing = world.ecs.capacityProviders.get(name);
  if (existing !== undefined && existing.status !== 'INACTIVE') {
    throw clientException(
      'The specified capacity provider already exists. To change the configuration of an existing capacity provider, ' +
        'update the capacity provider.',
    );
  }
  const provider: CapacityProviderState = {
    name,
    arn: arn(world, `capacity-provider/${name}`),
    cluster: managed === undefined ? undefined : findCluster(world, input.cluster).name,
    status: managed === undefined ? 'ACTIVE' : 'PROVISIONING',
    updateStatus: managed === undefined ? undefined : 'CREATE_IN_PROGRESS',
    updateStatusReason: undefined,
    autoScalingGroupProvider:
      input.autoScalingGroupProvider === undefined
        ? undefined
        : checkedGroupProvider(world, name, input.autoScalingGroupProvider),
    managedInstancesProvider: managed === undefined ? undefined : newManagedInstances(managed),
    tags: tagsFrom(input.tags),
  };
  world.ecs.capacityProviders.set(name, provider);
  // CP-09: at once, and by the right of whoever makes the provider.
  const group = groupOfProvider(world, provider);
  if (group !== undefined) markManaged(group);
  if (managed !== undefined) {
    later(world, provider, () => {
      provider.status = 'ACTIVE';
      provider.updateStatus = 'CREATE_COMPLETE';
      changeOwn(world, provider, (names) => [...names, name]);
    });
  }
  return { capacityProvider: providerView(provider, true) };
}

export function describeCapacityProviders(
  world: World,
  input: DescribeCapacityProvidersRequest,
): DescribeCapacityProvidersResponse {
  const named = input.capacityProviders;
  if (named !== undefined && named.length > 100)
    throw invalidParameter('capacityProviders can have at most 100 items.');
  const cluster = input.cluster === undefined ? undefined : findCluster(world, input.cluster).name;
  const { items, nextToken } = page(named?.map(shortName) ?? allNames(world, cluster), input, {
    size: 10,
    max: 10,
  });
  const capacityProviders: CapacityProvider[] = [];
  const failures = [];
  for (const name of items) {
    const provider = world.ecs.capacityProviders.get(name);
    if (BUILT_IN_PROVIDERS.includes(name)) capacityProviders.push(builtInView(world, name));
    else if (provider === undefined || !isIn(provider, cluster))
      failures.push({ arn: arn(world, `capacity-provider/${name}`), reason: 'MISSING' });
    else capacityProviders.push(providerView(provider, input.include?.includes('TAGS') ?? false));
  }
  return { capacityProviders, failures, nextToken };
}

function allNames(world: World, cluster: string | undefined): string[] {
  const providers = [...world.ecs.capacityProviders.values()].filter(({ status }) => status !== 'INACTIVE');
  if (cluster === undefined) {
    const inNone = providers.filter((provider) => isIn(provider, undefined));
    return [...BUILT_IN_PROVIDERS, ...inNone.map(({ name }) => name)];
  }
  const associated = world.ecs.clusters.get(cluster)?.capacityProviders ?? [];
  const own = providers.filter((provider) => provider.cluster === cluster).map(({ name }) => name);
  return [...new Set([...associated, ...own])];
}

/** A Managed Instances provider is in its cluster, and found nowhere else; any other is in no cluster. */
function isIn(provider: CapacityProviderState, cluster: string | undefined): boolean {
  return provider.cluster === undefined || provider.cluster === cluster;
}

/** Answers with the old values and UPDATE_IN_PROGRESS; the new ones come with UPDATE_COMPLETE (MD-10). */
export function updateCapacityProvider(
  world: World,
  input: UpdateCapacityProviderRequest,
): UpdateCapacityProviderResponse {
  const provider = findProvider(world, input.name, input.cluster);
  const change = changeOf(world, provider, input);
  provider.updateStatus = 'UPDATE_IN_PROGRESS';
  later(world, provider, () => {
    Object.assign(provider, change);
    provider.updateStatus = 'UPDATE_COMPLETE';
    for (const cluster of world.ecs.clusters.values()) {
      if (cluster.status !== 'INACTIVE' && cluster.capacityProviders.includes(provider.name))
        syncAttachments(world, cluster);
    }
  });
  return { capacityProvider: providerView(provider, true) };
}

type Change = Partial<Pick<CapacityProviderState, 'autoScalingGroupProvider' | 'managedInstancesProvider'>>;

function changeOf(world: World, provider: CapacityProviderState, input: UpdateCapacityProviderRequest): Change {
  const { autoScalingGroupProvider: group, managedInstancesProvider: managed } = provider;
  if (group !== undefined && input.autoScalingGroupProvider !== undefined) {
    const found = groupOfProvider(world, provider);
    if (found === undefined) {
      throw clientException('The Auto Scaling group of the specified capacity provider does not exist.');
    }
    const updated = updatedGroupProvider(found, group, input.autoScalingGroupProvider);
    if (updated.managedScaling?.status === 'ENABLED') checkOneCluster(world, provider);
    return { autoScalingGroupProvider: updated };
  }
  if (managed !== undefined && input.managedInstancesProvider !== undefined) {
    return { managedInstancesProvider: updatedManagedInstances(managed, input.managedInstancesProvider) };
  }
  throw invalidParameter('Specify the settings of the provider that the capacity provider has.');
}

/** CP-10. */
function checkOneCluster(world: World, { name }: CapacityProviderState): void {
  const clusters = [...world.ecs.clusters.values()].filter(
    ({ status, capacityProviders }) => status !== 'INACTIVE' && capacityProviders.includes(name),
  );
  if (clusters.length <= 1) return;
  throw clientException(
    'Managed scaling cannot be enabled for a capacity provider that is associated with more than one cluster.',
  );
}

export function deleteCapacityProvider(
  world: World,
  input: DeleteCapacityProviderRequest,
): DeleteCapacityProviderResponse {
  if (BUILT_IN_PROVIDERS.includes(shortName(input.capacityProvider ?? ''))) {
    throw invalidParameter('The specified capacity provider is reserved by Amazon ECS and cannot be deleted.');
  }
  const provider = findProvider(world, input.capacityProvider, input.cluster);
  checkUnused(world, provider);
  provider.status = provider.managedInstancesProvider === undefined ? provider.status : 'DEPROVISIONING';
  provider.updateStatus = 'DELETE_IN_PROGRESS';
  later(world, provider, () => {
    provider.status = 'INACTIVE';
    provider.updateStatus = 'DELETE_COMPLETE';
    changeOwn(world, provider, (names) => names.filter((name) => name !== provider.name));
    world.agenda.after(world.timings.retention, () => {
      const { capacityProviders } = world.ecs;
      if (capacityProviders.get(provider.name) === provider) capacityProviders.delete(provider.name);
    });
  });
  return { capacityProvider: providerView(provider, true) };
}

/** A Managed Instances provider is among its cluster's without an association. */
function changeOwn(world: World, { cluster }: CapacityProviderState, change: (names: readonly string[]) => string[]) {
  const own = cluster === undefined ? undefined : world.ecs.clusters.get(cluster);
  if (own !== undefined) own.capacityProviders = change(own.capacityProviders);
}

/** CP-14: first out of every service, then out of the cluster. */
function checkUnused(world: World, provider: CapacityProviderState): void {
  if (provider.cluster !== undefined) {
    checkUnusedByServices(world, provider);
    return;
  }
  for (const cluster of world.ecs.clusters.values()) {
    if (cluster.status === 'INACTIVE' || !cluster.capacityProviders.includes(provider.name)) continue;
    throw clientException(
      `The capacity provider cannot be deleted because it is associated with cluster: ${cluster.name}. ` +
        'Remove the capacity provider from the cluster and try again.',
    );
  }
}

/** In words like those that aws-nuke#990 quotes of daemons. */
function checkUnusedByServices(world: World, { name, cluster = '' }: CapacityProviderState): void {
  const services = [...(world.ecs.clusters.get(cluster)?.services.values() ?? [])];
  const uses = services.some(
    ({ status, template }) =>
      status === 'ACTIVE' && template?.strategy?.some(({ capacityProvider }) => capacityProvider === name),
  );
  if (!uses) return;
  throw clientException('Cannot delete capacity provider. Services are still associated with this capacity provider.');
}

function findProvider(world: World, name: string | undefined, givenCluster: string | undefined): CapacityProviderState {
  const cluster = givenCluster === undefined ? undefined : findCluster(world, givenCluster).name;
  const here = isOf(arn(world, ''), name ?? '');
  const found = here ? world.ecs.capacityProviders.get(shortName(name ?? '')) : undefined;
  if (found === undefined || found.status === 'INACTIVE' || !isIn(found, cluster)) {
    throw clientException('The specified capacity provider does not exist. Specify a valid name or ARN and try again.');
  }
  if (found.updateStatus?.endsWith('_IN_PROGRESS')) {
    throw new AwsError(
      'UpdateInProgressException',
      'The specified capacity provider is in a busy state. Wait for the update to complete and try again.',
    );
  }
  return found;
}

function later(world: World, provider: CapacityProviderState, change: () => void): void {
  world.agenda.after(world.timings.attachments, () => {
    if (world.ecs.capacityProviders.get(provider.name) === provider) change();
  });
}
