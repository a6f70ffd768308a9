import { expect, test } from 'vitest';
import { clientToken } from '../../../src/aws/token.ts';

const source = {
  uid: '0b1c',
  operation: 'CreateService',
  input: { serviceName: 'web', desiredCount: 2, tags: [{ key: 'a', value: 'b' }] },
  epoch: 0,
};

test('a token is 32 hex digits and stays what it was across releases', () => {
  expect(clientToken(source)).toBe('3a283d6e42e3fdba3143951da8fb62a3');
});

test('the order of keys and members that are undefined do not matter', () => {
  const input = { tags: [{ value: 'b', key: 'a' }], role: undefined, desiredCount: 2, serviceName: 'web' };
  expect(clientToken({ ...source, input })).toBe(clientToken(source));
});

test.each([
  ['uid', { uid: '0b1d' }],
  ['operation', { operation: 'CreateTaskSet' }],
  ['epoch', { epoch: 1 }],
  ['input', { input: { ...source.input, desiredCount: 3 } }],
])('another %s gives another token', (_, change) => {
  expect(clientToken({ ...source, ...change })).not.toBe(clientToken(source));
});

test('the order of a list matters', () => {
  const token = (list: number[]) => clientToken({ ...source, input: { list } });
  expect(token([1, 2])).not.toBe(token([2, 1]));
});
