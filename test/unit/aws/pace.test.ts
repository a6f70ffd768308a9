import { describe, expect, test } from 'vitest';
import { Pace } from '../../../src/aws/pace.ts';

describe('how long a batch waits for company', () => {
  test('five in a row are quick, the next gather, and quiet earns quickness back', () => {
    let now = 0;
    const pace = new Pace({ monotonicMs: () => now }, 4);
    expect(Array.from({ length: 6 }, () => pace.next('a'))).toEqual([4, 4, 4, 4, 4, 200]);
    now += 200;
    expect([pace.next('a'), pace.next('a')]).toEqual([4, 200]);
    now += 10_000;
    expect(Array.from({ length: 6 }, () => pace.next('a'))).toEqual([4, 4, 4, 4, 4, 200]);
  });

  test('one busy group does not slow another', () => {
    const pace = new Pace({ monotonicMs: () => 0 }, 4);
    for (let i = 0; i < 10; i += 1) pace.next('busy');
    expect(pace.next('quiet')).toBe(4);
  });
});
