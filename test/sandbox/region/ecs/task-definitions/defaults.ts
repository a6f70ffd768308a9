import type {
  Compatibility,
  ContainerDefinition,
  KeyValuePair,
  NetworkMode,
  PortMapping,
  RegisterTaskDefinitionRequest,
  TaskDefinition,
} from '@aws-sdk/client-ecs';

/** The definition as AWS stores it: defaults filled in, sizes in plain units, environment in an order of its own. */
export function normalizedDefinition(input: RegisterTaskDefinitionRequest): TaskDefinition {
  const cpu = input.cpu === undefined ? undefined : cpuUnits(input.cpu);
  const memory = input.memory === undefined ? undefined : mebibytes(input.memory);
  return {
    family: input.family,
    taskRoleArn: input.taskRoleArn,
    executionRoleArn: input.executionRoleArn,
    networkMode: input.networkMode,
    containerDefinitions: (input.containerDefinitions ?? []).map((container) =>
      withDefaults(container, input.networkMode),
    ),
    volumes: (input.volumes ?? []).map((volume) => (Object.keys(volume).length > 1 ? volume : { ...volume, host: {} })),
    placementConstraints: input.placementConstraints ?? [],
    compatibilities: compatibilities(input.networkMode, cpu, memory),
    requiresCompatibilities: input.requiresCompatibilities,
    runtimePlatform: input.runtimePlatform,
    cpu,
    memory,
    pidMode: input.pidMode,
    ipcMode: input.ipcMode,
    proxyConfiguration: input.proxyConfiguration,
    inferenceAccelerators: input.inferenceAccelerators,
    ephemeralStorage: input.ephemeralStorage,
    enableFaultInjection: input.enableFaultInjection ?? false,
  };
}

/** `1 vCPU` and `.25 vcpu` become units (TD-1). */
export function cpuUnits(text: string): string {
  const match = /^\s*([\d.]+)\s*(vcpu)?\s*$/i.exec(text);
  if (match === null) return text;
  return String(Math.round(Number(match[1]) * (match[2] === undefined ? 1 : 1024)));
}

/** `1GB` and `.5 gb` become MiB (TD-2). */
export function mebibytes(text: string): string {
  const match = /^\s*([\d.]+)\s*(gb)?\s*$/i.exec(text);
  if (match === null) return text;
  return String(Math.round(Number(match[1]) * (match[2] === undefined ? 1 : 1024)));
}

function compatibilities(
  mode: NetworkMode | undefined,
  cpu: string | undefined,
  memory: string | undefined,
): Compatibility[] {
  if (mode !== 'awsvpc') return ['EXTERNAL', 'EC2'];
  return isFargateSize(cpu, memory) ? ['EC2', 'FARGATE'] : ['EC2'];
}

interface MemoryRange {
  readonly from: number;
  readonly to: number;
  readonly step: number;
}

/** Memory in MiB that Fargate gives to each CPU size (section 13 of the requirements). */
const FARGATE_SIZES: ReadonlyMap<string, MemoryRange> = new Map([
  ['256', { from: 512, to: 2_048, step: 512 }],
  ['512', { from: 1_024, to: 4_096, step: 1_024 }],
  ['1024', { from: 2_048, to: 8_192, step: 1_024 }],
  ['2048', { from: 4_096, to: 16_384, step: 1_024 }],
  ['4096', { from: 8_192, to: 30_720, step: 1_024 }],
  ['8192', { from: 16_384, to: 61_440, step: 4_096 }],
  ['16384', { from: 32_768, to: 122_880, step: 8_192 }],
]);

export function isFargateSize(cpu: string | undefined, memory: string | undefined): boolean {
  const range = FARGATE_SIZES.get(cpu ?? '');
  const size = Number(memory);
  if (range === undefined || !(size >= range.from && size <= range.to)) return false;
  // 256 units take 512, 1024 or 2048 MiB, not 1536.
  if (cpu === '256' && size === 1_536) return false;
  return (size - range.from) % range.step === 0;
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
    ...(container.healthCheck === undefined
      ? {}
      : { healthCheck: { interval: 30, timeout: 5, retries: 3, ...container.healthCheck } }),
  };
}

/** Under awsvpc and host the host port is the container port; elsewhere 0 means a dynamic one. */
function portWithDefaults(mapping: PortMapping, mode: NetworkMode | undefined): PortMapping {
  const same = mode === 'awsvpc' || mode === 'host';
  return {
    ...mapping,
    hostPort: mapping.hostPort ?? (same ? mapping.containerPort : 0),
    protocol: mapping.protocol ?? 'tcp',
  };
}

/** AWS does not keep the order of the environment; sorting makes sure that nobody relies on it. */
function sorted(environment: readonly KeyValuePair[]): KeyValuePair[] {
  return environment.toSorted((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
}
