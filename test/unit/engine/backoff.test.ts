import { describe, expect, test } from 'vitest';
import { Backoff } from '../../../src/engine/backoff.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const FIRST_MS = 750;
const LONGEST_MS = 15 * 60_000;

function delays(count: number, chance: number): number[] {
  const clock = new VirtualClock();
  clock.randomValue = chance;
  const backoff = new Backoff(clock);
  return Array.from({ length: count }, () => backoff.next('team/web'));
}

describe('backoff (reliability row 17)', () => {
  test('doubles from 0.75 s to 15 min at most', () => {
    const longest = delays(40, 0.999_999);
    expect(Math.round(longest[0] ?? 0)).toBe(FIRST_MS);
    expect(Math.round(longest[1] ?? 0)).toBe(2 * FIRST_MS);
    expect(Math.max(...longest)).toBeLessThan(LONGEST_MS);
    expect(longest.at(-1)).toBeGreaterThan(LONGEST_MS - 10);
  });

  test('jitter is full, but never so short that it hammers', () => {
    expect(delays(40, 0)).toEqual(Array.from({ length: 40 }, () => FIRST_MS / 2));
    expect(delays(6, 0.5)[5]).toBe(FIRST_MS * 2 ** 5 * 0.5);
  });

  test('keys are counted apart, and forgotten', () => {
    const backoff = new Backoff(new VirtualClock());
    backoff.next('team/a');
    backoff.next('team/a');
    backoff.next('team/b');
    expect([backoff.failures('team/a'), backoff.failures('team/b'), backoff.failures('team/c')]).toEqual([2, 1, 0]);
    backoff.forget('team/a');
    expect([backoff.failures('team/a'), backoff.size]).toEqual([0, 1]);
  });
});
