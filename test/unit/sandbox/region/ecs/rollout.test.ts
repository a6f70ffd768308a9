import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { breakerThreshold } from '../../../../sandbox/region/ecs/services/deployments/circuit-breaker.ts';
import {
  lowerLimit,
  planRollout,
  type RolloutTask,
  upperLimit,
} from '../../../../sandbox/region/ecs/services/rollout.ts';
import { stopOrder } from '../../../../sandbox/region/ecs/services/scale-in.ts';

const HEALTHY: RolloutTask = {
  alive: true,
  healthy: true,
  occupying: true,
  failing: false,
  kept: false,
  leaving: false,
  zone: undefined,
  instance: undefined,
};
const STARTING: RolloutTask = { ...HEALTHY, healthy: false };
const STOPPING: RolloutTask = { ...STARTING, alive: false };
const FAILING: RolloutTask = { ...STARTING, failing: true };
const KEPT: RolloutTask = { ...HEALTHY, kept: true };
const LEAVING: RolloutTask = { ...HEALTHY, leaving: true };
const many = (task: RolloutTask, count: number): RolloutTask[] => Array.from({ length: count }, () => task);

function plan(input: {
  desired: number;
  percent: [number, number];
  primary?: RolloutTask[];
  old?: RolloutTask[];
  mayStart?: boolean;
  mayReplace?: boolean;
  rolling?: boolean;
}) {
  const result = planRollout({
    desired: input.desired,
    minimumHealthyPercent: input.percent[0],
    maximumPercent: input.percent[1],
    primary: input.primary ?? [],
    old: input.old ?? [],
    mayStart: input.mayStart ?? true,
    mayReplace: input.mayReplace ?? true,
    rolling: input.rolling ?? true,
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

describe('the order of a scale-in', () => {
  const at = (zone: string, instance: string, healthy = true) => ({ zone, instance, healthy });

  it('takes from the crowded zone, there from the crowded instance, and the newest of several (SV-08, PL-04)', () => {
    const tasks = [at('a', 'a1'), at('a', 'a1'), at('a', 'a2'), at('b', 'b1')];
    expect(stopOrder(tasks)[0]).toBe(tasks[1]);
    expect(
      new Set(
        stopOrder(tasks)
          .slice(0, 2)
          .map(({ instance }) => instance),
      ),
    ).toEqual(new Set(['a1', 'a2']));
  });

  it('takes what is not healthy first, wherever it is', () => {
    const tasks = [at('a', 'a1'), at('a', 'a1'), at('b', 'b1', false)];
    expect(stopOrder(tasks)[0]).toBe(tasks[2]);
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

  it('replaces a failing task first and stops it when its replacement is healthy (SD-04)', () => {
    const steady = { desired: 2, percent: [100, 200] as [number, number], rolling: false };
    const failing = [HEALTHY, FAILING];
    expect(plan({ ...steady, primary: failing })).toEqual({ start: 1, stop: 0, blocked: false });
    expect(plan({ ...steady, primary: [...failing, STARTING] })).toEqual({ start: 0, stop: 0, blocked: false });
    expect(plan({ desired: 1, percent: [100, 200], rolling: false, primary: [FAILING, STARTING] }).stop).toBe(0);
    expect(plan({ ...steady, primary: [...failing, HEALTHY] })).toEqual({ start: 0, stop: 1, blocked: false });
  });

  it('stops failing tasks one at a time where there is no room for their replacements (SD-04)', () => {
    const full = { desired: 3, percent: [50, 100] as [number, number], rolling: false };
    expect(plan({ ...full, primary: [HEALTHY, FAILING, FAILING] })).toEqual({ start: 0, stop: 1, blocked: false });
  });

  it('stops failing tasks first while a deployment is under way (SD-04)', () => {
    const primary = [FAILING, STARTING];
    expect(plan({ desired: 2, percent: [100, 200], primary, old: many(HEALTHY, 2) }).stop).toBe(1);
  });

  it('stops no protected task, neither old nor surplus (TP-01, TP-04)', () => {
    const old = [KEPT, HEALTHY];
    expect(plan({ desired: 2, percent: [100, 200], primary: many(HEALTHY, 2), old }).stop).toBe(1);
    expect(plan({ desired: 2, percent: [100, 200], primary: many(HEALTHY, 2), old: [KEPT] })).toEqual({
      start: 0,
      stop: 0,
      blocked: false,
    });
    expect(plan({ desired: 1, percent: [100, 200], primary: [KEPT, KEPT, HEALTHY] }).stop).toBe(1);
  });

  it('replaces tasks on DRAINING instances as if they were old', () => {
    const primary = [HEALTHY, LEAVING];
    expect(plan({ desired: 2, percent: [100, 200], primary, rolling: false })).toEqual({
      start: 1,
      stop: 0,
      blocked: false,
    });
    expect(plan({ desired: 2, percent: [100, 200], primary: [...primary, HEALTHY], rolling: false }).stop).toBe(1);
    expect(plan({ desired: 2, percent: [50, 100], primary, rolling: false }).stop).toBe(1);
  });

  it('never plans below the minimum or above the maximum', () => {
    const task = fc.constantFrom(HEALTHY, STARTING, STOPPING, FAILING, KEPT, LEAVING);
    const input = fc.record({
      desired: fc.integer({ min: 0, max: 20 }),
      minimumHealthyPercent: fc.integer({ min: 0, max: 100 }),
      maximumPercent: fc.integer({ min: 100, max: 300 }),
      primary: fc.array(task, { maxLength: 25 }),
      old: fc.array(task, { maxLength: 25 }),
      mayStart: fc.boolean(),
      mayReplace: fc.boolean(),
      rolling: fc.boolean(),
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
        expect(stop.every((each) => each.alive && !each.kept)).toBe(true);
      }),
    );
  });
});
