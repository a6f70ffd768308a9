import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import type { Identity, Reference, Step } from '../../engine/kind.ts';
import { resolvedStrategy, strategyReferences } from '../shared/capacity-provider-strategy.ts';
import { wasRemoved } from '../shared/fields.ts';
import { wait } from '../shared/step.ts';
import type { ECSClusterSpec } from './api.ts';
import type { DesiredCluster } from './desired.ts';

const DEFAULT_STRATEGY = 'spec.defaultCapacityProviderStrategy';

/**
 * Provider, group, launch template and cluster refer to one another in a circle, and it is the cluster that starts: it needs its
 * providers later.
 */
export function clusterReferences(spec: ECSClusterSpec): readonly Reference[] {
  const providers = (spec.capacityProviderRefs ?? []).map(
    (to, index): Reference => ({ field: refField(index), kind: 'ECSCapacityProvider', to, need: 'later' }),
  );
  return [...providers, ...strategyReferences(DEFAULT_STRATEGY, spec.defaultCapacityProviderStrategy, 'later')];
}

function refField(index: number): string {
  return `spec.capacityProviderRefs[${index}]`;
}

/** What the spec says that the cluster is to have. Undefined is what the user left open. */
export interface Association {
  readonly providers: readonly string[] | undefined;
  readonly strategy: readonly CapacityProviderStrategyItem[] | undefined;
}

/** Without what has not been resolved yet. What was taken out of the spec is empty. */
export function wantedAssociation(desired: DesiredCluster): Association {
  return { providers: wantedProviders(desired), strategy: wantedStrategy(desired) };
}

function wantedProviders(desired: DesiredCluster): readonly string[] | undefined {
  const { capacityProviders, capacityProviderRefs } = desired.spec;
  if (capacityProviders === undefined && capacityProviderRefs === undefined) {
    const wasSet = wasRemoved(desired, 'capacityProviders') || wasRemoved(desired, 'capacityProviderRefs');
    return wasSet ? [] : undefined;
  }
  const referenced = (capacityProviderRefs ?? []).flatMap((_, index) => {
    const provider = desired.references.get(refField(index));
    return provider === undefined || isOwn(provider) ? [] : [provider.name];
  });
  return [...new Set([...(capacityProviders ?? []), ...referenced])];
}

/** One of Managed Instances is the cluster's already, also when ECS does not list it there yet (terraform-provider-aws#44783). */
function isOwn({ details }: Identity): boolean {
  return details?.type === 'MANAGED_INSTANCES';
}

function wantedStrategy(desired: DesiredCluster): readonly CapacityProviderStrategyItem[] | undefined {
  const { defaultCapacityProviderStrategy: strategy } = desired.spec;
  if (strategy !== undefined) return resolvedStrategy(desired, DEFAULT_STRATEGY, strategy);
  return wasRemoved(desired, 'defaultCapacityProviderStrategy') ? [] : undefined;
}

/** What a new cluster is made with. A strategy is worth nothing by halves, so it follows when all of it is known. */
export function firstAssociation(desired: DesiredCluster): Association {
  const { providers, strategy } = wantedAssociation(desired);
  if (desired.unresolved.size === 0) return { providers, strategy };
  return { providers: providers?.length === 0 ? undefined : providers, strategy: undefined };
}

/** The wait for providers that cannot be referred to yet: they do not exist, or are not ACTIVE (CPS-03). */
export function unresolvedWait(desired: DesiredCluster): readonly Step[] {
  const [first] = desired.unresolved.values();
  return first === undefined ? [] : [wait(first.reason, first.message)];
}
