import type { CapacityProviderStrategyItem } from '@aws-sdk/client-ecs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { chooseProvider } from '../../../../../sandbox/region/ecs/capacity/strategy.ts';

/** Counts by provider after `tasks` tasks have been placed one by one. */
function spread(strategy: readonly CapacityProviderStrategyItem[], tasks: number): Record<string, number> {
  const counts = new Map<string, number>();
  for (let task = 0; task < tasks; task += 1) {
    const provider = chooseProvider(strategy, counts);
    if (provider !== undefined) counts.set(provider, (counts.get(provider) ?? 0) + 1);
  }
  return Object.fromEntries(counts);
}

const item = (capacityProvider: string, weight?: number, base?: number): CapacityProviderStrategyItem => ({
  capacityProvider,
  weight,
  base,
});

describe('a capacity provider strategy', () => {
  it.each([
    { says: 'even weights share evenly', strategy: [item('a', 1), item('b', 1)], tasks: 6, is: { a: 3, b: 3 } },
    { says: '1:4 gives one to a for four to b', strategy: [item('a', 1), item('b', 4)], tasks: 10, is: { a: 2, b: 8 } },
    { says: 'the base is met first', strategy: [item('a', 0, 2), item('b', 1)], tasks: 2, is: { a: 2 } },
    {
      says: 'weights share what the base leaves',
      strategy: [item('a', 1, 2), item('b', 1)],
      tasks: 6,
      is: { a: 4, b: 2 },
    },
    {
      says: 'weight 0 takes no more than its base',
      strategy: [item('a', 0, 1), item('b', 1)],
      tasks: 5,
      is: { a: 1, b: 4 },
    },
    { says: 'weight defaults to 0', strategy: [item('a'), item('b', 1)], tasks: 3, is: { b: 3 } },
    { says: 'a single provider needs no weight', strategy: [item('a')], tasks: 3, is: { a: 3 } },
    { says: 'several without a weight take nothing', strategy: [item('a'), item('b')], tasks: 3, is: {} },
    { says: 'no items take nothing', strategy: [], tasks: 3, is: {} },
  ])('CPS-10: $says', ({ strategy, tasks, is }) => {
    expect(spread(strategy, tasks)).toEqual(is);
  });

  it('CPS-10: shares whole rounds exactly by weight, after the base', () => {
    const weights = fc.array(fc.integer({ min: 1, max: 20 }), { minLength: 2, maxLength: 6 });
    fc.assert(
      fc.property(weights, fc.nat(10), fc.nat(5), (given, base, rounds) => {
        const strategy = given.map((weight, index) => item(`p${index}`, weight, index === 0 ? base : 0));
        const round = given.reduce((sum, weight) => sum + weight, 0);
        const counts = spread(strategy, base + rounds * round);
        given.forEach((weight, index) => {
          expect(counts[`p${index}`] ?? 0).toBe(rounds * weight + (index === 0 ? base : 0));
        });
      }),
    );
  });
});
