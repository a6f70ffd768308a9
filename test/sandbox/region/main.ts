import { parseArgs } from 'node:util';
import { startRegion } from './index.ts';
import { FALLBACK_VARIABLE } from './protocol.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4566' },
    speed: { type: 'string', default: '1' },
    timings: { type: 'string', default: 'realistic' },
    rates: { type: 'string', default: 'unlimited' },
    seed: { type: 'string', default: '1' },
  },
});

const fallback = process.env[FALLBACK_VARIABLE];
const region = await startRegion({
  port: Number(values.port),
  speed: Number(values.speed),
  timings: values.timings === 'instant' ? 'instant' : 'realistic',
  rates: values.rates === 'published' || values.rates === 'unlimited' ? values.rates : Number(values.rates),
  seed: Number(values.seed),
  ...(fallback ? { fallback } : {}),
});
for (const [name, value] of Object.entries(region.env)) process.stdout.write(`export ${name}=${value}\n`);

const stop = (): void => {
  region.stop().catch((error: unknown) => {
    process.stderr.write(`${String(error)}\n`);
    process.exitCode = 1;
  });
};
process.once('SIGINT', stop);
process.once('SIGTERM', stop);
