import fc from 'fast-check';
import { expect, it } from 'vitest';
import { page } from '../../../../sandbox/region/ecs/pages.ts';

const LIMITS = { size: 3, max: 10 };

it('pages cover a list once, in order', () => {
  fc.assert(
    fc.property(fc.uniqueArray(fc.string({ minLength: 1 })), fc.integer({ min: 1, max: 10 }), (all, maxResults) => {
      const seen: string[] = [];
      let nextToken: string | undefined;
      do {
        const result = page(all, { nextToken, maxResults }, LIMITS);
        expect(result.items.length).toBeLessThanOrEqual(maxResults);
        seen.push(...result.items);
        nextToken = result.nextToken;
      } while (nextToken !== undefined);
      expect(seen).toEqual(all);
    }),
  );
});

it('a page skips nothing when entries before it were deleted', () => {
  const { nextToken } = page(['a', 'b', 'c', 'd', 'e'], {}, LIMITS);
  expect(page(['b', 'c', 'd', 'e'], { nextToken }, LIMITS).items).toEqual(['d', 'e']);
});

it('a token or a size that makes no sense is refused', () => {
  expect(() => page(['a'], { nextToken: '!' }, LIMITS)).toThrow('Invalid token');
  expect(() => page(['a'], { maxResults: 11 }, LIMITS)).toThrow(/between 1 and 10/);
});
