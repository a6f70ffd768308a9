import type { ContainerDefinition, PortMapping, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { clientException } from '../../../errors.ts';

const MAX_RANGES = 100;

/** Ports and names, as the network mode allows them. */
export function checkNetwork(input: RegisterTaskDefinitionRequest, containers: readonly ContainerDefinition[]): void {
  const mode = input.networkMode;
  for (const container of containers) {
    const mappings = container.portMappings ?? [];
    if (mode === 'none' && mappings.length > 0) {
      throw clientException('When networkMode=none, port mappings are not supported.');
    }
    for (const mapping of mappings) checkMapping(mapping, mode);
    checkOverlaps(mappings);
    checkLinks(container, mode, containers);
    if (mode === 'awsvpc') checkAwsvpc(container);
    if (mode === 'host') checkHostSysctls(container);
  }
  const names = containers.flatMap(({ portMappings = [] }) => portMappings.flatMap(({ name }) => name ?? []));
  const twice = names.find((name, index) => names.indexOf(name) !== index);
  if (twice !== undefined) throw clientException(`Port mapping names must be unique: ${twice}`);
}

function checkMapping(mapping: PortMapping, mode: RegisterTaskDefinitionRequest['networkMode']): void {
  const { containerPort, hostPort, containerPortRange } = mapping;
  if (containerPort === undefined && containerPortRange === undefined) {
    throw clientException("A port mapping needs 'containerPort' or 'containerPortRange'.");
  }
  if (containerPort !== undefined && containerPortRange !== undefined) {
    throw clientException("A port mapping takes either 'containerPort' or 'containerPortRange'.");
  }
  if (containerPortRange !== undefined) {
    if (hostPort !== undefined) throw clientException("'hostPort' cannot be used with 'containerPortRange'.");
    if (mode === 'host') throw clientException("'containerPortRange' is not supported when networkMode=host.");
    rangeOf(mapping);
  } else if (!isPort(containerPort) || (hostPort !== undefined && hostPort !== 0 && !isPort(hostPort))) {
    throw clientException('Ports must be between 1 and 65535.');
  }
  const same = mode === 'awsvpc' || mode === 'host';
  if (same && hostPort !== undefined && hostPort !== containerPort) {
    throw clientException(`When networkMode=${mode}, the host ports and container ports in port mappings must match.`);
  }
}

/** A port is in at most one mapping of a container, as far as ranges go (TD-30). */
function checkOverlaps(mappings: readonly PortMapping[]): void {
  const ranges = mappings.filter(({ containerPortRange }) => containerPortRange !== undefined);
  if (ranges.length > MAX_RANGES) throw clientException(`A container can have at most ${MAX_RANGES} port ranges.`);
  for (const range of ranges) {
    const [first, last] = rangeOf(range);
    for (const other of mappings) {
      if (other === range || (other.protocol ?? 'tcp') !== (range.protocol ?? 'tcp')) continue;
      const [from, to] = rangeOf(other);
      if (from <= last && first <= to) throw clientException('Port mappings must not overlap.');
    }
  }
}

function rangeOf({ containerPortRange, containerPort = 0 }: PortMapping): readonly [number, number] {
  if (containerPortRange === undefined) return [containerPort, containerPort];
  const match = /^(\d+)-(\d+)$/.exec(containerPortRange);
  const [first, last] = [Number(match?.[1]), Number(match?.[2])];
  if (match === null || !isPort(first) || !isPort(last) || first >= last) {
    throw clientException(`Invalid container port range: ${containerPortRange}`);
  }
  return [first, last];
}

/** TD-16. */
function checkLinks(
  container: ContainerDefinition,
  mode: RegisterTaskDefinitionRequest['networkMode'],
  containers: readonly ContainerDefinition[],
): void {
  const links = container.links ?? [];
  if (links.length > 0 && mode !== undefined && mode !== 'bridge') {
    throw clientException(`Links are not supported when networkMode=${mode}.`);
  }
  for (const link of links) {
    const [target] = link.split(':');
    if (target === container.name || !containers.some(({ name }) => name === target)) {
      throw clientException(`Container '${container.name}' links to unknown container '${target}'.`);
    }
  }
}

/** TD-15. */
function checkAwsvpc(container: ContainerDefinition): void {
  const given = {
    hostname: container.hostname !== undefined,
    dnsServers: (container.dnsServers ?? []).length > 0,
    dnsSearchDomains: (container.dnsSearchDomains ?? []).length > 0,
    extraHosts: (container.extraHosts ?? []).length > 0,
    disableNetworking: container.disableNetworking === true,
  };
  for (const [member, isGiven] of Object.entries(given)) {
    if (isGiven) throw clientException(`${member} is not supported on container when networkMode=awsvpc.`);
  }
}

/** TD-44. */
function checkHostSysctls({ systemControls = [] }: ContainerDefinition): void {
  for (const { namespace = '' } of systemControls) {
    if (namespace.startsWith('net.')) {
      throw clientException(`System control '${namespace}' is not supported when networkMode=host.`);
    }
  }
}

const isPort = (port: number | undefined): boolean =>
  port !== undefined && Number.isInteger(port) && port >= 1 && port <= 65_535;
