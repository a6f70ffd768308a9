import { describe, expect, test } from 'vitest';
import { outcomeOfError } from '../../../src/engine/failure.ts';
import { type PassResult, type QueueEffect, queueEffect } from '../../../src/engine/outcome.ts';
import { type Disposition, OperatorError } from '../../../src/errors.ts';

const why = { reason: 'Why', message: 'Because.' };

describe('the queue after each outcome (reliability row 16)', () => {
  test.each<[PassResult, QueueEffect]>([
    [{ kind: 'settled' }, { kind: 'resync' }],
    [{ kind: 'progressing', ...why }, { kind: 'poll' }],
    [
      { kind: 'blocked', ...why },
      { kind: 'after', delayMs: 60_000 },
    ],
    [
      { kind: 'terminal', ...why },
      { kind: 'after', delayMs: 600_000 },
    ],
    [
      { kind: 'throttled', ...why, retryAfterMs: 1_234 },
      { kind: 'after', delayMs: 1_234 },
    ],
    [{ kind: 'failed', ...why }, { kind: 'backoff' }],
    [{ kind: 'gone' }, { kind: 'forget' }],
    [{ kind: 'stale' }, { kind: 'recheck' }],
    [{ kind: 'early' }, { kind: 'after', delayMs: 500 }],
  ])('%o -> %o', (result, effect) => {
    expect(queueEffect(result)).toEqual(effect);
  });
});

describe('what an error means for the object', () => {
  const error = (disposition: Disposition, details = {}): OperatorError =>
    new OperatorError(disposition, 'Why', 'Because.', { requestId: 'r-1', ...details });

  test.each<[Disposition, boolean, string]>([
    ['throttled', false, 'throttled'],
    ['failed', false, 'failed'],
    ['progressing', false, 'progressing'],
    ['absent', false, 'failed'],
    // Nothing in the store wakes us for what AWS waits for, so it is polled.
    ['blocked', false, 'progressing'],
    ['rejected', false, 'failed'],
    ['rejected', true, 'terminal'],
    ['terminal', false, 'terminal'],
  ])('%s, believed %s -> %s', (disposition, believed, kind) => {
    expect(outcomeOfError(error(disposition), believed)).toMatchObject({ kind, ...why });
  });

  test('throttling waits as long as the other side says, else two seconds', () => {
    expect(outcomeOfError(error('throttled', { retryAfterMs: 700 }), false)).toMatchObject({ retryAfterMs: 700 });
    expect(outcomeOfError(error('throttled'), false)).toMatchObject({ retryAfterMs: 2_000 });
  });

  test('the message names the operation once and never the request id, which would make each try a new message', () => {
    const told = (message: string) =>
      outcomeOfError(
        new OperatorError('failed', 'Why', message, { operation: 'UpdateService', requestId: 'r-1' }),
        false,
      );
    expect(told('Because.')).toMatchObject({ message: 'UpdateService: Because.' });
    expect(told('UpdateService did not answer.')).toMatchObject({ message: 'UpdateService did not answer.' });
  });
});
