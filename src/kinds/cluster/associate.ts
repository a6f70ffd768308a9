import {
  type CapacityProviderStrategyItem,
  type Cluster,
  PutClusterCapacityProvidersCommand,
} from '@aws-sdk/client-ecs';
import type { CallStep, Step } from '../../engine/kind.ts';
import { withStrategyDefaults } from '../shared/capacity-provider-strategy.ts';
import { covers } from '../shared/compare.ts';
import { ecs, step, wait } from '../shared/step.ts';
import { listed, listedInOrder } from '../shared/text.ts';
import { unresolvedWait, wantedAssociation } from './association.ts';
import {
  associatedProviders,
  groupProviders,
  isFargate,
  isUpdating,
  managedInstancesProviders,
} from './attachments.ts';
import type { DesiredCluster } from './desired.ts';
import type { ObservedCluster, ProviderUse } from './observed.ts';

/** AWS's quota of providers for one cluster. */
const MAX_PROVIDERS = 20;

/** What is different between the cluster's providers and the spec's. */
interface Difference {
  readonly wanted: readonly string[];
  /** Wanted, and not there. */
  readonly missing: readonly string[];
  /** There, and not wanted. */
  readonly surplus: readonly string[];
  /** Undefined is left open. */
  readonly strategy: readonly CapacityProviderStrategyItem[] | undefined;
  readonly strategyDiffers: boolean;
}

/** Brings providers and default strategy to the spec, with a call that replaces both lists (CLU-16). */
export function associationSteps(desired: DesiredCluster, observed: ObservedCluster): readonly Step[] {
  if (desired.unresolved.size > 0) return unresolvedWait(desired);
  const { cluster: live } = observed;
  const difference = differenceOf(desired, observed);
  const adds = difference.missing.length > 0 || difference.strategyDiffers;
  const again = hasFailed(live) && !wasTried(desired) && namesProviders(desired);
  if (!adds && difference.surplus.length === 0 && !again) return [];
  if (isUpdating(live)) {
    // ECS answers UpdateInProgressException while an earlier association is still being made.
    return [wait('AttachmentsUpdating', 'ECS is still associating capacity providers; the change follows.')];
  }
  // What ECS could not do is told in the conditions, not tried over and over: the next generation gets a new try. Taking away is the cure.
  if (hasFailed(live) && wasTried(desired) && adds) return [];
  return changeSteps(observed, difference, again);
}

function changeSteps(observed: ObservedCluster, difference: Difference, again: boolean): readonly Step[] {
  const { cluster: live, uses } = observed;
  const { wanted, missing, surplus, strategyDiffers } = difference;
  const used = stillUsed(surplus, uses);
  const kept = missing.length > 0 && isReplacedGently(live, difference) ? surplus : used;
  const changed = [
    ...(missing.length > 0 || kept.length < surplus.length ? ['capacityProviders'] : []),
    ...(strategyDiffers ? ['defaultCapacityProviderStrategy'] : []),
  ];
  const reason = changed.length > 0 ? `${changed.join(', ')} changed` : 'capacity providers associated again';
  const put = step(ecs, putCommand(observed, difference, [...wanted, ...kept]), reason);
  return [...(changed.length > 0 || again ? [put] : []), ...stillUsedWait(used, uses)];
}

/** Providers that the cluster has and is not to have; none as long as it is not known what it is to have. */
export function surplusProviders(
  desired: DesiredCluster,
  observed: Pick<ObservedCluster, 'cluster' | 'capacity'>,
): readonly string[] {
  return desired.unresolved.size > 0 ? [] : differenceOf(desired, observed).surplus;
}

function differenceOf(desired: DesiredCluster, observed: Pick<ObservedCluster, 'cluster' | 'capacity'>): Difference {
  const managed = managedInstancesProviders(observed.capacity);
  const present = associatedProviders(observed);
  const { providers, strategy } = wantedAssociation(desired);
  const wanted = providers?.filter((name) => !managed.includes(name)) ?? present;
  const have = withStrategyDefaults(observed.cluster.defaultCapacityProviderStrategy);
  return {
    wanted,
    missing: wanted.filter((name) => !present.includes(name)),
    surplus: present.filter((name) => !wanted.includes(name)),
    strategy,
    strategyDiffers: !covers(have, withStrategyDefaults(strategy)),
  };
}

function putCommand({ cluster, capacity }: ObservedCluster, { strategy }: Difference, providers: readonly string[]) {
  const has = [...providers, ...managedInstancesProviders(capacity)];
  // What the user left open is sent as it is, without what names a provider that goes.
  const left = (cluster.defaultCapacityProviderStrategy ?? []).filter((item) =>
    has.includes(item.capacityProvider ?? ''),
  );
  return new PutClusterCapacityProvidersCommand({
    cluster: cluster.clusterArn,
    capacityProviders: [...providers],
    defaultCapacityProviderStrategy: [...(strategy ?? left)],
  });
}

function hasFailed({ attachmentsStatus }: Cluster): boolean {
  return attachmentsStatus === 'UPDATE_FAILED';
}

function wasTried({ status, object }: DesiredCluster): boolean {
  return status?.observedGeneration === object.metadata.generation;
}

function namesProviders(desired: DesiredCluster): boolean {
  return wantedAssociation(desired).providers !== undefined;
}

/**
 * A service moves to a provider only once the cluster has it, and the cluster lets go of the old one only once no service uses it:
 * whoever replaces one in one go would wait for ever. So in a cluster at work the new ones come first, and the old ones go afterwards.
 */
function isReplacedGently(live: Cluster, { wanted, surplus }: Difference): boolean {
  const atWork = (live.activeServicesCount ?? 0) + (live.runningTasksCount ?? 0) + (live.pendingTasksCount ?? 0) > 0;
  return atWork && !hasFailed(live) && wanted.length + surplus.length <= MAX_PROVIDERS;
}

function stillUsed(surplus: readonly string[], uses: readonly ProviderUse[]): readonly string[] {
  return surplus.filter((name) => uses.some(({ provider, services }) => provider === name && services.length > 0));
}

/** CP-14. AWS would refuse it, and would not say because of whom. */
function stillUsedWait(names: readonly string[], uses: readonly ProviderUse[]): readonly Step[] {
  if (names.length === 0) return [];
  const described = uses
    .filter(({ provider }) => names.includes(provider))
    .map(({ provider, services }) => `${provider} (services ${listedInOrder(services)})`);
  const message = `Capacity providers leave the cluster when no service uses them any more: ${listed(described.toSorted())}. Name others in the capacityProviderStrategy of these services.`;
  return [wait('InUse', message)];
}

/**
 * Takes away the providers that AWS would not delete the cluster for, and the default strategy. FARGATE and FARGATE_SPOT go with the
 * cluster (CLU-18), and a task that still runs there is no reason to keep the others.
 */
export function dissociation(observed: ObservedCluster): CallStep {
  const command = new PutClusterCapacityProvidersCommand({
    cluster: observed.cluster.clusterArn,
    capacityProviders: associatedProviders(observed).filter(isFargate),
    defaultCapacityProviderStrategy: [],
  });
  return step(ecs, command, `capacity providers ${listedInOrder(groupProviders(observed))} dissociated`);
}
