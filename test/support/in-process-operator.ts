import { pino } from 'pino';
import { systemClock } from '../../src/clock.ts';
import { type Config, loadConfig } from '../../src/config.ts';
import { Operator, type OperatorOptions } from '../../src/operator.ts';
import { testCluster } from './cluster.ts';
import { kubeConfig } from './kubectl.ts';
import type { AwsEndpoint } from './operator-bed.ts';

/** What a test may give the operator that nobody could give an installed one. */
export interface InProcessOptions extends Partial<Omit<OperatorOptions, 'config' | 'log'>> {
  readonly config?: Partial<Config>;
}

interface Surroundings {
  readonly namespace: string;
  readonly awsEndpoint: AwsEndpoint;
}

/**
 * An operator in the test's own process, for tests that put something of their own into it, such as a clock; it is not started. Everyone else
 * has it installed (`operator-bed.ts`). It runs as the service account of the shared installation.
 */
export function inProcessOperator(
  { namespace, awsEndpoint }: Surroundings,
  { config, ...options }: InProcessOptions = {},
): Operator {
  // The SDK finds its endpoint and keys as in production: in the environment. Each test file is a process of its own.
  Object.assign(process.env, awsEndpoint.env);
  return new Operator({
    credentials: kubeConfig(testCluster().kubeconfig('operator')),
    clock: systemClock,
    ...options,
    config: { ...defaults(namespace), ...config },
    log: pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
  });
}

/** Acts at once, waits for no rate limits, and leaves the AWSAccounts to others, since they are in no namespace. */
function defaults(namespace: string): Config {
  const flags = ['--region=us-east-1', '--leader-elect=false', '--aws-accounts=false', '--aws-quota-scale=1000'];
  const loaded = loadConfig([...flags, `--namespace=${namespace}`], { POD_NAME: 'test' });
  if (loaded === 'help') throw new Error('no configuration');
  return loaded;
}
