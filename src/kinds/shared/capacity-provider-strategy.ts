import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import type { CommonSpec, CommonStatus, Desired, ObjectReference, Reference } from '../../engine/kind.ts';

/** An item that names its provider, or one of our ECSCapacityProvider objects. */
export type StrategyItem = Omit<CapacityProviderStrategyItem, 'capacityProvider'> & {
  capacityProvider?: string | undefined;
  capacityProviderRef?: ObjectReference | undefined;
};

/** References of the strategy at `field`, such as `spec.capacityProviderStrategy`. */
export function strategyReferences(
  field: string,
  strategy: readonly StrategyItem[] | undefined,
  need: Reference['need'],
): readonly Reference[] {
  return (strategy ?? []).flatMap(({ capacityProviderRef }, index) =>
    capacityProviderRef === undefined
      ? []
      : [{ field: itemField(field, index), kind: 'ECSCapacityProvider', to: capacityProviderRef, need }],
  );
}

/** The strategy as AWS takes it. An item whose reference has not been resolved is left out. */
export function resolvedStrategy(
  desired: Desired<CommonSpec, CommonStatus>,
  field: string,
  strategy: readonly StrategyItem[],
): CapacityProviderStrategyItem[] {
  return strategy.flatMap(({ capacityProviderRef, capacityProvider, ...item }, index) => {
    const name = capacityProvider ?? desired.references.get(itemField(field, index))?.name;
    return name === undefined ? [] : [{ ...item, capacityProvider: name }];
  });
}

function itemField(field: string, index: number): string {
  return `${field}[${index}].capacityProviderRef`;
}

/** ECS answers with weight and base filled in, so both sides are compared with them. */
export function withStrategyDefaults(strategy: unknown): unknown {
  if (!Array.isArray(strategy)) return strategy;
  return strategy.map((item: CapacityProviderStrategyItem) => ({
    ...item,
    weight: item.weight ?? 0,
    base: item.base ?? 0,
  }));
}
