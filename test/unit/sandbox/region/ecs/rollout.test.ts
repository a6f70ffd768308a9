import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakerThreshold } from '../../../../sandbox/region/ecs/services/circuit-breaker.ts';
import {
  lowerLimit,
  planRollout,
  type RolloutTask,
  upperLimit,
} from '../../../../sandbox/region/ecs/services/rollout.ts';

const HEALTHY: RolloutTask = { alive: true, healthy: true, occupying: true };
const STARTING: RolloutTask = { alive: true, healthy: false, occupying: true };
const STOPPING: RolloutTask = { alive: false, healthy: false, occupying: true };
const many = (task: RolloutTask, count: number): RolloutTask[] => Array.from({ length: count }, () => task);

function plan(input: {
  desired: number;
  percent: [number, number];
  primary?: RolloutTask[];
  old?: RolloutTask[];
  mayStart?: boolean;
  mayReplace?: boolean;
}) {
  const result = planRollout({
    desired: input.desired,
    minimumHealthyPercent: input.percent[0],
    maximumPercent: input.percent[1],
    primary: input.primary ?? [],
    old: input.old ?? [],
    mayStart: input.mayStart ?? true,
    mayReplace: input.mayReplace ?? true,
  });
  return { start: result.start, stop: result.stop.length, blocked: result.blocked };
}

describe('the limits', () => {
  it.each([
    [50, 4, 2],
    [75, 2, 2],
    [100, 3, 3],
    [0, 3, 0],
    [34, 3, 2],
  ])('RD-02: a minimum of %i percent of %i is %i, rounded up', (percent, desired, limit) => {
    expect(lowerLimit(desired, percent)).toBe(limit);
  });

  it.each([
    [200, 4, 8],
    [125, 3, 3],
    [134, 3, 4],
    [100, 5, 5],
  ])('RD-02: a maximum of %i percent of %i is %i, rounded down', (percent, desired, limit) => {
    expect(upperLimit(desired, percent)).toBe(limit);
  });

  it.each([
    [1, 3],
    [25, 13],
    [400, 200],
    [800, 200],
  ])('CB-02: a service of %i tasks fails its deployment at %i failures', (desired, threshold) => {
    expect(breakerThreshold({ enable: true, rollback: true }, desired)).toBe(threshold);
  });

  it('follows a configured threshold', () => {
    const threshold = (type: 'COUNT' | 'BOUNDED_PERCENT' | 'UNBOUNDED_PERCENT', value: number): number =>
      breakerThreshold({ enable: true, rollback: true, thresholdConfiguration: { type, value } }, 10);
    expect(threshold('COUNT', 1)).toBe(1);
    expect(threshold('BOUNDED_PERCENT', 10)).toBe(3);
    expect(threshold('UNBOUNDED_PERCENT', 10)).toBe(1);
  });
});

describe('one look of the scheduler', () => {
  it('starts all tasks of a new service', () => {
    expect(plan({ desired: 3, percent: [100, 200] })).toEqual({ start: 3, stop: 0, blocked: false });
  });

  it('starts new tasks before it stops old ones at 100 and 200 percent', () => {
    expect(plan({ desired: 2, percent: [100, 200], old: many(HEALTHY, 2) })).toEqual({
      start: 2,
      stop: 0,
      blocked: false,
    });
    const running = { primary: many(HEALTHY, 2), old: many(HEALTHY, 2) };
    expect(plan({ desired: 2, percent: [100, 200], ...running })).toEqual({ start: 0, stop: 2, blocked: false });
  });

  it('stops old tasks first when there is no room above', () => {
    expect(plan({ desired: 4, percent: [50, 100], old: many(HEALTHY, 4) })).toEqual({
      start: 0,
      stop: 2,
      blocked: false,
    });
    const old = [...many(HEALTHY, 2), ...many(STOPPING, 2)];
    expect(plan({ desired: 4, percent: [50, 100], old })).toEqual({ start: 0, stop: 0, blocked: false });
    expect(plan({ desired: 4, percent: [50, 100], old: many(HEALTHY, 2) })).toEqual({
      start: 2,
      stop: 0,
      blocked: false,
    });
  });

  it('is blocked when it may neither start nor stop (RD-01)', () => {
    expect(plan({ desired: 3, percent: [100, 125], old: many(HEALTHY, 3) }).blocked).toBe(true);
  });

  it('gives up tasks that have not started before healthy ones', () => {
    const primary = [...many(HEALTHY, 2), ...many(STARTING, 2)];
    expect(plan({ desired: 2, percent: [100, 200], primary })).toEqual({ start: 0, stop: 2, blocked: false });
  });

  it('leaves the old tasks alone when the deployment failed without a rollback', () => {
    const failed = { mayStart: false, mayReplace: false };
    expect(plan({ desired: 2, percent: [0, 200], old: many(HEALTHY, 2), ...failed }).stop).toBe(0);
    expect(plan({ desired: 0, percent: [0, 200], old: many(HEALTHY, 2), ...failed }).stop).toBe(2);
  });

  it('never plans below the minimum or above the maximum', () => {
    const task = fc.constantFrom(HEALTHY, STARTING, STOPPING);
    const input = fc.record({
      desired: fc.integer({ min: 0, max: 20 }),
      minimumHealthyPercent: fc.integer({ min: 0, max: 100 }),
      maximumPercent: fc.integer({ min: 100, max: 300 }),
      primary: fc.array(task, { maxLength: 25 }),
      old: fc.array(task, { maxLength: 25 }),
      mayStart: fc.boolean(),
      mayReplace: fc.boolean(),
    });
    fc.assert(
      fc.property(input, (given) => {
        const { start, stop } = planRollout(given);
        const all = [...given.primary, ...given.old];
        const healthy = all.filter((each) => each.healthy).length;
        const healthyStopped = stop.filter((each) => each.healthy).length;
        const occupied = all.filter((each) => each.occupying).length;
        const lower = lowerLimit(given.desired, given.minimumHealthyPercent);
        expect(start).toBeGreaterThanOrEqual(0);
        if (start > 0) expect(occupied + start).toBeLessThanOrEqual(upperLimit(given.desired, given.maximumPercent));
        if (healthyStopped > 0) expect(healthy - healthyStopped).toBeGreaterThanOrEqual(Math.min(lower, given.desired));
        expect(stop.every((each) => each.alive)).toBe(true);
      }),
    );
  });
});
