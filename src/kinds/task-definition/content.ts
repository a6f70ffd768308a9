import type { ContainerDefinition, RegisterTaskDefinitionRequest, TaskDefinition } from '@aws-sdk/client-ecs';
import { canonicalJson, contentHash } from '../../canonical.ts';
import { isEmpty } from '../shared/compare.ts';

/** What a revision consists of: everything that `RegisterTaskDefinition` takes, but the tags. */
export type Content = Omit<RegisterTaskDefinitionRequest, 'tags'>;

/** The members of a described task definition that are content; the others (ARN, status, dates) are AWS's own. */
const CONTENT_FIELDS = [
  'family',
  'taskRoleArn',
  'executionRoleArn',
  'networkMode',
  'containerDefinitions',
  'volumes',
  'placementConstraints',
  'requiresCompatibilities',
  'cpu',
  'memory',
  'pidMode',
  'ipcMode',
  'proxyConfiguration',
  'inferenceAccelerators',
  'ephemeralStorage',
  'runtimePlatform',
  'enableFaultInjection',
] as const satisfies readonly (keyof Content & keyof TaskDefinition)[];

/** Lists that ECS keeps as sets, by the member that tells their items apart. */
const SETS: Readonly<Record<string, string>> = {
  environment: 'name',
  secrets: 'name',
  containerDefinitions: 'name',
  volumes: 'name',
  portMappings: 'containerPort',
  mountPoints: 'containerPath',
  volumesFrom: 'sourceContainer',
  ulimits: 'name',
  systemControls: 'namespace',
  dependsOn: 'containerName',
  extraHosts: 'hostname',
  environmentFiles: 'value',
  resourceRequirements: 'type',
};

export function contentOf(described: TaskDefinition): Content {
  const content = Object.fromEntries(CONTENT_FIELDS.map((field) => [field, described[field]]));
  return { ...content, family: described.family, containerDefinitions: described.containerDefinitions };
}

/**
 * Equal for contents that ECS runs alike, whether written by a user or read back from AWS, which fills in defaults
 * (feature-bar section 6): `cpu: 0`, `essential: true`, empty lists, host ports under awsvpc and host, reordered environment.
 */
export function hashOf(content: Content): string {
  const ownPorts = content.networkMode === 'awsvpc' || content.networkMode === 'host';
  return contentHash(
    normalise({
      ...content,
      cpu: cpuUnits(content.cpu),
      memory: mebibytes(content.memory),
      enableFaultInjection: content.enableFaultInjection === true ? true : undefined,
      requiresCompatibilities: [...(content.requiresCompatibilities ?? [])].sort(),
      containerDefinitions: content.containerDefinitions?.map((container) => withoutDefaults(container, ownPorts)),
    }),
  );
}

/** What ECS fills in (HealthCheck in the API reference). */
const HEALTH_CHECK_DEFAULTS = { interval: 30, timeout: 5, retries: 3 };

function withoutDefaults(container: ContainerDefinition, ownPorts: boolean): ContainerDefinition {
  const { cpu, essential, portMappings, healthCheck, ...rest } = container;
  return {
    ...rest,
    ...(healthCheck === undefined ? {} : { healthCheck: { ...HEALTH_CHECK_DEFAULTS, ...healthCheck } }),
    ...(cpu === undefined || cpu === 0 ? {} : { cpu }),
    ...(essential === false ? { essential } : {}),
    portMappings: portMappings?.map(({ hostPort, protocol, ...mapping }) => ({
      ...mapping,
      ...(protocol === undefined || protocol === 'tcp' ? {} : { protocol }),
      // Under awsvpc and host the host port is the container port (TD-11, TD-12); elsewhere 0 and nothing both mean a dynamic port.
      ...(hostPort === undefined || hostPort === 0 || ownPorts ? {} : { hostPort }),
    })),
  };
}

/** Drops what is empty and sorts what is a set. */
function normalise(value: unknown, field = ''): unknown {
  if (Array.isArray(value)) {
    const items = value.map((item) => normalise(item));
    const key = SETS[field];
    return key === undefined ? items : sortedBy(items, key);
  }
  if (value === null || typeof value !== 'object') return value;
  const members = Object.entries(value)
    .filter(([, member]) => !isEmpty(member))
    .map(([name, member]) => [name, normalise(member, name)] as const);
  return Object.fromEntries(members);
}

function sortedBy(items: readonly unknown[], key: string): readonly unknown[] {
  const rank = (item: unknown): string => {
    const members: Readonly<Record<string, unknown>> = typeof item === 'object' && item !== null ? { ...item } : {};
    return `${String(members[key])} ${canonicalJson(members)}`;
  };
  return [...items].sort((a, b) => (rank(a) < rank(b) ? -1 : 1));
}

/** `1024` for "1024", "1 vCPU" and "1vcpu", the forms that ECS takes. Anything else stays what it is, for ECS to judge. */
export function cpuUnits(cpu: string | undefined): string | undefined {
  return inUnits(cpu, /^(\d+\.?\d*|\.\d+)\s*vcpu$/i);
}

/** `2048` for "2048", "2 GB" and "2gb". */
export function mebibytes(memory: string | undefined): string | undefined {
  return inUnits(memory, /^(\d+\.?\d*|\.\d+)\s*gb$/i);
}

function inUnits(text: string | undefined, form: RegExp): string | undefined {
  const amount = form.exec(text?.trim() ?? '')?.[1];
  return amount === undefined ? text?.trim() : String(Math.round(Number(amount) * 1024));
}
