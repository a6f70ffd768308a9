import type { ContainerDefinition, RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import { clientException } from '../../errors.ts';
import { cpuUnits, isFargateSize, mebibytes } from './defaults.ts';

const MAX_CONTAINERS = 10;

/** What RegisterTaskDefinition refuses. */
export function checkTaskDefinition(input: RegisterTaskDefinitionRequest): void {
  if (!/^[a-zA-Z0-9_-]{1,255}$/.test(input.family ?? '')) {
    throw clientException('Family contains invalid characters.');
  }
  const containers = input.containerDefinitions ?? [];
  if (containers.length === 0) throw clientException('Container list cannot be empty.');
  if (containers.length > MAX_CONTAINERS) {
    throw clientException(`Task definition cannot have more than ${MAX_CONTAINERS} containers.`);
  }
  const names = new Set<string>();
  for (const container of containers) checkContainer(container, input, names);
  if (containers.every((container) => container.essential === false)) {
    throw clientException('At least one container in a task definition must be marked essential.');
  }
  if (input.requiresCompatibilities?.includes('FARGATE')) checkFargate(input);
}

function checkContainer(
  container: ContainerDefinition,
  input: RegisterTaskDefinitionRequest,
  names: Set<string>,
): void {
  const name = container.name ?? '';
  if (name === '') throw clientException('Container.name should not be null or empty.');
  if ((container.image ?? '') === '') throw clientException('Container.image should not be null or empty.');
  if (names.has(name)) throw clientException(`Container.name contains duplicates: ${name}`);
  names.add(name);
  if (input.memory === undefined && container.memory === undefined && container.memoryReservation === undefined) {
    throw clientException(
      `Invalid setting for container '${name}'. At least one of 'memory' or 'memoryReservation' must be specified.`,
    );
  }
  checkPorts(container, input);
  checkReferences(container, input);
}

function checkPorts(container: ContainerDefinition, input: RegisterTaskDefinitionRequest): void {
  if (input.networkMode !== 'awsvpc' && input.networkMode !== 'host') return;
  for (const { hostPort, containerPort } of container.portMappings ?? []) {
    if (hostPort === undefined || hostPort === containerPort) continue;
    throw clientException(
      `When networkMode=${input.networkMode}, the host ports and container ports in port mappings must match.`,
    );
  }
}

function checkReferences(container: ContainerDefinition, input: RegisterTaskDefinitionRequest): void {
  const volumes = new Set(input.volumes?.map((volume) => volume.name));
  for (const { sourceVolume } of container.mountPoints ?? []) {
    if (!volumes.has(sourceVolume)) throw clientException(`Unknown volume '${sourceVolume}'.`);
  }
  const containers = new Set(input.containerDefinitions?.map((other) => other.name));
  for (const dependency of container.dependsOn ?? []) {
    if (!containers.has(dependency.containerName)) {
      throw clientException(
        `Container '${container.name}' depends on unknown container '${dependency.containerName}'.`,
      );
    }
  }
}

function checkFargate(input: RegisterTaskDefinitionRequest): void {
  // The quotation marks are AWS's own.
  if (input.networkMode !== 'awsvpc') throw clientException('Fargate only supports network mode ‘awsvpc’.');
  if (input.cpu === undefined) throw clientException("Fargate requires that 'cpu' be defined at the task level.");
  if (input.memory === undefined) throw clientException("Fargate requires that 'memory' be defined at the task level.");
  if (!isFargateSize(cpuUnits(input.cpu), mebibytes(input.memory))) {
    throw clientException('No Fargate configuration exists for given values.');
  }
}
