import { describe, expect, test } from 'vitest';
import {
  freeFrom,
  givenBack,
  heldBy,
  holderOf,
  initialLeaderState,
  type LeaderInput,
  type LeaderState,
  transition,
} from '../../../src/kube/leader-state.ts';
import type { Lease, LeaseRecord } from '../../../src/kube/lease.ts';

const timing = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };

function lease(holder: string, renewTime = 't1', claimant?: string): Lease {
  const record: LeaseRecord = { holder, durationSeconds: 15, acquireTime: 't0', renewTime, transitions: 3 };
  const object = { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'l' } };
  return { name: 'l', record, claimant, object };
}

const step = (state: LeaderState, ...inputs: readonly LeaderInput[]): LeaderState =>
  inputs.reduce((before, input) => transition(before, input, 'me', timing.renewDeadlineMs), state);

const leading = step(initialLeaderState, { kind: 'written', lease: lease('me'), sentAt: 1_000, at: 1_100 });

describe('a leader', () => {
  test('may act until the renew deadline after its last renewal was sent', () => {
    expect(leading).toMatchObject({ kind: 'leading', validUntil: 11_000 });
    const renewed = step(leading, { kind: 'written', lease: lease('me', 't2'), sentAt: 3_000, at: 7_000 });
    expect(renewed).toMatchObject({ kind: 'leading', validUntil: 13_000 });
  });

  test.each<[string, LeaderInput]>([
    ['a read, though it shows that it still holds the Lease', { kind: 'read', lease: lease('me', 't9'), at: 5_000 }],
    ['a conflict', { kind: 'conflict' }],
    ['time', { kind: 'time', at: 10_999 }],
  ])('is not given more time by %s', (_what, input) => {
    expect(step(leading, input)).toMatchObject({ kind: 'leading', validUntil: 11_000 });
  });

  test.each<[string, LeaderInput]>([
    ['the deadline passes', { kind: 'time', at: 11_000 }],
    [
      'the answer to a renewal comes after that renewal’s own deadline',
      { kind: 'written', lease: lease('me'), sentAt: 2_000, at: 12_000 },
    ],
    ['another holds the Lease', { kind: 'read', lease: lease('you'), at: 2_000 }],
    ['nobody holds the Lease', { kind: 'read', lease: lease(''), at: 2_000 }],
    ['the Lease is gone', { kind: 'read', lease: undefined, at: 2_000 }],
  ])('has lost it when %s, and nothing brings it back', (_what, input) => {
    const lost = step(leading, input);
    expect(lost.kind).toBe('lost');
    expect(step(lost, { kind: 'written', lease: lease('me'), sentAt: 12_000, at: 12_001 })).toBe(lost);
  });

  test('that resigns does not lead again by the late answer to a renewal, and follows once the Lease is given back', () => {
    const resigned = step(
      leading,
      { kind: 'resign' },
      { kind: 'written', lease: lease('me', 't2'), sentAt: 1_500, at: 1_900 },
    );
    expect(resigned).toMatchObject({ kind: 'resigned', lease: { record: { renewTime: 't2' } } });
    const free = step(resigned, { kind: 'written', lease: lease(''), sentAt: 2_000, at: 2_100 });
    expect(free).toMatchObject({ kind: 'following', seen: { changedAt: 2_100 } });
  });
});

describe('a follower', () => {
  test('does not lead by an answer that comes when what it took is over', () => {
    const late = step(initialLeaderState, { kind: 'written', lease: lease('me'), sentAt: 1_000, at: 11_000 });
    expect(late.kind).toBe('following');
  });

  const seenAt = (state: LeaderState): number | undefined =>
    state.kind === 'following' && state.seen !== undefined ? freeFrom(state.seen) : undefined;

  test('waits for the lease duration from when it last saw the record change, by its own clock', () => {
    const seen = step(initialLeaderState, { kind: 'read', lease: lease('you'), at: 500 });
    expect(seenAt(seen)).toBe(15_500);
    expect(seenAt(step(seen, { kind: 'read', lease: lease('you'), at: 9_000 }))).toBe(15_500);
    expect(seenAt(step(seen, { kind: 'read', lease: lease('you', 't1', 'claimant'), at: 9_000 }))).toBe(15_500);
    expect(seenAt(step(seen, { kind: 'read', lease: lease('you', 't2'), at: 9_000 }))).toBe(24_000);
    expect(seenAt(step(seen, { kind: 'read', lease: undefined, at: 9_000 }))).toBe(15_500);
  });

  test('may take at once what is given back, and what has never been', () => {
    expect(seenAt(step(initialLeaderState, { kind: 'read', lease: lease(''), at: 500 }))).toBe(500);
    expect(seenAt(step(initialLeaderState, { kind: 'read', lease: undefined, at: 500 }))).toBe(500);
  });

  test('takes for the holder only who has not run out', () => {
    const state = step(initialLeaderState, { kind: 'read', lease: lease('you'), at: 500 });
    const seen = state.kind === 'following' ? state.seen : undefined;
    expect([holderOf(seen, 15_499), holderOf(seen, 15_500), holderOf(undefined, 0)]).toEqual([
      'you',
      undefined,
      undefined,
    ]);
  });
});

describe('what is written into a Lease', () => {
  test('is whole seconds, MicroTime, and a count of the changes of holder', () => {
    const wall = Date.UTC(2026, 0, 1);
    const now = '2026-01-01T00:00:00.000000Z';
    const odd = { ...timing, leaseDurationMs: 2_500 };
    expect(heldBy('me', undefined, odd, wall)).toEqual({
      holder: 'me',
      durationSeconds: 3,
      acquireTime: now,
      renewTime: now,
      transitions: 0,
    });
    const never = { holder: '', durationSeconds: 1, acquireTime: undefined, renewTime: undefined, transitions: 0 };
    expect(heldBy('me', never, timing, wall)).toMatchObject({ transitions: 0 });
    expect(heldBy('me', lease('you').record, timing, wall)).toMatchObject({ transitions: 4, acquireTime: now });
    expect(heldBy('me', lease('me').record, timing, wall)).toMatchObject({
      transitions: 3,
      acquireTime: 't0',
      renewTime: now,
    });
  });

  test('says when it is given back that nobody holds it, and keeps the name of who asked for it', () => {
    expect(givenBack(lease('me', 't1', 'you'), 0)).toMatchObject({
      record: { holder: '', durationSeconds: 1, transitions: 3 },
      claimant: 'you',
    });
  });
});
