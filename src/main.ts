import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import type { Logger } from 'pino';
import { systemClock } from './clock.ts';
import { type Config, ConfigError, loadConfig, usage } from './config.ts';
import { fromUnknown } from './errors.ts';
import { createLogger } from './log.ts';
import { Operator } from './operator.ts';
import type { Tracing } from './tracing/tracing.ts';
import { version } from './version.ts';

const EXIT_USAGE = 2;
/** A Lease was lost. The pod is started again and asks for it as a fresh candidate, as client-go's do. */
const EXIT_LEASE_LOST = 3;
/** A receiver that does not answer holds the process no longer. */
const TRACES_FLUSH_MS = 2_000;

async function main(): Promise<void> {
  const config = loadConfig(process.argv.slice(2), process.env);
  if (config === 'help') {
    process.stdout.write(usage);
    return;
  }
  const log = createLogger(config.logLevel);
  const tracing = await tracingFor(config, log);
  const credentials = new KubeConfig();
  credentials.loadFromDefault();
  const operator = new Operator({
    config,
    credentials,
    clock: systemClock,
    log,
    onLost: () => process.exit(EXIT_LEASE_LOST),
    watchers: tracing === undefined ? [] : [tracing.watcher],
  });

  let stopping = false;
  const stop = (signal: string): void => {
    // A second signal means that the user will not wait.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    operator
      .stop()
      .then(() => tracing?.stop(TRACES_FLUSH_MS))
      .then(
        () => process.exit(0),
        (error: unknown) => {
          log.error({ err: error }, 'stopping failed');
          process.exit(1);
        },
      );
  };
  process.on('SIGTERM', stop);
  process.on('SIGINT', stop);

  // Not fatal: credentials may arrive later, and each object tells in its conditions when they do not.
  operator.identify(AbortSignal.timeout(10_000)).then(
    ({ account, arn }) => log.info({ account, arn, region: config.region }, 'AWS identity'),
    (error: unknown) => log.warn({ reason: fromUnknown(error).reason, err: error }, 'AWS does not know us'),
  );
  log.info({ server: credentials.getCurrentCluster()?.server }, 'watching');
  await operator.start().catch((error: unknown) => {
    // A pod may be told to stop before it has listed everything. The stop is under way, and says with which code to exit.
    if (!stopping) throw error;
  });
}

/** OpenTelemetry costs memory as soon as it is loaded: whoever wants no traces does not pay for them. */
async function tracingFor({ tracesEndpoint, instance }: Config, log: Logger): Promise<Tracing | undefined> {
  if (tracesEndpoint === undefined) return undefined;
  const { startTracing } = await import('./tracing/tracing.ts');
  return startTracing({ endpoint: tracesEndpoint, version, instance, clock: systemClock, log });
}

try {
  await main();
} catch (error) {
  process.stderr.write(`ecs-operator: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof ConfigError) process.stderr.write('Run with --help to see the flags.\n');
  process.exit(error instanceof ConfigError ? EXIT_USAGE : 1);
}
