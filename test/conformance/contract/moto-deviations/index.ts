import { CAPACITY } from './capacity.ts';
import { CLUSTERS } from './clusters.ts';
import type { Deviation } from './deviation.ts';
import { PARAMETERS } from './parameters.ts';
import { SCALING } from './scaling.ts';
import { SERVICES } from './services.ts';
import { TASK_DEFINITIONS } from './task-definitions.ts';
import { TASKS } from './tasks.ts';

/** Rows that moto does not keep, by its reason. Each is asserted to fail, so that an upgrade that mends it shows. */
export const DEVIATIONS: readonly Deviation[] = [
  ...CLUSTERS,
  ...TASK_DEFINITIONS,
  ...SERVICES,
  ...TASKS,
  ...CAPACITY,
  ...SCALING,
  ...PARAMETERS,
];

/** The rows of a deviation, each with what its failure says. */
export function rowsOf(deviation: Deviation): (readonly [row: string, symptom: string])[] {
  return Object.entries(deviation.rows).flatMap(([symptom, rows]) =>
    rows.split(' ').map((row) => [row, symptom] as const),
  );
}
