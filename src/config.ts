import { hostname } from 'node:os';
import { parseArgs } from 'node:util';
import { maxShards } from './kube/leader-layout.ts';

/** Which replica acts: every number is in milliseconds. */
export interface LeaderElectionConfig {
  /** False: this process acts alone and takes no Lease. */
  readonly enabled: boolean;
  /** Namespace of the Leases. */
  readonly namespace: string;
  /** Among how many Leases the objects are split; each shard has one leader. */
  readonly shards: number;
  readonly leaseDurationMs: number;
  readonly renewDeadlineMs: number;
  readonly retryPeriodMs: number;
}

/** Everything that an installation may choose. */
export interface Config {
  /** Region of objects that name none. */
  readonly region: string;
  /** Only objects of this namespace; all namespaces when undefined. */
  readonly namespace: string | undefined;
  /** Only objects with these labels, in the API's selector syntax; all when undefined. */
  readonly labelSelector: string | undefined;
  /** Whether AWSAccount objects are read. They are cluster-scoped, which an installation for one namespace may not be allowed to see. */
  readonly awsAccounts: boolean;
  readonly logLevel: string;
  readonly resyncMs: number;
  readonly concurrency: number;
  /** Multiplies AWS's published API quotas; above 1 for accounts whose quotas AWS has raised. */
  readonly quotaScale: number;
  readonly leaderElection: LeaderElectionConfig;
  /** Where /metrics is served; undefined: nowhere. */
  readonly metricsAddress: BindAddress | undefined;
  /** Where /healthz and /readyz are served; undefined: nowhere. */
  readonly healthAddress: BindAddress | undefined;
  /** OTLP/HTTP endpoint to which traces are sent; undefined: none are made. */
  readonly tracesEndpoint: string | undefined;
  /** The pod's name in Events and in Leases. */
  readonly instance: string;
}

/** Where a server listens. Without a host: on all addresses. */
export interface BindAddress {
  readonly host: string | undefined;
  readonly port: number;
}

/** A mistake in flags or environment: the process tells it and exits with 2, as command line tools do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export const usage = `ecs-operator reconciles ECSCluster, ECSCapacityProvider, AutoScalingGroup, LaunchTemplate,
ECSTaskDefinition and ECSService objects into Amazon ECS, EC2 Auto Scaling and EC2.

Usage: ecs-operator [flags]

What is reconciled
  --region REGION            AWS region of objects without spec.region        (AWS_REGION)
  --namespace NAMESPACE      reconcile only objects of this namespace         (ECS_OPERATOR_NAMESPACE, all)
  --label-selector SELECTOR  reconcile only objects with these labels         (ECS_OPERATOR_LABEL_SELECTOR, all)
  --aws-accounts BOOLEAN     read AWSAccount objects                          (ECS_OPERATOR_AWS_ACCOUNTS, true)
  --resync SECONDS           how often settled objects are compared with AWS  (ECS_OPERATOR_RESYNC, 300)
  --concurrency N            reconciles at once, for each kind                (ECS_OPERATOR_CONCURRENCY, 100)
  --aws-quota-scale X        multiplies AWS's published API request quotas    (ECS_OPERATOR_AWS_QUOTA_SCALE, 1)

Which replica acts
  --leader-elect BOOLEAN     act only while holding a Lease                   (ECS_OPERATOR_LEADER_ELECT, true)
  --leader-election-namespace NAMESPACE
                             namespace of the Leases                          (POD_NAMESPACE, default)
  --shards N                 split the objects among N Leases                 (ECS_OPERATOR_SHARDS, 1)
  --lease-duration SECONDS   after which a silent leader is replaced          (ECS_OPERATOR_LEASE_DURATION, 15)
  --renew-deadline SECONDS   after which a leader that cannot renew stops     (ECS_OPERATOR_RENEW_DEADLINE, 10)
  --retry-period SECONDS     between two attempts to take or renew a Lease    (ECS_OPERATOR_RETRY_PERIOD, 2)

How it is watched
  --metrics-bind-address HOST:PORT
                             serves /metrics; 0 for none                      (ECS_OPERATOR_METRICS_BIND_ADDRESS, 0)
  --health-probe-bind-address HOST:PORT
                             serves /healthz and /readyz; 0 for none          (ECS_OPERATOR_HEALTH_PROBE_BIND_ADDRESS, 0)
  --traces-endpoint URL      sends traces by OTLP/HTTP                        (OTEL_EXPORTER_OTLP_ENDPOINT, none)
  --log-level LEVEL          trace, debug, info, warn, error                  (ECS_OPERATOR_LOG_LEVEL, info)
  --help

The API server is found through KUBECONFIG, ~/.kube/config or the pod's service account.
AWS credentials and endpoint are found as in every AWS tool (web identity, EKS Pod Identity, environment, profile).
`;

const flags = {
  region: { type: 'string' },
  namespace: { type: 'string' },
  'label-selector': { type: 'string' },
  'aws-accounts': { type: 'string' },
  resync: { type: 'string' },
  concurrency: { type: 'string' },
  'aws-quota-scale': { type: 'string' },
  'leader-elect': { type: 'string' },
  'leader-election-namespace': { type: 'string' },
  shards: { type: 'string' },
  'lease-duration': { type: 'string' },
  'renew-deadline': { type: 'string' },
  'retry-period': { type: 'string' },
  'metrics-bind-address': { type: 'string' },
  'health-probe-bind-address': { type: 'string' },
  'traces-endpoint': { type: 'string' },
  'log-level': { type: 'string' },
  help: { type: 'boolean' },
} as const;

type Flag = Exclude<keyof typeof flags, 'help'>;
type Values = Readonly<Partial<Record<Flag, string>>>;
type Environment = Readonly<Record<string, string | undefined>>;

const LOG_LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Reads flags, then environment, then defaults. Throws `ConfigError` with a sentence that names the flag. */
export function loadConfig(argv: readonly string[], env: Environment): Config | 'help' {
  const { help, ...values } = parse(argv);
  if (help === true) return 'help';
  const region = values.region || env.AWS_REGION || env.AWS_DEFAULT_REGION;
  if (region === undefined) throw new ConfigError('No AWS region: give --region or set AWS_REGION.');
  const logLevel = setting(values, env, 'log-level') ?? 'info';
  if (!LOG_LEVELS.includes(logLevel)) {
    throw new ConfigError(`--log-level is "${logLevel}"; it must be one of ${LOG_LEVELS.join(', ')}.`);
  }
  return {
    region,
    namespace: setting(values, env, 'namespace'),
    labelSelector: setting(values, env, 'label-selector'),
    awsAccounts: booleanOf(values, env, 'aws-accounts', true),
    logLevel,
    resyncMs: numberOf(values, env, 'resync', 300, 1) * 1_000,
    concurrency: Math.floor(numberOf(values, env, 'concurrency', 100, 1)),
    quotaScale: numberOf(values, env, 'aws-quota-scale', 1, 0.01),
    leaderElection: leaderElectionOf(values, env),
    metricsAddress: addressOf(values, env, 'metrics-bind-address'),
    healthAddress: addressOf(values, env, 'health-probe-bind-address'),
    tracesEndpoint: urlOf(values, env, 'traces-endpoint'),
    instance: env.POD_NAME || hostname(),
  };
}

