import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import {
  nextToReplace,
  percentageComplete,
  type RefreshFacts,
  surplusFor,
} from '../../../../sandbox/region/autoscaling/refresh/plan.ts';

/** A group of which so many instances are outdated and ready; the others are new, and ready or not. */
const facts: fc.Arbitrary<RefreshFacts> = fc
  .record({
    desired: fc.integer({ min: 1, max: 20 }),
    minHealthyPercentage: fc.integer({ min: 0, max: 100 }),
    extra: fc.option(fc.integer({ min: 0, max: 100 }), { nil: undefined }),
    outdated: fc.array(fc.record({ ready: fc.boolean(), held: fc.boolean() }), { maxLength: 20 }),
    newReady: fc.integer({ min: 0, max: 10 }),
    limit: fc.integer({ min: 0, max: 20 }),
  })
  .map(({ extra, outdated, newReady, ...rest }) => ({
    ...rest,
    maxHealthyPercentage: extra === undefined ? undefined : Math.min(100 + extra, rest.minHealthyPercentage + 100),
    outdated: outdated.map((each, index) => ({ ...each, id: `i-${index}` })),
    ready: newReady + outdated.filter(({ ready }) => ready).length,
  }));

describe('nextToReplace', () => {
  it('never goes below the minimum, but for the one instance that a percentage of the whole group costs', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const chosen = new Set(nextToReplace(given));
        const lost = given.outdated.filter(({ id, ready }) => ready && chosen.has(id)).length;
        const least = Math.ceil((given.desired * given.minHealthyPercentage) / 100);
        const floor = given.maxHealthyPercentage === undefined ? Math.min(least, given.desired - 1) : least;
        if (lost > 0) expect(given.ready - lost).toBeGreaterThanOrEqual(floor);
        expect(chosen.size).toBeLessThanOrEqual(given.limit);
        expect(given.outdated.some(({ id, held }) => held && chosen.has(id))).toBe(false);
      }),
    );
  });

  it('always goes on where all is ready and nothing is held', () => {
    fc.assert(
      fc.property(facts, (given) => {
        const free = given.outdated.map((each) => ({ ...each, held: false, ready: true }));
        const surplus = surplusFor({ ...given, outdated: free });
        const settled = { ...given, outdated: free, ready: given.desired + surplus };
        fc.pre(free.length > 0 && given.limit > 0);
        expect(nextToReplace(settled).length).toBeGreaterThan(0);
      }),
    );
  });
});

describe('surplusFor', () => {
  it.each([
    [10, 90, undefined, 5, 0],
    [10, 100, undefined, 5, 0],
    [10, 90, 100, 5, 0],
    [10, 100, 100, 5, 1],
    [10, 90, 110, 5, 1],
    [4, 90, 110, 4, 1],
    [4, 50, 110, 4, 0],
    [10, 100, 150, 10, 5],
    [10, 100, 200, 3, 3],
    [10, 100, 150, 0, 0],
  ])(
    'of %i desired with %i%% to %s%% and %i outdated is %i',
    (desired, minHealthyPercentage, maxHealthyPercentage, outdated, expected) => {
      const instances = Array.from({ length: outdated }, (_, index) => ({
        id: `i-${index}`,
        ready: true,
        held: false,
      }));
      const bounds = { desired, minHealthyPercentage, maxHealthyPercentage };
      expect(surplusFor({ ...bounds, outdated: instances, limit: 20 })).toBe(expected);
    },
  );
});

describe('percentageComplete', () => {
  it.each([
    [{ total: 0, remaining: 0, desired: 0, ready: 0 }, 100],
    [{ total: 4, remaining: 4, desired: 4, ready: 4 }, 0],
    [{ total: 4, remaining: 3, desired: 4, ready: 3 }, 0],
    [{ total: 4, remaining: 3, desired: 4, ready: 4 }, 25],
    [{ total: 3, remaining: 1, desired: 3, ready: 3 }, 66],
  ])('of %o is %i', (given, expected) => {
    expect(percentageComplete(given)).toBe(expected);
  });
});
