import type {
  ListServicesByNamespaceRequest,
  ListServicesByNamespaceResponse,
  ListServicesRequest,
  ListServicesResponse,
} from '@aws-sdk/client-ecs';
import { AwsError } from '../../errors.ts';
import type { World } from '../../world.ts';
import { findCluster } from '../find.ts';
import { page } from '../pages.ts';
import type { ServiceState } from './state.ts';
import { launchTypeOf } from './template.ts';

const PAGE = { size: 10, max: 100 } as const;

/** Only ACTIVE services: DRAINING ones are hidden (SV-10). */
export function listServices(world: World, input: ListServicesRequest): ListServicesResponse {
  const cluster = findCluster(world, input.cluster);
  const arns: string[] = [];
  for (const service of cluster.services.values()) if (isListed(service, input)) arns.push(service.arn);
  const { items, nextToken } = page(arns, input, PAGE);
  return { serviceArns: items, nextToken };
}

function isListed(service: ServiceState, input: ListServicesRequest): boolean {
  if (service.status !== 'ACTIVE') return false;
  if (input.schedulingStrategy !== undefined && service.settings.schedulingStrategy !== input.schedulingStrategy) {
    return false;
  }
  // Express services, which ECS manages, are not here.
  if (input.resourceManagementType === 'ECS') return false;
  return input.launchType === undefined || shownLaunchType(service) === input.launchType;
}

const shownLaunchType = ({ template }: ServiceState): string =>
  template === undefined ? 'EC2' : launchTypeOf(template);

/** Services of all clusters that are in a namespace of Service Connect, by its name or ARN. */
export function listServicesByNamespace(
  world: World,
  input: ListServicesByNamespaceRequest,
): ListServicesByNamespaceResponse {
  const arns: string[] = [];
  const known = new Set<string>();
  for (const cluster of world.ecs.clusters.values()) {
    if (cluster.serviceConnectDefaults?.namespace !== undefined) known.add(cluster.serviceConnectDefaults.namespace);
    for (const service of cluster.services.values()) {
      const namespace = namespaceOf(service);
      if (namespace === undefined) continue;
      known.add(namespace);
      if (service.status === 'ACTIVE' && isSame(namespace, input.namespace ?? '')) arns.push(service.arn);
    }
  }
  // Cloud Map is not here: a namespace exists where somebody has named it.
  if (![...known].some((namespace) => isSame(namespace, input.namespace ?? ''))) {
    throw new AwsError('NamespaceNotFoundException', 'The specified namespace was not found.');
  }
  const { items, nextToken } = page(arns, input, PAGE);
  return { serviceArns: items, nextToken };
}

function namespaceOf({ template, cluster }: ServiceState): string | undefined {
  if (template?.serviceConnect?.enabled !== true) return undefined;
  return template.serviceConnect.namespace ?? cluster.serviceConnectDefaults?.namespace;
}

const isSame = (a: string, b: string): boolean => a === b || shortNamespace(a) === shortNamespace(b);

const shortNamespace = (namespace: string): string => namespace.slice(namespace.lastIndexOf('/') + 1);
