import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { compareResourceVersions, hasSeen } from '../../../src/kube/resourceversion.ts';

describe('resource versions', () => {
  test.each([
    ['1', '2', -1],
    ['10', '9', 1],
    ['7', '7', 0],
    ['18446744073709551614', '18446744073709551615', -1],
    ['9007199254740993', '9007199254740992', 1],
  ])('%s against %s is %i', (a, b, expected) => {
    expect(compareResourceVersions(a, b)).toBe(expected);
  });

  test('compare like the integers they are', () => {
    fc.assert(
      fc.property(fc.bigInt({ min: 0n, max: 2n ** 64n }), fc.bigInt({ min: 0n, max: 2n ** 64n }), (a, b) => {
        expect(compareResourceVersions(String(a), String(b))).toBe(a < b ? -1 : a > b ? 1 : 0);
      }),
    );
  });

  test.each([
    ['', '1'],
    ['1', '01'],
    ['a', '1'],
    ['1', '-1'],
  ])('%j against %j cannot be compared', (a, b) => {
    expect(compareResourceVersions(a, b)).toBeUndefined();
  });

  test('a reader has seen what is not newer than its own version', () => {
    expect(hasSeen('10', '9')).toBe(true);
    expect(hasSeen('10', '10')).toBe(true);
    expect(hasSeen('10', '11')).toBe(false);
    expect(hasSeen(undefined, '1')).toBe(false);
    expect(hasSeen('opaque', '11')).toBe(true);
  });
});
