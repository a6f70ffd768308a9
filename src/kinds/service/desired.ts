import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import type { Desired, Reference } from '../../engine/kind.ts';
import { resolvedStrategy, strategyReferences } from '../shared/capacity-provider-strategy.ts';
import { nameOfArn } from '../shared/owner.ts';
import type { ECSServiceSpec, ECSServiceStatus } from './api.ts';

export type DesiredService = Desired<ECSServiceSpec, ECSServiceStatus>;

export const CLUSTER_REF = 'spec.clusterRef';
export const TASK_DEFINITION_REF = 'spec.taskDefinitionRef';
const STRATEGY = 'spec.capacityProviderStrategy';

/**
 * Everything that the spec points at. The cluster has to be Ready before a service is made, because until then it may lack the capacity
 * providers that the service is to run on.
 */
export function serviceReferences({
  clusterRef,
  taskDefinitionRef,
  capacityProviderStrategy,
}: ECSServiceSpec): readonly Reference[] {
  const references: Reference[] = [];
  if (clusterRef !== undefined) {
    references.push({ field: CLUSTER_REF, kind: 'ECSCluster', to: clusterRef, need: 'ready' });
  }
  if (taskDefinitionRef !== undefined) {
    references.push({ field: TASK_DEFINITION_REF, kind: 'ECSTaskDefinition', to: taskDefinitionRef });
  }
  return [...references, ...strategyReferences(STRATEGY, capacityProviderStrategy, 'identity')];
}

export function serviceName(desired: DesiredService): string {
  return desired.spec.serviceName ?? desired.object.metadata.name;
}

/**
 * Name or ARN of the cluster. While the service is being deleted its cluster object may be gone, but the status knows; when it does
 * not, because we died before writing it, the cluster most likely has its object's name. Never the default cluster instead.
 */
export function clusterOf(desired: DesiredService): string {
  const referenced = desired.references.get(CLUSTER_REF);
  const { cluster, clusterRef } = desired.spec;
  return referenced?.arn ?? desired.status?.clusterArn ?? cluster ?? clusterRef?.name ?? 'default';
}

/** What the service should run: the referenced object's revision, or what the user wrote (ARN, family:revision or family). */
export function taskDefinitionOf(desired: DesiredService): string | undefined {
  return desired.references.get(TASK_DEFINITION_REF)?.arn ?? desired.spec.taskDefinition;
}

/** The strategy as AWS takes it; `undefined` when the spec has none. */
export function strategyOf(desired: DesiredService): CapacityProviderStrategyItem[] | undefined {
  const { capacityProviderStrategy } = desired.spec;
  return capacityProviderStrategy === undefined
    ? undefined
    : resolvedStrategy(desired, STRATEGY, capacityProviderStrategy);
}

/**
 * True when `arn` is what `wanted` names. A family, or an ARN without a revision, names every revision of it, as a later one is no change of
 * the spec.
 */
export function runs(arn: string | undefined, wanted: string): boolean {
  if (arn === undefined) return false;
  const live = wanted.startsWith('arn:') ? arn : nameOfArn(arn);
  return wanted === live || wanted === live.replace(/:\d+$/, '');
}

/** `assertOneRegion` refused it from the start, so nothing was ever made, and nothing has to go. A cluster reference cannot change. */
export function wasAlwaysRefused(desired: DesiredService): boolean {
  const cluster = desired.references.get(CLUSTER_REF);
  return cluster !== undefined && cluster.region !== desired.region && desired.status?.serviceArn === undefined;
}
