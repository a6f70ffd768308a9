import type { CapacityProviderStrategyItem, Service } from '@aws-sdk/client-ecs';
import type { EcsReads } from '../../aws/reads.ts';
import type { ProviderUse } from './observed.ts';

/** In a cluster with more services than this, AWS's own refusal has to do: to read them all each time would cost more than it tells. */
const SERVICES_READ = 100;

/** Who uses these providers of the cluster. Read only when they are to be taken away. */
export async function readUses(
  reads: EcsReads,
  cluster: string,
  providers: readonly string[],
): Promise<readonly ProviderUse[]> {
  const names = await reads.listServices(cluster);
  if (names.length > SERVICES_READ) return [];
  const services = await Promise.all(names.map((name) => reads.describeService(cluster, name)));
  return usesOf(
    services.filter((service) => service !== undefined),
    providers,
  );
}

export function usesOf(services: readonly Service[], providers: readonly string[]): readonly ProviderUse[] {
  return providers.map((provider) => ({
    provider,
    services: services
      .filter((service) => strategiesOf(service).some((item) => item.capacityProvider === provider))
      .map(({ serviceName }) => serviceName ?? ''),
  }));
}

/** Also of what is being rolled out or away: its tasks are there. */
function strategiesOf({ capacityProviderStrategy, deployments, taskSets }: Service): CapacityProviderStrategyItem[] {
  const all = [
    capacityProviderStrategy,
    ...(deployments ?? []).map((deployment) => deployment.capacityProviderStrategy),
    ...(taskSets ?? []).map((taskSet) => taskSet.capacityProviderStrategy),
  ];
  return all.flatMap((strategy) => strategy ?? []);
}
