import { expect, test } from 'vitest';
import { counted, listed, listedInOrder } from '../../../../src/kinds/shared/text.ts';

test('long lists end with how many more there are', () => {
  const ids = Array.from({ length: 12 }, (_, index) => `i-${String(index).padStart(2, '0')}`);
  expect(listed(ids)).toBe('i-00, i-01, i-02, i-03, i-04, i-05, i-06, i-07, i-08, i-09 and 2 more');
  expect(listed(ids.slice(0, 10))).not.toContain('more');
});

test('a list is in its own order, or in that of the alphabet', () => {
  expect(listed(['b', 'a'])).toBe('b, a');
  expect(listedInOrder(['b', 'a'])).toBe('a, b');
});

test('one is not many', () => {
  expect([0, 1, 2].map((count) => counted(count, 'task'))).toEqual(['0 tasks', '1 task', '2 tasks']);
});
