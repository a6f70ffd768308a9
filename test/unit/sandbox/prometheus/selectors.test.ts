import { describe, expect, it } from 'vitest';
import { demandedSelectors, type Expression, type Matcher } from '../../../sandbox/prometheus/selectors.ts';

/** As Prometheus' /api/v1/parse_query answers. */
function metric(name: string, ...matchers: readonly Matcher[]): Expression {
  return { type: 'vectorSelector', matchers: [...matchers, { name: '__name__', type: '=', value: name }] };
}

function sumBy(grouping: readonly string[], expr: Expression): Expression {
  return { type: 'aggregation', op: 'sum', grouping, without: false, expr };
}

describe('what an expression asks of the series', () => {
  it('is what its selectors say', () => {
    const failed: Matcher = { name: 'outcome', type: '=~', value: 'fail.+' };
    expect(demandedSelectors(metric('passes', failed))).toEqual(['{outcome=~"fail.+", __name__="passes"}']);
  });

  it('includes the labels of every aggregation around them', () => {
    const rate: Expression = { type: 'call', args: [metric('passes')] };
    expect(demandedSelectors(sumBy(['kind'], sumBy(['kind', 'le'], rate)))).toEqual([
      '{__name__="passes", kind!="", le!=""}',
    ]);
  });

  it('includes, on the right of a filter, only the labels that join the two sides', () => {
    const matching = { on: true, labels: ['job'] };
    const joined: Expression = { type: 'binaryExpr', op: 'and', lhs: metric('up'), rhs: metric('info'), matching };
    expect(demandedSelectors(sumBy(['pod'], joined))).toEqual([
      '{__name__="up", job!="", pod!=""}',
      '{__name__="info", job!=""}',
    ]);
  });

  it('includes the labels of an aggregation on both sides of a calculation', () => {
    const ratio: Expression = { type: 'binaryExpr', op: '/', lhs: metric('a'), rhs: metric('b'), matching: null };
    expect(demandedSelectors(sumBy(['pod'], ratio))).toEqual(['{__name__="a", pod!=""}', '{__name__="b", pod!=""}']);
  });
});
