import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { mayMove, shardToClaim, takeAfterMs } from '../../../src/kube/leader-balance.ts';

const none: readonly undefined[] = [];

describe('a free shard', () => {
  test('is taken at once by who holds fewest, and later by who holds more', () => {
    const holders = ['a', 'a', 'a', 'b', undefined];
    expect(takeAfterMs({ me: 'b', holders }, undefined, 2_000)).toBe(0);
    expect(takeAfterMs({ me: 'a', holders }, undefined, 2_000)).toBe(2_000);
    expect(takeAfterMs({ me: 'c', holders }, undefined, 2_000)).toBe(0);
  });

  test('is kept for a while for who asked for it', () => {
    const holders = ['a', 'b', undefined];
    expect(takeAfterMs({ me: 'a', holders }, 'c', 2_000)).toBe(6_000);
    expect(takeAfterMs({ me: 'c', holders }, 'c', 2_000)).toBe(0);
  });
});

describe('a claim', () => {
  test('is made on who holds most, by who holds at least two fewer', () => {
    const holders = ['a', 'a', 'b', 'b', 'b', 'c'];
    expect(shardToClaim({ me: 'c', holders }, none)).toBe(2);
    expect(shardToClaim({ me: 'a', holders }, none)).toBeUndefined();
    expect(shardToClaim({ me: 'd', holders }, none)).toBe(2);
  });

  test('is not made twice, and not on what another asks for', () => {
    const holders = ['a', 'a', 'a'];
    expect(shardToClaim({ me: 'c', holders }, ['b'])).toBe(1);
    expect(shardToClaim({ me: 'c', holders }, ['b', undefined, 'c'])).toBe(2);
  });

  test('is not made while a shard is free for the taking', () => {
    expect(shardToClaim({ me: 'b', holders: ['a', 'a', undefined] }, none)).toBeUndefined();
  });

  test('is not made when there are no more shards than replicas', () => {
    expect(shardToClaim({ me: 'c', holders: ['a'] }, none)).toBeUndefined();
    expect(shardToClaim({ me: 'c', holders: ['a', 'b'] }, none)).toBeUndefined();
  });
});

test('whoever claims in whatever order, shards come to rest, with shares that differ by one at most', () => {
  const replicas = ['a', 'b', 'c', 'd', 'e'];
  fc.assert(
    fc.property(
      fc.array(fc.constantFrom(...replicas), { minLength: 1, maxLength: 24 }),
      fc.infiniteStream(fc.nat()),
      (start, chance) => {
        const holders = [...start];
        let moves = 0;
        for (;;) {
          const wishes = replicas.flatMap((me) => {
            const shard = shardToClaim({ me, holders }, none);
            return shard === undefined ? [] : [{ me, shard }];
          });
          const { value = 0 } = chance.next();
          const wish = wishes[value % Math.max(1, wishes.length)];
          if (wish === undefined) break;
          const from = holders[wish.shard] ?? '';
          expect(mayMove({ me: from, holders }, from, wish.me)).toBe(true);
          holders[wish.shard] = wish.me;
          moves += 1;
          // Each move makes the sum of squares smaller by two at least.
          expect(moves).toBeLessThanOrEqual(start.length ** 2 / 2);
        }
        const counts = replicas.map((replica) => holders.filter((holder) => holder === replica).length);
        expect(Math.max(...counts) - Math.min(...counts)).toBeLessThanOrEqual(1);
      },
    ),
  );
});
