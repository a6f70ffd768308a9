import { parseArgs } from 'node:util';
import { startRegion } from './index.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '4566' },
    speed: { type: 'string', default: '1' },
    timings: { type: 'string', default: 'realistic' },
  },
});

const region = await startRegion({
  port: Number(values.port),
  speed: Number(values.speed),
  timings: values.timings === 'instant' ? 'instant' : 'realistic',
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
