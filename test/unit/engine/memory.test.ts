import { CreateServiceCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import type { CallStep } from '../../../src/engine/kind.ts';
import { PassMemory } from '../../../src/engine/memory.ts';
import { ecs, step } from '../../../src/kinds/shared/step.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const KEY = 'team/web';

const scaleTo = (desiredCount: number): CallStep =>
  step(ecs, new UpdateServiceCommand({ service: 'web', desiredCount }), `desiredCount ${desiredCount}`);

const create = (clientToken: string): CallStep =>
  step(ecs, new CreateServiceCommand({ serviceName: 'web', clientToken }), 'service web created');

function memory(): { readonly memory: PassMemory; readonly clock: VirtualClock } {
  const clock = new VirtualClock();
  return { memory: new PassMemory(clock), clock };
}

describe('a step that was carried out', () => {
  test('is known for as long as AWS may answer with what was before', () => {
    const { memory: of, clock } = memory();
    of.sent(KEY, 'uid', 'hash', scaleTo(3));
    clock.advance(14_999);
    expect(of.notJustSent(KEY, 'uid', [scaleTo(3)])).toEqual([]);
    clock.advance(1);
    expect(of.notJustSent(KEY, 'uid', [scaleTo(3)])).toHaveLength(1);
  });

  test('is not another step, and not what was done for another spec', () => {
    const { memory: of } = memory();
    of.sent(KEY, 'uid', 'three', scaleTo(3));
    expect(of.notJustSent(KEY, 'uid', [scaleTo(3), scaleTo(4)]).map(({ reason }) => reason)).toEqual([
      'desiredCount 4',
    ]);
    of.sent(KEY, 'uid', 'four', scaleTo(4));
    expect(of.notJustSent(KEY, 'uid', [scaleTo(3)])).toHaveLength(1);
  });

  test('is still known after another one, for AWS may show that one first', () => {
    const { memory: of, clock } = memory();
    of.sent(KEY, 'uid', 'hash', create('a token'));
    clock.advance(10_000);
    of.sent(KEY, 'uid', 'hash', scaleTo(3));
    expect(of.notJustSent(KEY, 'uid', [create('a token'), scaleTo(3)])).toEqual([]);
    clock.advance(5_000);
    expect(of.notJustSent(KEY, 'uid', [create('a token'), scaleTo(3)])).toHaveLength(1);
  });

  test('is the same with another token, which an answer from before the change may lead to', () => {
    const { memory: of } = memory();
    of.sent(KEY, 'uid', 'hash', create('a token'));
    expect(of.notJustSent(KEY, 'uid', [create('another')])).toEqual([]);
  });

  test('is nothing to an object of the same name that came later', () => {
    const { memory: of } = memory();
    of.sent(KEY, 'uid', 'hash', scaleTo(3));
    expect(of.notJustSent(KEY, 'another-uid', [scaleTo(3)])).toHaveLength(1);
  });
});

describe('a step that was carried out, once AWS has shown', () => {
  test('what it was for, still guards against an older answer', () => {
    const { memory: of } = memory();
    of.sent(KEY, 'uid', 'three', scaleTo(3));
    of.agreed(KEY, 'uid', 'three');
    expect(of.notJustSent(KEY, 'uid', [scaleTo(3)])).toEqual([]);
  });

  test('what the user asked for instead, is over: coming back to it is a new wish', () => {
    const { memory: of } = memory();
    of.sent(KEY, 'uid', 'three', scaleTo(3));
    of.agreed(KEY, 'uid', 'two');
    expect(of.notJustSent(KEY, 'uid', [scaleTo(3)])).toHaveLength(1);
  });
});

describe('a step that AWS has shown since', () => {
  test('may be wanted again when it was for another spec', () => {
    const { memory: of } = memory();
    of.sent(KEY, 'uid', 'back', scaleTo(2));
    of.agreed(KEY, 'uid', 'forth');
    expect(of.notJustSent(KEY, 'uid', [scaleTo(2)])).toHaveLength(1);
  });

  test('is still not repeated for the same spec, because a later answer may be an older one', () => {
    const { memory: of } = memory();
    of.sent(KEY, 'uid', 'hash', scaleTo(2));
    of.agreed(KEY, 'uid', 'hash');
    expect(of.notJustSent(KEY, 'uid', [scaleTo(2)])).toEqual([]);
  });
});

describe('what was made a moment ago', () => {
  test('may not be seen yet, until it is or the grace is over', () => {
    const { memory: of, clock } = memory();
    expect(of.mayBeUnseen(KEY, 'uid')).toBe(false);
    of.changed(KEY, 'uid');
    clock.advance(14_999);
    expect([of.mayBeUnseen(KEY, 'uid'), of.mayBeUnseen(KEY, 'another-uid')]).toEqual([true, false]);
    of.changed(KEY, 'uid');
    of.seen(KEY, 'uid');
    expect(of.mayBeUnseen(KEY, 'uid')).toBe(false);
    of.changed(KEY, 'uid');
    clock.advance(15_000);
    expect(of.mayBeUnseen(KEY, 'uid')).toBe(false);
  });
});

describe('a refusal', () => {
  const refusal = { reason: 'InvalidParameter', heals: false };
  const healing = { reason: 'RoleNotReady', heals: true };

  test('is believed at the fifth try', () => {
    const { memory: of } = memory();
    const believed = Array.from({ length: 6 }, () => of.rejected(KEY, 'uid', 1, refusal));
    expect(believed).toEqual([false, false, false, false, true, true]);
  });

  test('is believed after ten minutes', () => {
    const { memory: of, clock } = memory();
    expect(of.rejected(KEY, 'uid', 1, refusal)).toBe(false);
    clock.advance(10 * 60_000);
    expect(of.rejected(KEY, 'uid', 1, refusal)).toBe(true);
  });

  test('that usually heals is believed after five minutes, and five tries', () => {
    const { memory: of, clock } = memory();
    const believed = Array.from({ length: 8 }, () => {
      const isBelieved = of.rejected(KEY, 'uid', 1, healing);
      clock.advance(60_000);
      return isBelieved;
    });
    expect(believed).toEqual([false, false, false, false, false, true, true, true]);
    const { memory: seldom, clock: later } = memory();
    expect(seldom.rejected(KEY, 'uid', 1, healing)).toBe(false);
    later.advance(10 * 60_000);
    expect(seldom.rejected(KEY, 'uid', 1, healing)).toBe(false);
  });

  test.each([
    ['another generation', (of: PassMemory) => of.rejected(KEY, 'uid', 2, refusal)],
    ['another object of the same name', (of: PassMemory) => of.rejected(KEY, 'another-uid', 1, refusal)],
    ['another reason', (of: PassMemory) => of.rejected(KEY, 'uid', 1, healing)],
    [
      'a plan that AWS took',
      (of: PassMemory) => {
        of.accepted(KEY, 'uid');
        return of.rejected(KEY, 'uid', 1, refusal);
      },
    ],
  ])('is counted anew after %s', (_what, again) => {
    const { memory: of } = memory();
    for (let tries = 0; tries < 5; tries += 1) of.rejected(KEY, 'uid', 1, refusal);
    expect(again(of)).toBe(false);
  });
});

test('polls are counted from the last change', () => {
  const { memory: of } = memory();
  expect([of.nextPoll(KEY, 'uid'), of.nextPoll(KEY, 'uid')]).toEqual([0, 1]);
  of.sent(KEY, 'uid', 'hash', scaleTo(3));
  expect([of.nextPoll(KEY, 'uid'), of.nextPoll(KEY, 'uid')]).toEqual([0, 1]);
  of.resetPolls(KEY, 'uid');
  expect(of.nextPoll(KEY, 'uid')).toBe(0);
});

test('an object that has no resync group yet is its own', () => {
  const { memory: of } = memory();
  expect(of.resyncGroup(KEY)).toBe(KEY);
  of.setResyncGroup(KEY, 'uid', 'us-east-1/prod');
  expect(of.resyncGroup(KEY)).toBe('us-east-1/prod');
});

test('nothing is left of a key that is forgotten', () => {
  const { memory: of } = memory();
  of.sent(KEY, 'uid', 'hash', scaleTo(3));
  of.forget(KEY);
  expect(of.size).toBe(0);
});
