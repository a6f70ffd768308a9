import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { TokenBucket } from '../../../src/aws/tokenbucket.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

const response = { holdMs: 1_000, floor: 0.1, recoveryMs: 60_000 };
const never = new AbortController().signal;

/** Lets promise callbacks run. */
const settle = () => new Promise((resolve) => setImmediate(resolve));

function start(burst: number, refillPerSecond: number) {
  const clock = new VirtualClock();
  const bucket = new TokenBucket(clock, { burst, refillPerSecond }, response);
  const admitted: { who: string; atMs: number }[] = [];
  const take = (who: string, priority: 'user' | 'background' = 'background', signal = never) => {
    const place = bucket.take(priority, signal);
    place.turn.then(
      () => admitted.push({ who, atMs: clock.monotonicMs() }),
      () => {},
    );
    return place;
  };
  /** Moves time in small steps, so that every admission is noted at its own time. */
  const pass = async (ms: number, stepMs = 10) => {
    for (let gone = 0; gone < ms; gone += stepMs) {
      clock.advance(stepMs);
      await settle();
    }
  };
  return { clock, bucket, admitted, take, pass, names: () => admitted.map(({ who }) => who) };
}

describe('order', () => {
  test('the burst goes at once, the rest at the refill rate', async () => {
    const { take, admitted, pass } = start(2, 10);
    for (const who of ['a', 'b', 'c', 'd']) take(who);
    await settle();
    expect(admitted.map(({ who }) => who)).toEqual(['a', 'b']);
    await pass(200);
    expect(admitted.map(({ atMs }) => atMs)).toEqual([0, 0, 100, 200]);
  });

  test('a user’s change overtakes background work that came earlier', async () => {
    const { take, pass, names } = start(1, 10);
    for (const who of ['b1', 'b2', 'b3']) take(who);
    take('u1', 'user');
    take('u2', 'user');
    await pass(500);
    expect(names()).toEqual(['b1', 'u1', 'u2', 'b2', 'b3']);
  });

  test('a promoted place counts as a user’s', async () => {
    const { take, pass, names } = start(1, 10);
    take('b1');
    take('b2');
    take('b3').promote();
    await pass(500);
    expect(names()).toEqual(['b1', 'b3', 'b2']);
  });

  test('one who aborts leaves the line and takes no token; the last to leave takes the timer along', async () => {
    const { take, pass, names, clock } = start(1, 10);
    const controller = new AbortController();
    take('a');
    const place = take('b', 'background', controller.signal);
    take('c');
    controller.abort(new Error('enough'));
    await expect(place.turn).rejects.toThrow('enough');
    await pass(100);
    expect(names()).toEqual(['a', 'c']);

    const last = new AbortController();
    take('d', 'background', last.signal);
    expect(clock.pending).toHaveLength(1);
    last.abort();
    await settle();
    expect(clock.pending).toEqual([]);
  });

  test('one who has aborted before does not join', async () => {
    const { take, names } = start(1, 10);
    await expect(take('a', 'user', AbortSignal.abort(new Error('late'))).turn).rejects.toThrow('late');
    take('b');
    await settle();
    expect(names()).toEqual(['b']);
  });
});

