import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { emptyMetrics } from './metrics-support.ts';

const text = readFileSync(new URL('../../../docs/metrics.md', import.meta.url), 'utf8');

/** `| `name` | type | labels | meaning | `query` |`. */
const ROW =
  /^\| `(?<name>[a-z_]+)` \| (?<type>counter|gauge|histogram) \| (?<labels>[^|]*) \| (?<meaning>[^|]+) \| `(?<query>.+)` \|$/gm;

const documented = [...text.matchAll(ROW)].map(({ groups = {} }) => ({
  name: groups.name ?? '',
  type: groups.type ?? '',
  labels: [...(groups.labels ?? '').matchAll(/`(\w+)`/g)].map(([, label]) => label),
  query: groups.query ?? '',
}));

describe('docs/metrics.md', () => {
  test('lists the very metrics that the operator serves, with their types and labels', () => {
    const served = emptyMetrics().definitions.map(({ name, type, labels }) => ({ name, type, labels }));
    const byName = (one: { name: string }, other: { name: string }): number => one.name.localeCompare(other.name);
    expect(documented.map(({ query: _, ...rest }) => rest).sort(byName)).toEqual(served.toSorted(byName));
  });

  test.each(documented)('$name has an example query about it', ({ name, type, query }) => {
    expect(query).toContain(type === 'histogram' ? `${name}_bucket` : name);
  });
});
