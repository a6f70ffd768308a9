import fc from 'fast-check';
import { expect, test } from 'vitest';
import { MinHeap } from '../../../src/engine/heap.ts';

test('values come out by rank, whatever order they went in', () => {
  fc.assert(
    fc.property(fc.array(fc.integer()), (ranks) => {
      const heap = new MinHeap<number>();
      for (const rank of ranks) heap.push(rank, rank);
      const out: (number | undefined)[] = [];
      while (heap.size > 0) {
        const least = heap.minRank;
        const value = heap.pop();
        expect(value).toBe(least);
        out.push(value);
      }
      expect(out).toEqual([...ranks].sort((a, b) => a - b));
    }),
  );
});

test('an empty heap has no least rank and gives nothing', () => {
  const heap = new MinHeap<string>();
  expect(heap.minRank).toBe(Number.POSITIVE_INFINITY);
  expect(heap.pop()).toBeUndefined();
});
