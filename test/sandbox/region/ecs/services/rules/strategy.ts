import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../../errors.ts';
import { shortName } from '../../arn.ts';
import type { ClusterState } from '../../clusters/state.ts';
import { isFargateProvider } from '../../fargate.ts';

const MAX_PROVIDERS = 20;

/**
 * What a capacity provider strategy may say in a cluster (CPS-03 to CPS-07, SV-11). The SDK says 20 providers at most, the guide 6 (CPS-02):
 * the SDK is newer.
 */
export function checkStrategy(
  cluster: Pick<ClusterState, 'capacityProviders'>,
  strategy: readonly CapacityProviderStrategyItem[],
): void {
  if (strategy.length > MAX_PROVIDERS) {
    throw invalidParameter(
      `The specified capacity provider strategy cannot contain more than ${MAX_PROVIDERS} capacity providers.`,
    );
  }
  for (const item of strategy) checkItem(cluster, item);
  if (strategy.length > 1 && strategy.every((item) => (item.weight ?? 0) === 0)) {
    throw invalidParameter('The specified capacity provider strategy must contain a provider with a weight above 0.');
  }
  if (strategy.filter((item) => (item.base ?? 0) > 0).length > 1) {
    throw invalidParameter('Only one capacity provider in a capacity provider strategy can have a base defined.');
  }
  if (strategy.some(isFargateItem) && !strategy.every(isFargateItem)) {
    throw invalidParameter(
      'A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate ' +
        'providers. Specify one or the other and try again.',
    );
  }
}

function checkItem(cluster: Pick<ClusterState, 'capacityProviders'>, item: CapacityProviderStrategyItem): void {
  if (!cluster.capacityProviders.includes(shortName(item.capacityProvider ?? ''))) {
    throw invalidParameter(
      'The specified capacity provider strategy cannot contain a capacity provider that is not associated with the ' +
        'cluster. Associate the capacity provider with the cluster and try again.',
    );
  }
  if (!isWithin(item.weight ?? 0, 1_000)) throw invalidParameter('Weight must be between 0 and 1000.');
  if (!isWithin(item.base ?? 0, 100_000)) throw invalidParameter('Base must be between 0 and 100000.');
}

const isWithin = (value: number, maximum: number): boolean => value >= 0 && value <= maximum;

const isFargateItem = (item: CapacityProviderStrategyItem): boolean =>
  isFargateProvider(shortName(item.capacityProvider ?? ''));
