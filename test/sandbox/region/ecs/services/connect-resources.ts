import { createHash } from 'node:crypto';
import type { ServiceConnectServiceResource } from '@aws-sdk/client-ecs';
import type { ServiceState, Template } from './state.ts';

/** The Cloud Map services that ECS makes for Service Connect: one for each discovery name of a namespace. */
export function connectResources(
  service: ServiceState,
  { serviceConnect }: Template,
): ServiceConnectServiceResource[] | undefined {
  if (serviceConnect?.enabled !== true || (serviceConnect.services ?? []).length === 0) return undefined;
  const [, , , region, account] = service.arn.split(':');
  const namespace = serviceConnect.namespace ?? service.cluster.serviceConnectDefaults?.namespace;
  return serviceConnect.services?.map(({ portName, discoveryName = portName }) => {
    const id = createHash('sha256').update(`${namespace}/${discoveryName}`).digest('hex').slice(0, 16);
    return { discoveryName, discoveryArn: `arn:aws:servicediscovery:${region}:${account}:service/srv-${id}` };
  });
}
