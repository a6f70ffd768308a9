import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { escapeXml, formatValue, legendOf, ticks } from '../../../sandbox/prometheus/picture/format.ts';

describe('a value in the picture', () => {
  it.each([
    [0.0123, 's', '12.3 ms'],
    [0, 's', '0 s'],
    [61.44, 's', '61.4 s'],
    [3_600, 's', '60 min'],
    [50 * 2 ** 20, 'bytes', '50 MiB'],
    [0.5, 'reqps', '0.5/s'],
    [1_234.5, 'short', '1230'],
  ])('%d with unit %s is shown as %s', (value, unit, shown) => {
    expect(formatValue(value, unit)).toBe(shown);
  });

  it('of a series has the name that its labels fill in', () => {
    expect(legendOf('{{kind}} {{reason}}', { kind: 'ECSService' })).toBe('ECSService');
  });

  it('cannot end the text that it stands in', () => {
    expect(escapeXml('<a b="c">&')).toBe('&#60;a b=&#34;c&#34;&#62;&#38;');
  });
});

describe('the marks of an axis', () => {
  it('begin at 0, rise evenly, reach the largest value and are few', () => {
    fc.assert(
      fc.property(fc.double({ min: 1e-6, max: 1e12, noNaN: true }), (max) => {
        const marks = ticks(max);
        const steps = marks.slice(1).map((mark, index) => mark - (marks[index] ?? 0));
        expect(marks[0]).toBe(0);
        expect(marks.at(-1)).toBeGreaterThanOrEqual(max * (1 - 1e-6));
        expect(Math.max(...steps)).toBeLessThan(Math.min(...steps) * (1 + 1e-6));
        expect(marks.length).toBeLessThanOrEqual(4);
      }),
    );
  });

  it.each([0, Number.NaN, Number.NEGATIVE_INFINITY])('are 0 and 1 where the largest value is %d', (max) => {
    expect(ticks(max)).toEqual([0, 1]);
  });
});
