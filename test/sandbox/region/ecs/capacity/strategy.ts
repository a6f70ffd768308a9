import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';

/**
 * The provider of the next task: bases are met first, in the order of the strategy, then weights share the rest (CPS-10).
 * `counts` are the tasks that each provider has already, bases included. `undefined` when no item may take a task (CPS-06).
 */
export function chooseProvider(
  strategy: readonly CapacityProviderStrategyItem[],
  counts: ReadonlyMap<string, number>,
): string | undefined {
  const [only] = strategy;
  // Weight defaults to 0 in the API, and a strategy of a single provider works nevertheless (CPS-05, CPS-06).
  if (strategy.length === 1 && only !== undefined) return only.capacityProvider;
  const needsBase = strategy.find((item) => countOf(item, counts) < (item.base ?? 0));
  if (needsBase !== undefined) return needsBase.capacityProvider;
  let chosen: { readonly provider: string | undefined; readonly share: number } | undefined;
  for (const item of strategy) {
    const weight = item.weight ?? 0;
    if (weight <= 0) continue;
    const share = (countOf(item, counts) - (item.base ?? 0) + 1) / weight;
    if (chosen === undefined || share < chosen.share) chosen = { provider: item.capacityProvider, share };
  }
  return chosen?.provider;
}

const countOf = (item: CapacityProviderStrategyItem, counts: ReadonlyMap<string, number>): number =>
  counts.get(item.capacityProvider ?? '') ?? 0;
