import fc from 'fast-check';
import { expect, test } from 'vitest';
import { shardOf } from '../../../src/engine/shard.ts';

test('an object’s shard is the same in every version, or two replicas of a rolling update would both take it for theirs', () => {
  const shards = [2, 3, 6, 16].map((count) => shardOf('ECSService', 'shop/web', count));
  expect(shards).toEqual([1, 2, 5, 7]);
  expect(shardOf('ECSCluster', 'shop/web', 16)).not.toBe(shardOf('ECSService', 'shop/web', 16));
  expect(shardOf('ECSService', 'shop/web', 1)).toBe(0);
});

test('shards get about as many objects each', () => {
  fc.assert(
    fc.property(fc.integer({ min: 2, max: 12 }), fc.stringMatching(/^[a-z]{1,12}$/), (count, namespace) => {
      const counts = Array.from({ length: count }, () => 0);
      for (let index = 0; index < 2_000; index += 1) {
        const shard = shardOf('ECSService', `${namespace}/web-${index}`, count);
        counts[shard] = (counts[shard] ?? 0) + 1;
      }
      expect(Math.min(...counts)).toBeGreaterThan((0.7 * 2_000) / count);
      expect(Math.max(...counts)).toBeLessThan((1.3 * 2_000) / count);
    }),
    { numRuns: 30 },
  );
});
