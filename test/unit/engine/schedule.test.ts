import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { nextPollAt, nextResyncAt } from '../../../src/engine/schedule.ts';

const times = fc.double({ min: 0, max: 1e9, noNaN: true });
const PERIOD_MS = 300_000;

describe('polls of something that AWS works on', () => {
  test('come sooner first and then ever later, up to about 15 s', () => {
    const delays = Array.from({ length: 30 }, (_, polls) => nextPollAt(polls, 0));
    expect(delays[0]).toBeLessThanOrEqual(200);
    for (const [index, delay] of delays.entries()) expect(delay).toBeGreaterThanOrEqual(delays[index - 1] ?? 0);
    expect(delays.at(-1)).toBe(15_000);
  });

  test('fall on a grid, so that objects that changed together are read together', () => {
    const first = nextPollAt(4, 10_001);
    expect(nextPollAt(4, 10_040)).toBe(first);
  });

  test('are never early and at most a quarter of the delay late', () => {
    fc.assert(
      fc.property(fc.nat(40), times, (polls, now) => {
        const delay = Math.min(15_000, 150 * 1.6 ** polls);
        const at = nextPollAt(polls, now);
        expect(at).toBeGreaterThanOrEqual(now + delay - 1e-3);
        expect(at).toBeLessThanOrEqual(now + delay + Math.max(50, delay / 4) + 1e-3);
      }),
    );
  });
});

describe('resyncs', () => {
  test('come between half a period and one and a half from now', () => {
    fc.assert(
      fc.property(fc.string(), times, (group, now) => {
        const wait = nextResyncAt(group, PERIOD_MS, now) - now;
        expect(wait).toBeGreaterThanOrEqual(PERIOD_MS / 2 - 1e-3);
        expect(wait).toBeLessThanOrEqual(PERIOD_MS * 1.5 + 1e-3);
      }),
    );
  });

  test('of one group come at one moment', () => {
    const due = nextResyncAt('us-east-1/prod', PERIOD_MS, 0);
    const settledTogether = [0, 10, 2_000].map((now) => nextResyncAt('us-east-1/prod', PERIOD_MS, due + now));
    expect(settledTogether[0]).toBeCloseTo(due + PERIOD_MS, 3);
    expect(new Set(settledTogether.map(Math.round)).size).toBe(1);
  });

  test('of many groups are spread over the period', () => {
    const tenths = new Set<number>();
    for (let index = 0; index < 200; index += 1) {
      tenths.add(Math.floor(((nextResyncAt(`us-east-1/cluster-${index}`, PERIOD_MS, 0) % PERIOD_MS) / PERIOD_MS) * 10));
    }
    expect(tenths.size).toBe(10);
  });
});
