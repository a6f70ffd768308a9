import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { describeWithPython } from '../tools/python.ts';
import { type Aws, awsOf, type Backend } from './aws.ts';
import { motoBackend } from './moto.ts';
import { DEVIATIONS, rowsOf } from './moto-deviations/index.ts';
import type { Row } from './row.ts';
import { TABLE } from './table.ts';

/** By row: which deviation, and what its failure says. */
const expected = new Map(
  DEVIATIONS.flatMap((deviation) =>
    rowsOf(deviation).map(([row, symptom]) => [row, { id: deviation.id, symptom }] as const),
  ),
);

describeWithPython('the contract', () => {
  let backend: Backend;
  let aws: Aws;
  beforeAll(async () => {
    backend = await motoBackend();
    aws = awsOf(backend, 'us-east-1');
  });
  afterAll(async () => {
    aws.destroy();
    await backend.stop();
  });

  describe.each(Object.entries(TABLE))('%s', (_area, rows) => {
    for (const row of rows) {
      const deviation = expected.get(row.id);
      const name = `moto: ${row.id} ${row.belief}`;
      if (deviation === undefined) it(name, () => row.run(aws));
      else it(`${name} (deviates: ${deviation.id})`, () => fails(row, aws, deviation));
    }
  });
});

/** The row must fail in the way that is written down: an upgrade of moto that mends it shows up here. */
async function fails(row: Row, aws: Aws, deviation: { readonly id: string; readonly symptom: string }): Promise<void> {
  const failure = await row.run(aws).then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (failure === undefined) throw new Error(`moto now does what AWS does: take ${row.id} out of ${deviation.id}`);
  expect(failure instanceof Error ? failure.message : String(failure)).toContain(deviation.symptom);
}
