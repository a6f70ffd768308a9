import { describe, expect, test } from 'vitest';
import {
  backoffMs,
  initialState,
  type ReflectorInput,
  type ReflectorState,
  transition,
} from '../../../src/kube/reflector-state.ts';

const listing = (failures = 0, continueToken?: string): ReflectorState => ({
  kind: 'listing',
  continueToken,
  failures,
});
const watching = (resourceVersion: string, failures = 0): ReflectorState => ({
  kind: 'watching',
  resourceVersion,
  failures,
});

/** With `random` at its highest end the delay is the whole exponential step. */
const whole = 1;

const table: readonly [string, ReflectorState, ReflectorInput, ReflectorState][] = [
  [
    'a page that is not the last is followed by the next',
    listing(),
    { kind: 'page', continueToken: 't', resourceVersion: '5' },
    listing(0, 't'),
  ],
  [
    'the last page is followed by a watch from its version',
    listing(2, 't'),
    { kind: 'page', continueToken: undefined, resourceVersion: '5' },
    watching('5', 2),
  ],
  [
    'a failed page is asked for again after a wait',
    listing(0, 't'),
    { kind: 'failed', healthy: false },
    { kind: 'waiting', delayMs: 800, next: { kind: 'listing', continueToken: 't', failures: 1 } },
  ],
  [
    'an expired continue token starts the list again at once',
    listing(0, 't'),
    { kind: 'expired', healthy: false },
    listing(1),
  ],
  [
    'a list that expires again and again waits',
    listing(1, 't'),
    { kind: 'expired', healthy: false },
    { kind: 'waiting', delayMs: 800, next: { kind: 'listing', continueToken: undefined, failures: 2 } },
  ],
  [
    'a watch that ended as it should is resumed at once from where it was',
    watching('5', 3),
    { kind: 'ended', resourceVersion: '9', healthy: true },
    watching('9'),
  ],
  [
    'a watch that ended immediately without an event counts as failed',
    watching('5'),
    { kind: 'ended', resourceVersion: '5', healthy: false },
    { kind: 'waiting', delayMs: 800, next: { kind: 'watching', resourceVersion: '5', failures: 1 } },
  ],
  [
    'a healthy watch that expires is followed by a list at once',
    watching('5', 4),
    { kind: 'expired', healthy: true },
    listing(1),
  ],
  [
    'a fresh watch that expires is followed by a list at once',
    watching('5'),
    { kind: 'expired', healthy: false },
    listing(1),
  ],
  [
    'a watch that expires after each list waits',
    watching('5', 1),
    { kind: 'expired', healthy: false },
    { kind: 'waiting', delayMs: 800, next: { kind: 'listing', continueToken: undefined, failures: 2 } },
  ],
  [
    'a failed watch is resumed from the last version after a wait',
    watching('5', 2),
    { kind: 'failed', resourceVersion: '7', healthy: false },
    { kind: 'waiting', delayMs: 3_200, next: { kind: 'watching', resourceVersion: '7', failures: 3 } },
  ],
  [
    'a healthy event starts the backoff anew',
    watching('5', 6),
    { kind: 'failed', resourceVersion: '7', healthy: true },
    { kind: 'waiting', delayMs: 800, next: { kind: 'watching', resourceVersion: '7', failures: 1 } },
  ],
  [
    'Retry-After is waited for when it is longer than the backoff',
    watching('5'),
    { kind: 'failed', resourceVersion: '5', healthy: false, retryAfterMs: 5_000 },
    { kind: 'waiting', delayMs: 5_000, next: { kind: 'watching', resourceVersion: '5', failures: 1 } },
  ],
  [
    'a server that is down is tried every 3.2 s at least, however long it was down',
    watching('5', 9),
    { kind: 'failed', resourceVersion: '5', healthy: false, unavailable: true },
    { kind: 'waiting', delayMs: 3_200, next: { kind: 'watching', resourceVersion: '5', failures: 3 } },
  ],
  [
    'after the wait comes what was to be next',
    { kind: 'waiting', delayMs: 1, next: { kind: 'watching', resourceVersion: '5', failures: 1 } },
    { kind: 'waited' },
    watching('5', 1),
  ],
];

describe('transition', () => {
  test.each(table)('%s', (_, state, input, expected) => {
    expect(transition(state, input, whole)).toEqual(expected);
  });

  test.each([listing(), watching('5'), table[2]?.[3] ?? initialState])('an abort stops it in any state', (state) => {
    expect(transition(state, { kind: 'aborted' }, whole)).toEqual({ kind: 'stopped' });
  });

  test.each([listing(), watching('5')])('what can never be had stops it', (state) => {
    expect(transition(state, { kind: 'refused' }, whole)).toEqual({ kind: 'stopped' });
  });

  test('nothing else stops it', () => {
    const inputs: readonly ReflectorInput[] = table.map(([, , input]) => input);
    for (const [, state] of table) {
      for (const input of inputs) expect(transition(state, input, whole).kind).not.toBe('stopped');
    }
  });
});

describe('backoff', () => {
  test('doubles from 0.8 s to 30 s', () => {
    expect([1, 2, 3, 4, 5, 6, 7, 50].map((failures) => backoffMs(failures, 1))).toEqual([
      800, 1_600, 3_200, 6_400, 12_800, 25_600, 30_000, 30_000,
    ]);
  });

  test('is jittered down to half', () => {
    expect(backoffMs(1, 0)).toBe(400);
    expect(backoffMs(50, 0)).toBe(15_000);
  });
});