/** The order that client-go demands of the three times: a leader gives up before its Lease can be taken, and tries more than once until then. */
function leaderElectionOf(values: Values, env: Environment): LeaderElectionConfig {
  const seconds = (flag: 'lease-duration' | 'renew-deadline' | 'retry-period', fallback: number): number =>
    numberOf(values, env, flag, fallback, 0.1);
  const [lease, deadline, retry] = [
    seconds('lease-duration', 15),
    seconds('renew-deadline', 10),
    seconds('retry-period', 2),
  ];
  if (lease <= deadline) {
    throw new ConfigError(
      `--lease-duration is ${lease}; it must be longer than --renew-deadline, which is ${deadline}.`,
    );
  }
  if (deadline <= 1.2 * retry) {
    throw new ConfigError(
      `--renew-deadline is ${deadline}; it must be more than 1.2 times --retry-period, which is ${retry}.`,
    );
  }
  const shards = Math.floor(numberOf(values, env, 'shards', 1, 1));
  if (shards > maxShards) throw new ConfigError(`--shards is ${shards}; it must be at most ${maxShards}.`);
  return {
    enabled: booleanOf(values, env, 'leader-elect', true),
    namespace: values['leader-election-namespace'] || env.POD_NAMESPACE || 'default',
    shards,
    leaseDurationMs: lease * 1_000,
    renewDeadlineMs: deadline * 1_000,
    retryPeriodMs: retry * 1_000,
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags, allowPositionals: false }).values;
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

/** What is empty counts as not given: a chart passes on what nobody set. */
function setting(values: Values, env: Environment, flag: Flag): string | undefined {
  return values[flag] || env[variableOf(flag)] || undefined;
}

/** `--lease-duration` is `ECS_OPERATOR_LEASE_DURATION`. */
function variableOf(flag: Flag): string {
  if (flag === 'traces-endpoint') return 'OTEL_EXPORTER_OTLP_ENDPOINT';
  return `ECS_OPERATOR_${flag.toUpperCase().replaceAll('-', '_')}`;
}

function booleanOf(values: Values, env: Environment, flag: Flag, fallback: boolean): boolean {
  const text = setting(values, env, flag);
  if (text === undefined) return fallback;
  if (text !== 'true' && text !== 'false') throw new ConfigError(`--${flag} is "${text}"; it must be true or false.`);
  return text === 'true';
}

function numberOf(values: Values, env: Environment, flag: Flag, fallback: number, min: number): number {
  const text = setting(values, env, flag);
  if (text === undefined) return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value < min) {
    throw new ConfigError(`--${flag} is "${text}"; it must be a number of at least ${min}.`);
  }
  return value;
}

/** `:8080`, `127.0.0.1:8080` or `[::1]:8080`, as in controller-runtime; `0` for none. */
function addressOf(values: Values, env: Environment, flag: Flag): BindAddress | undefined {
  const text = setting(values, env, flag) ?? '0';
  if (text === '0') return undefined;
  const match = /^(?:\[([^\]]+)\]|([^:]*)):(\d{1,5})$/.exec(text);
  const port = Number(match?.[3]);
  if (match === null || port > 65_535) {
    throw new ConfigError(`--${flag} is "${text}"; it must be HOST:PORT, :PORT, or 0 for none.`);
  }
  return { host: match[1] || match[2] || undefined, port };
}

function urlOf(values: Values, env: Environment, flag: Flag): string | undefined {
  const text = setting(values, env, flag);
  if (text === undefined) return undefined;
  if (!/^https?:$/.test(URL.parse(text)?.protocol ?? '')) {
    throw new ConfigError(`--${flag} is "${text}"; it must be a URL that begins with http:// or https://.`);
  }
  return text;
}
