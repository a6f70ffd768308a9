import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { type Behaviour, healthChanges, imageBehaviour } from '../../../../../sandbox/region/ecs/tasks/behaviour.ts';

describe('an image', () => {
  it.each<[string, Behaviour]>([
    ['nginx', { kind: 'runs' }],
    ['example.com/sim-exit:1', { kind: 'runs' }],
    ['sim/unknown', { kind: 'runs' }],
    ['sim/exit:3', { kind: 'exits', code: 3, afterMs: undefined }],
    ['sim/exit:0', { kind: 'exits', code: 0, afterMs: undefined }],
    ['sim/exit', { kind: 'exits', code: 1, afterMs: undefined }],
    ['example.com/team/sim/exit:1', { kind: 'exits', code: 1, afterMs: undefined }],
    ['sim/exit-after:30s', { kind: 'exits', code: 0, afterMs: 30_000 }],
    ['sim/exit-after:2m-7', { kind: 'exits', code: 7, afterMs: 120_000 }],
    ['sim/oom', { kind: 'outOfMemory' }],
    ['sim/cannot-pull:v1@sha256:00', { kind: 'cannotPull' }],
    ['sim/secret-missing', { kind: 'secretMissing' }],
    ['sim/slow:500ms', { kind: 'slow', pullingMs: 500 }],
    ['sim/unhealthy', { kind: 'unhealthy', afterMs: 0 }],
    ['sim/unhealthy-after:90s', { kind: 'unhealthy', afterMs: 90_000 }],
    ['sim/lb-unhealthy', { kind: 'unhealthyTarget', afterMs: 0 }],
    ['sim/lb-unhealthy-after:1h', { kind: 'unhealthyTarget', afterMs: 3_600_000 }],
    ['sim/ignore-sigterm', { kind: 'ignoresSigterm' }],
    ['sim/spot-interrupted-after:5m', { kind: 'spotInterrupted', afterMs: 300_000 }],
  ])('%s means %o', (image, behaviour) => {
    expect(imageBehaviour(image)).toEqual(behaviour);
  });
});

describe('health checks', () => {
  const check = { command: ['CMD', 'true'], interval: 10, retries: 3 };
  const unhealthy = (afterMs: number): Behaviour => ({ kind: 'unhealthy', afterMs });

  it('find a container healthy after the first interval', () => {
    expect(healthChanges(check, { kind: 'runs' }, 1)).toEqual([{ atMs: 10_000, status: 'HEALTHY' }]);
    expect(healthChanges({ command: ['true'] }, { kind: 'runs' }, 1)).toEqual([{ atMs: 30_000, status: 'HEALTHY' }]);
  });

  it('do not wait for good news with instant timings', () => {
    expect(healthChanges(check, { kind: 'runs' }, 0)).toEqual([{ atMs: 0, status: 'HEALTHY' }]);
  });

  it.each([
    ['at once', check, 0, 30_000],
    ['after the start period, which a failure at its very end outlives', { ...check, startPeriod: 60 }, 0, 80_000],
    ['with one retry', { ...check, retries: 1 }, 0, 10_000],
    ['from the next check on', check, 5_000, 30_000],
  ])('find a failing container unhealthy after its retries: %s', (_, healthCheck, afterMs, atMs) => {
    expect(healthChanges(healthCheck, unhealthy(afterMs), 1)).toEqual([{ atMs, status: 'UNHEALTHY' }]);
  });

  it('count failures after a success also within the start period', () => {
    expect(healthChanges({ ...check, startPeriod: 300 }, unhealthy(35_000), 1)).toEqual([
      { atMs: 10_000, status: 'HEALTHY' },
      { atMs: 60_000, status: 'UNHEALTHY' },
    ]);
  });

  it('take time to fail, whatever the timings, so that replacing does not loop at one instant', () => {
    const seconds = fc.integer({ min: 5, max: 300 });
    fc.assert(
      fc.property(seconds, fc.integer({ min: 1, max: 10 }), fc.nat(300_000), (interval, retries, afterMs) => {
        const changes = healthChanges({ command: ['x'], interval, retries }, unhealthy(afterMs), 0);
        const last = changes.at(-1);
        expect(last?.status).toBe('UNHEALTHY');
        expect(last?.atMs).toBeGreaterThanOrEqual(Math.max(afterMs, retries * interval * 1_000));
      }),
    );
  });
});
