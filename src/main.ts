import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { pino } from 'pino';
import { systemClock } from './clock.ts';
import { ConfigError, loadConfig, usage } from './config.ts';
import { fromUnknown } from './errors.ts';
import { Operator } from './operator.ts';

const EXIT_USAGE = 2;

async function main(): Promise<void> {
  const config = loadConfig(process.argv.slice(2), process.env);
  if (config === 'help') {
    process.stdout.write(usage);
    return;
  }
  const log = pino({ level: config.logLevel, base: null, timestamp: pino.stdTimeFunctions.isoTime });
  const credentials = new KubeConfig();
  credentials.loadFromDefault();
  const operator = new Operator({ config, credentials, clock: systemClock, log });

  let stopping = false;
  const stop = (signal: string): void => {
    // A second signal means that the user will not wait.
    if (stopping) process.exit(1);
    stopping = true;
    log.info({ signal }, 'stopping');
    operator.stop().then(
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
  await operator.start();
}

try {
  await main();
} catch (error) {
  process.stderr.write(`ecs-operator: ${error instanceof Error ? error.message : String(error)}\n`);
  if (error instanceof ConfigError) process.stderr.write('Run with --help to see the flags.\n');
  process.exit(error instanceof ConfigError ? EXIT_USAGE : 1);
}
