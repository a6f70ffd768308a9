/** What the user data of an EC2 instance tells the container agent. */
export interface AgentConfig {
  readonly cluster: string;
  readonly os: 'linux' | 'windows';
  /** Custom attributes. */
  readonly attributes: ReadonlyMap<string, string>;
  readonly tags: ReadonlyMap<string, string>;
  /** MiB withheld from tasks. */
  readonly reservedMemory: number;
  /** Drains itself at a Spot interruption notice (INS-11). */
  readonly spotDraining: boolean;
  /** Copies the tags of the EC2 instance. */
  readonly instanceTags: boolean;
  /** Does not register while its instance is in a warm pool (CP-12). */
  readonly warmPoolsCheck: boolean;
}

/** The agent joins `default` if it is not told (section 4 of the guide). */
const DEFAULT_CLUSTER = 'default';

/** The agent's configuration from base64 user data; `undefined` if no agent is configured there. */
export function agentConfig(userData: string | undefined): AgentConfig | undefined {
  if (userData === undefined) return undefined;
  const text = Buffer.from(userData, 'base64').toString('utf8');
  if (/Initialize-ECSAgent/i.test(text)) return windows(text);
  const toml = bottlerocket(text);
  if (toml !== undefined) return toml;
  const variables = shellVariables(text);
  return variables.size === 0 ? undefined : fromVariables(variables, variables.get('ECS_CLUSTER'), 'linux');
}

/** `echo ECS_CLUSTER=x >> /etc/ecs/ecs.config`, or lines of a here-document (INS-03). The last one wins. */
function shellVariables(text: string): Map<string, string> {
  const variables = new Map<string, string>();
  for (const line of text.replaceAll('\\n', '\n').split(/\r?\n/)) {
    const match = /^\s*(?:-\s+)?(?:echo\s+(?:-\w+\s+)*|printf\s+|export\s+)?(["']?)(ECS_[A-Z0-9_]+)=(.*)$/.exec(line);
    const [, , name, rest = ''] = match ?? [];
    if (name === undefined) continue;
    const value = rest.replace(/\s*(?:>>?|\|)\s*(?:sudo\s+)?(?:tee\s+(?:-a\s+)?)?\S*ecs\.config\s*$/, '').trim();
    variables.set(name, unquoted(withoutLoneQuote(value)));
  }
  return variables;
}

/** The quote that closes what `echo` was given, where the quote before it is not part of the value. */
function withoutLoneQuote(value: string): string {
  const quote = value.at(-1) ?? '';
  const isLone = (quote === '"' || quote === "'") && value.split(quote).length % 2 === 0;
  return isLone ? value.slice(0, -1) : value;
}

/** PowerShell: `Initialize-ECSAgent -Cluster x`, other settings as machine environment variables (INS-12). */
function windows(text: string): AgentConfig {
  const variables = new Map<string, string>();
  const pattern = /SetEnvironmentVariable\(\s*["'](ECS_[A-Z0-9_]+)["']\s*,\s*(?:'([^']*)'|"([^"]*)"|\$(\w+))/gi;
  for (const [, name = '', single, double, variable] of text.matchAll(pattern)) {
    variables.set(name, single ?? double ?? (variable?.toLowerCase() === 'true' ? 'true' : ''));
  }
  const cluster = /Initialize-ECSAgent[^\r\n]*?-Cluster\s+(?:"([^"]+)"|'([^']+)'|(\S+))/i.exec(text);
  return fromVariables(variables, cluster?.[1] ?? cluster?.[2] ?? cluster?.[3], 'windows');
}

/** TOML: `[settings.ecs]` with `cluster = "x"` (INS-09). */
function bottlerocket(text: string): AgentConfig | undefined {
  const settings = new Map<string, string>();
  let section = '';
  for (const line of text.split(/\r?\n/)) {
    const header = /^\s*\[([\w."-]+)\]\s*$/.exec(line)?.[1];
    if (header !== undefined) section = `${header}.`;
    const [, key, value = ''] = /^\s*([\w."-]+)\s*=\s*(.+?)\s*$/.exec(line) ?? [];
    if (header !== undefined) settings.set(header, '');
    else if (key !== undefined) settings.set(`${section}${key}`.replaceAll('"', ''), unquoted(value));
  }
  const ours = [...settings].filter(([key]) => key === 'settings.ecs' || key.startsWith('settings.ecs.'));
  if (ours.length === 0) return undefined;
  const attributes = ours.flatMap(([key, value]): [string, string][] => {
    const name = /^settings\.ecs\.instance-attributes\.(.+)$/.exec(key)?.[1];
    return name === undefined ? [] : [[name, value]];
  });
  return {
    cluster: settings.get('settings.ecs.cluster') ?? DEFAULT_CLUSTER,
    os: 'linux',
    attributes: new Map(attributes),
    tags: new Map(),
    reservedMemory: Number(settings.get('settings.ecs.reserved-memory') ?? 0) || 0,
    spotDraining: settings.get('settings.ecs.enable-spot-instance-draining') === 'true',
    instanceTags: false,
    warmPoolsCheck: false,
  };
}

function fromVariables(
  variables: ReadonlyMap<string, string>,
  cluster: string | undefined,
  os: AgentConfig['os'],
): AgentConfig {
  return {
    cluster: cluster ?? DEFAULT_CLUSTER,
    os,
    attributes: textMap(variables.get('ECS_INSTANCE_ATTRIBUTES')),
    tags: textMap(variables.get('ECS_CONTAINER_INSTANCE_TAGS')),
    reservedMemory: Number(variables.get('ECS_RESERVED_MEMORY') ?? 0) || 0,
    spotDraining: variables.get('ECS_ENABLE_SPOT_INSTANCE_DRAINING') === 'true',
    instanceTags: variables.get('ECS_CONTAINER_INSTANCE_PROPAGATE_TAGS_FROM') === 'ec2_instance',
    warmPoolsCheck: variables.get('ECS_WARM_POOLS_CHECK') === 'true',
  };
}

/** A JSON object of strings. The agent ignores what it cannot read. */
function textMap(json: string | undefined): Map<string, string> {
  try {
    const value: unknown = JSON.parse(json ?? '{}');
    if (typeof value !== 'object' || value === null) return new Map();
    return new Map(Object.entries(value).map(([key, entry]) => [key, String(entry)]));
  } catch {
    return new Map();
  }
}

const unquoted = (value: string): string =>
  (/^"(.*)"$/.exec(value)?.[1] ?? /^'(.*)'$/.exec(value)?.[1] ?? value).replaceAll('\\"', '"');
