import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { proportional, stepFor, stepped } from '../../../../sandbox/region/application-autoscaling/adjust.ts';

describe('the capacity that brings a metric to its target', () => {
  it.each([
    [10, 75, 50, 15],
    [3, 60, 50, 4],
    [10, 50, 50, 10],
    [10, 0, 50, 0],
    [7, 0.7, 0.7, 7],
    [10, 0.7, 0.07, 100],
  ])('of %d tasks at %d with target %d is %d', (capacity, metric, target, expected) => {
    expect(proportional(capacity, metric, target)).toBe(expected);
  });

  it('never leaves the metric above the target', () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1_000 }), fc.integer({ min: 1, max: 500 }), (capacity, metric) => {
        const next = proportional(capacity, metric, 50);
        expect((capacity * metric) / next).toBeLessThanOrEqual(50 + 1e-6);
        expect(((capacity * metric) / 50 - next) * -1).toBeLessThan(1);
      }),
    );
  });
});

describe('the step for a breach', () => {
  const up = [
    { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 10, ScalingAdjustment: 1 },
    { MetricIntervalLowerBound: 10, ScalingAdjustment: 2 },
  ];
  const down = [
    { MetricIntervalLowerBound: -10, MetricIntervalUpperBound: 0, ScalingAdjustment: -1 },
    { MetricIntervalUpperBound: -10, ScalingAdjustment: -2 },
  ];

  it.each([
    [up, 'above', 0, 1],
    [up, 'above', 9.9, 1],
    [up, 'above', 10, 2],
    [up, 'above', 1_000, 2],
    [up, 'above', -1, undefined],
    [down, 'below', 0, -1],
    [down, 'below', -9.9, -1],
    [down, 'below', -10, -2],
    [down, 'below', -1_000, -2],
    [down, 'below', 1, undefined],
  ] as const)('is found by its bounds, inclusive next to the threshold (%#)', (steps, side, breach, adjustment) => {
    expect(stepFor(steps, breach, side)?.ScalingAdjustment).toBe(adjustment);
  });
});

describe('a step adjustment (AS-07)', () => {
  it.each([
    ['ChangeInCapacity', 10, 1, 11],
    ['ChangeInCapacity', 10, -3, 7],
    ['ExactCapacity', 10, 4, 4],
    ['PercentChangeInCapacity', 10, 50, 15],
    ['PercentChangeInCapacity', 10, -25, 8],
    ['PercentChangeInCapacity', 10, 19, 11],
    ['PercentChangeInCapacity', 3, 10, 4],
    ['PercentChangeInCapacity', 3, -10, 2],
    ['PercentChangeInCapacity', 3, 200, 9],
  ] as const)('%s makes of %d by %d %d', (AdjustmentType, capacity, ScalingAdjustment, expected) => {
    expect(stepped(capacity, { ScalingAdjustment }, { AdjustmentType })).toBe(expected);
  });

  it.each([
    [4, 25, 6],
    [4, -25, 2],
    [40, 25, 50],
  ])('of %d tasks by %d percent is at least the minimum magnitude', (capacity, ScalingAdjustment, expected) => {
    const configuration = { AdjustmentType: 'PercentChangeInCapacity', MinAdjustmentMagnitude: 2 } as const;
    expect(stepped(capacity, { ScalingAdjustment }, configuration)).toBe(expected);
  });
});
