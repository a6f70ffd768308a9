import type { PutClusterCapacityProvidersRequest, PutClusterCapacityProvidersResponse } from '@aws-sdk/client-ecs';
import { AwsError } from '../../errors.ts';
import type { World } from '../../world.ts';
import { checkedProviders, checkNotBusy, ownProviders, syncAttachments } from '../capacity/providers/association.ts';
import { findCluster } from '../find.ts';
import { checkStrategy } from '../services/rules/strategy.ts';
import type { ServiceState } from '../services/state.ts';
import { strategyItem } from '../services/template.ts';
import type { ClusterState } from './state.ts';
import { CHANGED, clusterView } from './view.ts';

/** Replaces providers and default strategy as a whole (CLU-16). */
export function putClusterCapacityProviders(
  world: World,
  input: PutClusterCapacityProvidersRequest,
): PutClusterCapacityProvidersResponse {
  const cluster = findCluster(world, input.cluster);
  checkNotBusy(cluster);
  const checked = checkedProviders(world, cluster.name, input.capacityProviders ?? []);
  const capacityProviders = [...ownProviders(world, cluster), ...checked];
  const strategy = (input.defaultCapacityProviderStrategy ?? []).map(strategyItem);
  checkStrategy({ capacityProviders }, strategy);
  checkStillUsed(cluster, capacityProviders);
  cluster.capacityProviders = capacityProviders;
  cluster.defaultStrategy = strategy;
  syncAttachments(world, cluster);
  return { cluster: clusterView(cluster, CHANGED) };
}

/** A provider that a service's present template, a deployment or a task set uses cannot go (CP-14), nor one that has a task (the API reference says so). */
function checkStillUsed(cluster: ClusterState, remaining: readonly string[]): void {
  const services = [...cluster.services.values()].filter(({ status }) => status === 'ACTIVE');
  const used = [...services.flatMap(strategyProviders), ...taskProviders(cluster)];
  if (used.every((name) => remaining.includes(name) || !cluster.capacityProviders.includes(name))) return;
  throw new AwsError('ResourceInUseException', 'The specified capacity provider is in use and cannot be removed.');
}

function taskProviders({ tasks }: ClusterState): string[] {
  return [...tasks.values()].flatMap(({ lastStatus, capacityProvider }) =>
    lastStatus === 'STOPPED' || capacityProvider === undefined ? [] : [capacityProvider],
  );
}

function strategyProviders({ template, deployments, taskSets }: ServiceState): string[] {
  const templates = [
    template,
    ...deployments.map(({ revision }) => revision.template),
    ...taskSets.map(({ deployment }) => deployment.revision.template),
  ];
  return templates.flatMap((each) => (each?.strategy ?? []).map((item) => item.capacityProvider ?? ''));
}
