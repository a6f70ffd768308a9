import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';

/** ECS answers with weight and base filled in, so both sides are compared with them. */
export function withStrategyDefaults(strategy: unknown): unknown {
  if (!Array.isArray(strategy)) return strategy;
  return strategy.map((item: CapacityProviderStrategyItem) => ({
    ...item,
    weight: item.weight ?? 0,
    base: item.base ?? 0,
  }));
}
