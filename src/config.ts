import { hostname } from 'node:os';
import { parseArgs } from 'node:util';

/** Everything that an installation may choose. */
export interface Config {
  /** Region of objects that name none. */
  readonly region: string;
  /** Only objects of this namespace; all namespaces when undefined. */
  readonly namespace: string | undefined;
  readonly logLevel: string;
  readonly resyncMs: number;
  readonly concurrency: number;
  /** Multiplies AWS's published API quotas; above 1 for accounts whose quotas AWS has raised. */
  readonly quotaScale: number;
  /** The pod's name in Events. */
  readonly instance: string;
}

/** A mistake in flags or environment: the process tells it and exits with 2, as command line tools do. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

export const usage = `ecs-operator reconciles ECSCluster, ECSCapacityProvider, AutoScalingGroup, LaunchTemplate,
ECSTaskDefinition and ECSService objects into Amazon ECS, EC2 Auto Scaling and EC2.

Usage: ecs-operator [flags]

  --region REGION          AWS region of objects without spec.region        (AWS_REGION)
  --namespace NAMESPACE    reconcile only objects of this namespace         (ECS_OPERATOR_NAMESPACE, all)
  --resync SECONDS         how often settled objects are compared with AWS  (ECS_OPERATOR_RESYNC, 300)
  --concurrency N          reconciles at once, for each kind                (ECS_OPERATOR_CONCURRENCY, 100)
  --aws-quota-scale X      multiplies AWS's published API request quotas    (ECS_OPERATOR_AWS_QUOTA_SCALE, 1)
  --log-level LEVEL        trace, debug, info, warn, error                  (ECS_OPERATOR_LOG_LEVEL, info)
  --help

The API server is found through KUBECONFIG, ~/.kube/config or the pod's service account.
AWS credentials and endpoint are found as in every AWS tool (web identity, EKS Pod Identity, environment, profile).
`;

const flags = {
  region: { type: 'string' },
  namespace: { type: 'string' },
  resync: { type: 'string' },
  concurrency: { type: 'string' },
  'aws-quota-scale': { type: 'string' },
  'log-level': { type: 'string' },
  help: { type: 'boolean' },
} as const;

const LOG_LEVELS: readonly string[] = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** Reads flags, then environment, then defaults. Throws `ConfigError` with a sentence that names the flag. */
export function loadConfig(
  argv: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Config | 'help' {
  const values = parse(argv);
  if (values.help === true) return 'help';
  const region = values.region ?? env.AWS_REGION ?? env.AWS_DEFAULT_REGION;
  if (region === undefined || region === '') {
    throw new ConfigError('No AWS region: give --region or set AWS_REGION.');
  }
  const logLevel = values['log-level'] ?? env.ECS_OPERATOR_LOG_LEVEL ?? 'info';
  if (!LOG_LEVELS.includes(logLevel)) {
    throw new ConfigError(`--log-level is "${logLevel}"; it must be one of ${LOG_LEVELS.join(', ')}.`);
  }
  const number = (flag: 'resync' | 'concurrency' | 'aws-quota-scale', name: string, fallback: number, min: number) =>
    numberOf(`--${flag}`, values[flag] ?? env[name], fallback, min);
  return {
    region,
    namespace: values.namespace || env.ECS_OPERATOR_NAMESPACE || undefined,
    logLevel,
    resyncMs: number('resync', 'ECS_OPERATOR_RESYNC', 300, 1) * 1_000,
    concurrency: Math.floor(number('concurrency', 'ECS_OPERATOR_CONCURRENCY', 100, 1)),
    quotaScale: number('aws-quota-scale', 'ECS_OPERATOR_AWS_QUOTA_SCALE', 1, 0.01),
    instance: env.POD_NAME ?? hostname(),
  };
}

function parse(argv: readonly string[]) {
  try {
    return parseArgs({ args: [...argv], options: flags, allowPositionals: false }).values;
  } catch (error) {
    throw new ConfigError(error instanceof Error ? error.message : String(error));
  }
}

function numberOf(flag: string, text: string | undefined, fallback: number, min: number): number {
  if (text === undefined || text === '') return fallback;
  const value = Number(text);
  if (!Number.isFinite(value) || value < min)
    throw new ConfigError(`${flag} is "${text}"; it must be a number of at least ${min}.`);
  return value;
}
