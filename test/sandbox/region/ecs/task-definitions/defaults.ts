import type {
  Compatibility,
  ContainerDefinition,
  KeyValuePair,
  LinuxParameters,
  NetworkMode,
  PortMapping,
  RegisterTaskDefinitionRequest,
  TaskDefinition,
  Volume,
} from '@aws-sdk/client-ecs';
import { requiredAttributes } from './requires.ts';
import { fargateProblem } from './rules/fargate.ts';
import { cpuUnits, mebibytes } from './sizes.ts';

/** The definition as AWS stores it: defaults filled in, sizes in plain units, environment in an order of its own. */
export function normalizedDefinition(input: RegisterTaskDefinitionRequest): TaskDefinition {
  return {
    family: input.family,
    taskRoleArn: input.taskRoleArn,
    executionRoleArn: input.executionRoleArn,
    networkMode: input.networkMode,
    containerDefinitions: (input.containerDefinitions ?? []).map((container) =>
      withDefaults(container, input.networkMode),
    ),
    volumes: (input.volumes ?? []).map(volumeWithDefaults),
    placementConstraints: input.placementConstraints ?? [],
    compatibilities: compatibilities(input),
    requiresAttributes: requiredAttributes(input),
    requiresCompatibilities: input.requiresCompatibilities,
    runtimePlatform: input.runtimePlatform,
    cpu: input.cpu === undefined ? undefined : cpuUnits(input.cpu),
    memory: input.memory === undefined ? undefined : mebibytes(input.memory),
    pidMode: input.pidMode,
    ipcMode: input.ipcMode,
    proxyConfiguration: input.proxyConfiguration,
    inferenceAccelerators: input.inferenceAccelerators,
    ephemeralStorage: input.ephemeralStorage,
    enableFaultInjection: input.enableFaultInjection ?? false,
  };
}

/** Where the definition could run, whatever it asks for. */
function compatibilities(input: RegisterTaskDefinitionRequest): Compatibility[] {
  const managed: Compatibility[] = input.requiresCompatibilities?.includes('MANAGED_INSTANCES')
    ? ['MANAGED_INSTANCES']
    : [];
  if (input.networkMode !== 'awsvpc') return ['EXTERNAL', 'EC2', ...managed];
  const fargate = fargateProblem(input, input.containerDefinitions ?? []) === undefined;
  return fargate ? ['EC2', 'FARGATE', ...managed] : ['EC2', ...managed];
}

function withDefaults(container: ContainerDefinition, mode: NetworkMode | undefined): ContainerDefinition {
  return {
    ...container,
    cpu: container.cpu ?? 0,
    essential: container.essential ?? true,
    portMappings: (container.portMappings ?? []).map((mapping) => portWithDefaults(mapping, mode)),
    environment: sorted(container.environment ?? []),
    mountPoints: container.mountPoints ?? [],
    volumesFrom: container.volumesFrom ?? [],
    systemControls: container.systemControls ?? [],
    ...(container.linuxParameters === undefined ? {} : { linuxParameters: withBothLists(container.linuxParameters) }),
    ...(container.healthCheck === undefined
      ? {}
      : { healthCheck: { interval: 30, timeout: 5, retries: 3, ...container.healthCheck } }),
  };
}

/** Capabilities come back with both lists, and only if one was given (go-to-k/cdk-real-drift). */
function withBothLists(parameters: LinuxParameters): LinuxParameters {
  const { capabilities } = parameters;
  if (capabilities === undefined) return parameters;
  return { ...parameters, capabilities: { add: capabilities.add ?? [], drop: capabilities.drop ?? [] } };
}

/** A volume without a kind is a bind mount without a path (BND-01); the root of EFS is `/` (EFS-02). */
function volumeWithDefaults(volume: Volume): Volume {
  if (Object.keys(volume).length === 1) return { ...volume, host: {} };
  const efs = volume.efsVolumeConfiguration;
  if (efs === undefined) return volume;
  return { ...volume, efsVolumeConfiguration: { ...efs, rootDirectory: efs.rootDirectory ?? '/' } };
}

/** Under awsvpc and host the host port is the container port; elsewhere 0 means a dynamic one. */
function portWithDefaults(mapping: PortMapping, mode: NetworkMode | undefined): PortMapping {
  const protocol = mapping.protocol ?? 'tcp';
  // The ports of a range on the host are known only once a task runs.
  if (mapping.containerPortRange !== undefined) return { ...mapping, protocol };
  const same = mode === 'awsvpc' || mode === 'host';
  return {
    ...mapping,
    hostPort: mapping.hostPort ?? (same ? mapping.containerPort : 0),
    protocol,
  };
}

/** AWS does not keep the order of the environment; sorting makes sure that nobody relies on it. */
function sorted(environment: readonly KeyValuePair[]): KeyValuePair[] {
  return environment.toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
}
