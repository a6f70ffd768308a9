import { describe, expect, it } from 'vitest';
import { deviations as operatorDeviations } from '../operator/moto-deviations.ts';
import { DEVIATIONS, rowsOf } from './moto-deviations/index.ts';
import { ROWS, TABLE } from './table.ts';

/** See `row.ts` for what the parts mean. */
const ID = /^(?:(?:G4\.)?[A-Z]{2,4}-\d{1,2}[a-z]?|G4(?:\.\d{1,2})+[a-z]?|FB\.6[a-z]?|API\.[A-Za-z]+)$/;

describe('the contract table', () => {
  it(`has at least 150 rows: ${ROWS.length} in ${Object.keys(TABLE).length} areas`, () => {
    expect(ROWS.length).toBeGreaterThanOrEqual(150);
    for (const [area, rows] of Object.entries(TABLE)) expect(rows.length, area).toBeGreaterThan(0);
  });

  it('names a rule in every row, and no two rows say the same', () => {
    expect(ROWS.filter(({ id }) => !ID.test(id)).map(({ id }) => id)).toEqual([]);
    expect(duplicates(ROWS.map(({ id }) => id))).toEqual([]);
    expect(duplicates(ROWS.map(({ belief }) => belief))).toEqual([]);
  });

  it('has no deviation of moto without a row, and no row with two', () => {
    const rows = DEVIATIONS.flatMap(rowsOf).map(([row]) => row);
    const ids = new Set(ROWS.map(({ id }) => id));
    expect(DEVIATIONS.filter((deviation) => rowsOf(deviation).length === 0)).toEqual([]);
    expect(rows.filter((row) => !ids.has(row))).toEqual([]);
    expect(duplicates(rows)).toEqual([]);
    expect(duplicates([...DEVIATIONS, ...operatorDeviations].map(({ id }) => id))).toEqual([]);
  });
});

function duplicates(values: readonly string[]): string[] {
  return values.filter((value, index) => values.indexOf(value) !== index);
}
