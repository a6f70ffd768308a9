import { describe, expect, it } from 'vitest';
import { type Panel, readDashboard, substitute } from '../../../sandbox/prometheus/dashboard.ts';

const { panels, variables } = await readDashboard();

describe("the chart's dashboard", () => {
  it('uses no variable that it does not have', () => {
    const known = new Set([...variables.map(({ name }) => name), '__rate_interval']);
    const used = panels.flatMap(({ targets = [] }) => targets.flatMap(({ expr }) => expr.match(/\$\w+/g) ?? []));
    expect(used.filter((variable) => !known.has(variable.slice(1)))).toEqual([]);
  });

  it('gives each panel an id of its own, a description and a query', () => {
    const graphs = panels.filter(({ type }) => type !== 'row');
    expect(new Set(panels.map(({ id }) => id)).size).toBe(panels.length);
    expect(graphs.filter(({ description, targets }) => !description || !targets?.length)).toEqual([]);
  });

  it('lays no panel over another, and none beside the grid', () => {
    const overlapping = panels.flatMap((one, index) => panels.slice(index + 1).filter((other) => overlap(one, other)));
    expect(overlapping).toEqual([]);
    expect(panels.filter(({ gridPos: { x, w } }) => x + w > 24)).toEqual([]);
  });
});

describe('substitution', () => {
  it('puts in what is chosen, and leaves what nobody has chosen', () => {
    expect(substitute('a{b=~"$b"}[$c] $bb', { b: '.*', c: '10s' })).toBe('a{b=~".*"}[10s] $bb');
  });
});

function overlap({ gridPos: a }: Panel, { gridPos: b }: Panel): boolean {
  return a.x < b.x + b.w && b.x < a.x + a.w && a.y < b.y + b.h && b.y < a.y + a.h;
}
