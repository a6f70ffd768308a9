import { parseArgs } from 'node:util';
import { speedOf, untilSignal } from './command-line.ts';
import { instructions } from './instructions.ts';
import { startSandbox } from './sandbox.ts';

const usage = `npm run sandbox -- [options]

Starts a real Kubernetes API server, a simulated AWS region and the operator, until Ctrl-C.

  --no-operator      leave the operator out, to run it yourself
  --speed N          AWS works N times faster than in reality (1 by default)
  --directory PATH   where kubeconfig, aws.env and the log go (.sandbox by default)
  --help             this text`;

function parse() {
  return parseArgs({
    allowNegative: true,
    options: {
      operator: { type: 'boolean', default: true },
      speed: { type: 'string', default: '1' },
      directory: { type: 'string', default: '.sandbox' },
      help: { type: 'boolean', default: false },
    },
  }).values;
}

async function main(): Promise<number> {
  const options = parse();
  if (options.help) {
    console.log(usage);
    return 0;
  }
  const interrupted = untilSignal();
  const sandbox = await startSandbox({
    directory: options.directory,
    operator: options.operator,
    speed: speedOf(options.speed),
    signal: interrupted.signal,
    onStep: (step) => console.log(`- ${step}`),
  });
  console.log(`\nThe sandbox is up.\n\n${instructions(sandbox)}\n\nCtrl-C stops everything.`);
  const operatorEnded = sandbox.operator?.exited ?? new Promise<never>(() => {});
  const end = await Promise.race([interrupted.received, operatorEnded]);
  console.log('stopping');
  const failed = typeof end === 'number';
  await sandbox.stop({ keepLog: failed });
  if (failed) console.error(`The operator ended with exit code ${end}. Its log is ${sandbox.operatorLog}`);
  return failed ? 1 : 0;
}

process.exitCode = await main().catch((error: unknown) => {
  console.error(error instanceof Error ? error.message : error);
  return 1;
});
