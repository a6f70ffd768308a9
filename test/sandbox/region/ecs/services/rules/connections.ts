import { invalidParameter } from '../../../errors.ts';
import type { ClusterState } from '../../clusters/state.ts';
import type { Template } from '../state.ts';

/** How other services find this one: Service Connect, service discovery and gateways (guide 2, 27). */
export function checkConnections(cluster: ClusterState, template: Template): void {
  checkServiceConnect(cluster, template);
  checkRegistries(template);
  if ((template.gatewayConnectors ?? []).length > 1) {
    throw invalidParameter('gatewayConnectors can have at most 1 items.');
  }
}

function checkServiceConnect(cluster: ClusterState, template: Template): void {
  const { serviceConnect } = template;
  if (serviceConnect?.enabled !== true) return;
  const { networkMode } = template.taskDefinition.definition;
  if (networkMode === 'host' || networkMode === 'none') {
    throw invalidParameter(`Service Connect is not supported with the ${networkMode} network mode.`);
  }
  if ((serviceConnect.namespace ?? cluster.serviceConnectDefaults?.namespace) === undefined) {
    throw invalidParameter('A namespace is required when Service Connect is enabled.');
  }
  const names = portNames(template);
  const discovered = new Set<string>();
  for (const { portName = '', discoveryName = portName, clientAliases } of serviceConnect.services ?? []) {
    if (!names.has(portName)) {
      throw invalidParameter(`The port name ${portName} is not defined in the task definition.`);
    }
    if (discovered.has(discoveryName)) throw invalidParameter(`The discovery name ${discoveryName} is not unique.`);
    discovered.add(discoveryName);
    if ((clientAliases ?? []).length > 1) throw invalidParameter('clientAliases can have at most 1 items.');
  }
}

function portNames(template: Template): ReadonlySet<string | undefined> {
  const containers = template.taskDefinition.definition.containerDefinitions ?? [];
  return new Set(containers.flatMap(({ portMappings }) => (portMappings ?? []).map(({ name }) => name)));
}

/** SV-18, DS-05. */
function checkRegistries(template: Template): void {
  const [registry, ...more] = template.serviceRegistries;
  if (registry === undefined) return;
  if (more.length > 0) throw invalidParameter('serviceRegistries can have at most 1 items.');
  const { networkMode } = template.taskDefinition.definition;
  if (networkMode === 'none') {
    throw invalidParameter('Service discovery is not supported with the none network mode.');
  }
  const byContainer = registry.containerName !== undefined && registry.containerPort !== undefined;
  if (networkMode !== 'awsvpc' && !byContainer) {
    throw invalidParameter(
      'When specifying service registries with the bridge or host network mode, the containerName and containerPort values are required.',
    );
  }
  if (registry.port !== undefined && byContainer) {
    throw invalidParameter('A service registry can have either a port or a containerName and containerPort.');
  }
}