describe('throttling', () => {
  test('halves the rate, empties the bucket and holds the class', async () => {
    const { bucket, take, pass, admitted } = start(5, 10);
    bucket.throttled();
    expect(bucket.rate).toBe(5);
    take('a');
    await pass(990);
    expect(admitted).toEqual([]);
    await pass(10);
    expect(admitted).toEqual([{ who: 'a', atMs: 1_000 }]);
  });

  test('answers to the same burst count once', () => {
    const { bucket, clock } = start(5, 10);
    for (let i = 0; i < 20; i += 1) bucket.throttled();
    expect(bucket.rate).toBe(5);
    clock.advance(1_000);
    bucket.throttled();
    expect(bucket.rate).toBeLessThan(2.7);
  });

  test('the rate has a floor, and climbs back in a straight line', () => {
    const { bucket, clock } = start(5, 10);
    for (let i = 0; i < 20; i += 1) {
      bucket.throttled();
      clock.advance(1_000);
    }
    // At the floor of 1, plus a second of recovery.
    expect(bucket.rate).toBeCloseTo(1 + 10 / 60, 5);
    clock.advance(30_000);
    expect(bucket.rate).toBeCloseTo(1 + 310 / 60, 5);
    clock.advance(60_000);
    expect(bucket.rate).toBe(10);
  });

  test('AWS may ask for a longer hold', async () => {
    const { bucket, take, pass, admitted } = start(5, 10);
    bucket.throttled(3_000);
    take('a');
    await pass(3_000);
    expect(admitted).toEqual([{ who: 'a', atMs: 3_000 }]);
  });

  test('the estimate counts the hold, those ahead and the tokens there are', async () => {
    const { bucket, take } = start(1, 10);
    expect(bucket.estimateMs('background')).toBe(0);
    take('a');
    for (const who of ['b', 'c', 'd']) take(who);
    expect(bucket.estimateMs('background')).toBeCloseTo(400);
    expect(bucket.estimateMs('user')).toBeCloseTo(100);
    bucket.throttled();
    expect(bucket.estimateMs('user')).toBe(1_000);
  });

  test('retries of the SDK are paid for', () => {
    const { bucket } = start(1, 10);
    bucket.charge(3);
    expect(bucket.estimateMs('user')).toBeCloseTo(300);
  });
});

describe('properties', () => {
  const action = fc.oneof(
    { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('user', 'background') }) },
    { weight: 3, arbitrary: fc.record({ do: fc.constant('pass'), ms: fc.integer({ min: 1, max: 3_000 }) }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('throttle') }) },
    { weight: 1, arbitrary: fc.record({ do: fc.constant('abort') }) },
  );

  /**
   * 1. In no span of time do more than burst + rate * span leave.
   * 2. Whenever a background waiter is admitted, no user is waiting.
   * 3. Inside a priority the order is that of arrival.
   * 4. Nobody waits for ever: all who stay are admitted in the end.
   */
  test('limit, users first, first come first served, nobody forgotten', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.integer({ min: 1, max: 8 }),
        fc.integer({ min: 1, max: 20 }),
        fc.array(action, { maxLength: 60 }),
        async (burst, rate, actions) => {
          const clock = new VirtualClock();
          const bucket = new TokenBucket(clock, { burst, refillPerSecond: rate }, response);
          const waiting = new Map<number, { priority: string; abort: AbortController }>();
          const admitted: { id: number; priority: string; atMs: number }[] = [];
          let serial = 0;
          const pass = async (ms: number): Promise<void> => {
            const end = clock.monotonicMs() + ms;
            while (clock.monotonicMs() < end) {
              clock.advance(Math.min(clock.pending[0] ?? ms, end - clock.monotonicMs()));
              await settle();
            }
          };
          const join = (priority: 'user' | 'background'): void => {
            const id = serial;
            serial += 1;
            const abort = new AbortController();
            waiting.set(id, { priority, abort });
            bucket.take(priority, abort.signal).turn.then(
              () => {
                waiting.delete(id);
                const overtaken = [...waiting].filter(([, other]) => other.priority === 'user');
                if (priority === 'background') expect(overtaken).toEqual([]);
                admitted.push({ id, priority, atMs: clock.monotonicMs() });
              },
              () => {},
            );
          };
          for (const step of actions) {
            if (step.do === 'user' || step.do === 'background') join(step.do);
            else if (step.do === 'throttle') bucket.throttled();
            else if (step.do === 'abort') {
              for (const [id, { abort }] of [...waiting].slice(0, 1)) {
                waiting.delete(id);
                abort.abort();
              }
            } else if ('ms' in step) await pass(step.ms);
            await settle();
          }
          await pass(60_000 + (serial / (rate * response.floor)) * 1_000);
          expect(waiting.size).toBe(0);

          for (const [first, from] of admitted.entries()) {
            for (const [last, to] of admitted.entries()) {
              const span = (to.atMs - from.atMs) / 1_000;
              if (last >= first) expect(last - first + 1).toBeLessThanOrEqual(burst + rate * span + 1e-6);
            }
          }
          for (const priority of ['user', 'background']) {
            const ids = admitted.filter((one) => one.priority === priority).map(({ id }) => id);
            expect(ids).toEqual(ids.toSorted((a, b) => a - b));
          }
        },
      ),
      { numRuns: 40 },
    );
  }, 60_000);
});
