import { afterAll, beforeAll, describe, it } from 'vitest';
import { type Aws, awsOf, type Backend } from './aws.ts';
import { regionBackend } from './region.ts';
import { TABLE } from './table.ts';

// One region for all rows, as one AWS account would be: what a row leaves behind must not disturb another.
let backend: Backend;
let aws: Aws;
beforeAll(async () => {
  backend = await regionBackend();
  aws = awsOf(backend, 'us-east-1');
});
afterAll(async () => {
  aws.destroy();
  await backend.stop();
});

describe.each(Object.entries(TABLE))('%s', (_area, rows) => {
  for (const row of rows) it(`region: ${row.id} ${row.belief}`, () => row.run(aws));
});
