import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { decide, type Situation } from '../../../../sandbox/region/application-autoscaling/decide.ts';

const CALM: Situation = {
  now: 1_000,
  desired: 5,
  running: 5,
  min: 1,
  max: 10,
  suspended: {
    DynamicScalingInSuspended: false,
    DynamicScalingOutSuspended: false,
    ScheduledScalingSuspended: false,
  },
  deploying: false,
  scaledOut: undefined,
  scaledIn: undefined,
};

const add = (count: number) => (capacity: number) => capacity + count;

describe('what comes of an alarm', () => {
  it.each([
    ['a count below the minimum is first raised to it', 'out', { desired: 1, running: 1, min: 4 }, 1, 4],
    ['a count above the maximum is first lowered to it', 'in', { desired: 15, running: 15, max: 10 }, -1, 10],
    ['what is running counts, not what is wanted', 'out', { desired: 6, running: 5 }, 2, 7],
    ['tasks beyond the desired count do not', 'out', { desired: 5, running: 9 }, 2, 7],
    ['a larger step during the cooldown counts from its start', 'out', { scaledOut: { until: 2_000, from: 3 } }, 4, 7],
    ['after the cooldown the present count is the basis', 'out', { scaledOut: { until: 1_000, from: 3 } }, 4, 9],
    ['a scale-in waits for no scale-out', 'in', { scaledOut: { until: 2_000, from: 3 } }, -1, 4],
    ['a scale-out waits for no scale-in', 'out', { scaledIn: { until: 2_000, from: 3 } }, 1, 6],
  ] as const)('%s (AS-09, AS-10, AS-11)', (_name, direction, change, adjustment, to) => {
    expect(decide(direction, { ...CALM, ...change }, add(adjustment))).toMatchObject({ kind: 'scale', to });
  });

  it.each([
    ['at the maximum', 'out', { desired: 10, running: 10 }, 1, 'AlreadyAtMaxCapacity'],
    ['above the maximum', 'out', { desired: 12, running: 12 }, 1, 'AlreadyAtMaxCapacity'],
    ['at the minimum', 'in', { desired: 1, running: 1 }, -1, 'AlreadyAtMinCapacity'],
    ['below the minimum', 'in', { desired: 2, running: 2, min: 3 }, -1, 'AlreadyAtMinCapacity'],
    ['while the last ones still start', 'out', { desired: 7, running: 5 }, 1, 'AlreadyAtDesiredCapacity'],
    ['during a deployment', 'in', { deploying: true }, -1, 'TargetServicePutResourceAsUnscalable'],
  ] as const)('nothing %s, and why', (_name, direction, change, adjustment, Code) => {
    expect(decide(direction, { ...CALM, ...change }, add(adjustment))).toMatchObject({
      kind: 'notScaled',
      reason: { Code },
    });
  });

  it.each([
    [
      'out while scaling out is suspended',
      'out',
      { suspended: { ...CALM.suspended, DynamicScalingOutSuspended: true } },
      1,
    ],
    [
      'in while scaling in is suspended',
      'in',
      { suspended: { ...CALM.suspended, DynamicScalingInSuspended: true } },
      -1,
    ],
    ['in during the cooldown of a scale-in', 'in', { scaledIn: { until: 1_001, from: 9 } }, -1],
    ['out by no more than during the cooldown already', 'out', { scaledOut: { until: 1_001, from: 3 } }, 2],
  ] as const)('nothing at all %s', (_name, direction, change, adjustment) => {
    expect(decide(direction, { ...CALM, ...change }, add(adjustment))).toEqual({ kind: 'idle' });
  });

  it('is never a count outside the bounds, nor one in the wrong direction', () => {
    const count = fc.integer({ min: 0, max: 30 });
    const cooldown = fc.option(fc.record({ until: fc.integer({ min: 0, max: 2_000 }), from: count }), {
      nil: undefined,
    });
    const situation = fc.record({
      desired: count,
      running: count,
      min: count,
      extra: count,
      scaledOut: cooldown,
      scaledIn: cooldown,
    });
    fc.assert(
      fc.property(
        situation,
        fc.integer({ min: -20, max: 20 }),
        fc.constantFrom('in', 'out'),
        (given, by, direction) => {
          const max = given.min + given.extra;
          const decision = decide(direction, { ...CALM, ...given, max }, add(by));
          if (decision.kind !== 'scale') return;
          expect(decision.to).toBeGreaterThanOrEqual(given.min);
          expect(decision.to).toBeLessThanOrEqual(max);
          if (direction === 'out') expect(decision.to).toBeGreaterThan(given.desired);
          else expect(decision.to).toBeLessThan(given.desired);
        },
      ),
    );
  });
});
