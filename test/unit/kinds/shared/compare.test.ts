import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { covers, isEmpty } from '../../../../src/kinds/shared/compare.ts';

describe('what AWS has covers what the user said', () => {
  test.each<[string, unknown, unknown]>([
    ['when AWS filled in more', { a: 1, b: 2 }, { a: 1 }],
    ['when AWS reordered a list', ['b', 'a'], ['a', 'b']],
    [
      'when AWS filled in members of list items',
      [
        { n: 'y', x: 0 },
        { n: 'x', x: 0 },
      ],
      [{ n: 'x' }, { n: 'y' }],
    ],
    [
      'when a vague item could take the only one of a precise item',
      [{ n: 1, m: 2 }, { n: 1 }],
      [{ n: 1 }, { n: 1, m: 2 }],
    ],
    ['when an empty list is nothing', undefined, []],
    ['when an empty object is nothing', [], { a: [], b: {} }],
    ['when the user left a member open', { a: 1 }, { a: 1, b: undefined }],
    ['at equal dates', new Date(5), new Date(5)],
  ])('%s', (_what, have, want) => {
    expect(covers(have, want)).toBe(true);
  });

  test.each<[string, unknown, unknown]>([
    ['at another value', { a: 1 }, { a: 2 }],
    ['at a missing value', {}, { a: false }],
    ['at a missing item', ['a'], ['a', 'b']],
    ['at an item too many', ['a', 'b'], ['a']],
    ['at an item twice', ['a', 'b'], ['a', 'a']],
    ['at an item where there should be none', ['a'], []],
    ['at another type', '1', 1],
    ['at another date', new Date(5), new Date(6)],
    ['at another order of a command', { command: ['b', 'a'] }, { command: ['a', 'b'] }],
  ])('but not %s', (_what, have, want) => {
    expect(covers(have, want)).toBe(false);
  });

  test('the order of a list that ECS takes in order counts at the top, too', () => {
    const strategy = [{ type: 'spread' }, { type: 'binpack' }];
    expect(covers(strategy, strategy.toReversed(), 'placementStrategy')).toBe(false);
    expect(covers(strategy, strategy, 'placementStrategy')).toBe(true);
  });

  test('anything covers itself, in any order of its lists', () => {
    const value = fc.letrec<{ value: unknown }>((tie) => ({
      value: fc.oneof(
        { maxDepth: 3 },
        fc.integer({ max: 3, min: 0 }),
        fc.boolean(),
        fc.constantFrom('a', 'b'),
        fc.array(tie('value'), { maxLength: 4 }),
        fc.dictionary(fc.constantFrom('x', 'y', 'z'), tie('value')),
      ),
    })).value;
    fc.assert(fc.property(value, (it) => covers(reversed(it), it)));
  });
});

test('nothing but nothing is empty', () => {
  for (const empty of [undefined, null, [], {}, { a: [], b: { c: null } }]) expect(isEmpty(empty)).toBe(true);
  for (const full of [0, '', false, [undefined], { a: 0 }, new Date(0)]) expect(isEmpty(full)).toBe(false);
});

function reversed(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(reversed).reverse();
  if (typeof value !== 'object' || value === null) return value;
  return Object.fromEntries(Object.entries(value).map(([name, member]) => [name, reversed(member)]));
}
