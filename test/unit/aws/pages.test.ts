import { expect, test } from 'vitest';
import { chunks } from '../../../src/aws/chunks.ts';
import { allPages } from '../../../src/aws/pages.ts';

/** A list in pages of these items; the token is the number of the page. */
function book<Item>(pages: readonly (readonly Item[] | undefined)[], end?: string) {
  const asked: (string | undefined)[] = [];
  const page = async (token: string | undefined) => {
    asked.push(token);
    const number = Number(token ?? '0');
    return { items: pages[number], next: number + 1 < pages.length ? String(number + 1) : end };
  };
  return { page, asked };
}

test('all pages are read in order, also after one that is empty', async () => {
  const { page, asked } = book([[1, 2], [], undefined, [3]]);
  expect(await allPages(page)).toEqual([1, 2, 3]);
  expect(asked).toEqual([undefined, '1', '2', '3']);
});

test('an empty token ends the list', async () => {
  const { page, asked } = book([[1]], '');
  expect(await allPages(page)).toEqual([1]);
  expect(asked).toHaveLength(1);
});

test('no more pages are read than are wanted', async () => {
  const { page, asked } = book([[1], [2], [3]]);
  expect(await allPages(page, 2)).toEqual([1, 2]);
  expect(asked).toHaveLength(2);
});

test('chunks hold everything, none more than its size', () => {
  expect(chunks([1, 2, 3, 4, 5], 2)).toEqual([[1, 2], [3, 4], [5]]);
  expect(chunks([], 2)).toEqual([]);
});
