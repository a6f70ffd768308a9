import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Priority } from '../../../src/aws/command.ts';
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

  test('while the rate climbs, tokens come at the rate of each moment', async () => {
    const { bucket, take, clock, admitted } = start(100, 10);
    bucket.throttled();
    clock.advance(12_000);
    for (let i = 0; i < 100; i += 1) take(`${i}`);
    await settle();
    // From 5 a second to 7 in twelve seconds: 6 on average.
    expect(bucket.rate).toBeCloseTo(7);
    expect(admitted).toHaveLength(72);
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

interface Admission {
  readonly id: number;
  readonly priority: Priority;
  readonly atMs: number;
}

/** Drives a bucket by random actions and notes who was let through when, and which users were overtaken by background work. */
class Drive {
  readonly clock = new VirtualClock();
  readonly bucket: TokenBucket;
  readonly waiting = new Map<number, { readonly priority: Priority; readonly abort: AbortController }>();
  readonly admitted: Admission[] = [];
  overtaken = 0;
  #serial = 0;

  constructor(burst: number, rate: number) {
    this.bucket = new TokenBucket(this.clock, { burst, refillPerSecond: rate }, response);
  }

  join(priority: Priority): void {
    const id = this.#serial;
    this.#serial += 1;
    const abort = new AbortController();
    this.waiting.set(id, { priority, abort });
    this.bucket.take(priority, abort.signal).turn.then(
      () => this.#note(id, priority),
      () => {},
    );
  }

  abortFirst(): void {
    for (const [id, { abort }] of [...this.waiting].slice(0, 1)) {
      this.waiting.delete(id);
      abort.abort();
    }
  }

  /** Moves from timer to timer, so that every admission is noted at its own time. */
  async pass(ms: number): Promise<void> {
    const end = this.clock.monotonicMs() + ms;
    while (this.clock.monotonicMs() < end) {
      this.clock.advance(Math.min(this.clock.pending[0] ?? ms, end - this.clock.monotonicMs()));
      await settle();
    }
  }

  async run(actions: readonly Action[]): Promise<void> {
    for (const action of actions) {
      if ('ms' in action) await this.pass(action.ms);
      else if (action.do === 'throttle') this.bucket.throttled();
      else if (action.do === 'abort') this.abortFirst();
      else this.join(action.do);
      await settle();
    }
  }

  #note(id: number, priority: Priority): void {
    this.waiting.delete(id);
    const users = [...this.waiting.values()].filter((other) => other.priority === 'user');
    if (priority === 'background') this.overtaken += users.length;
    this.admitted.push({ id, priority, atMs: this.clock.monotonicMs() });
  }
}

type Action =
  | { readonly do: 'user' | 'background' | 'throttle' | 'abort' }
  | { readonly do: 'pass'; readonly ms: number };

const someAction: fc.Arbitrary<Action> = fc.oneof(
  { weight: 6, arbitrary: fc.record({ do: fc.constantFrom('user' as const, 'background' as const) }) },
  {
    weight: 3,
    arbitrary: fc.record({ do: fc.constant('pass' as const), ms: fc.integer({ min: 1, max: 3_000 }) }),
  },
  { weight: 1, arbitrary: fc.record({ do: fc.constantFrom('throttle' as const, 'abort' as const) }) },
);

/** The most that left in any span of time, above what burst and rate allow in it. */
function excess(admitted: readonly Admission[], burst: number, rate: number): number {
  const spans = admitted.flatMap((from, first) =>
    admitted.slice(first).map((to, more) => more + 1 - burst - (rate * (to.atMs - from.atMs)) / 1_000),
  );
  return Math.max(0, ...spans);
}

/**
 * 1. In no span of time do more than burst + rate * span leave.
 * 2. Whenever background work is let through, no user is waiting.
 * 3. Inside a priority the order is that of arrival.
 * 4. Nobody waits for ever: all who stay are let through in the end.
 */
test('whatever happens: the limit holds, users go first, the order is kept, nobody is forgotten', async () => {
  const burst = fc.integer({ min: 1, max: 8 });
  const rate = fc.integer({ min: 1, max: 20 });
  const actions = fc.array(someAction, { maxLength: 60 });
  const property = fc.asyncProperty(burst, rate, actions, async (size, perSecond, steps) => {
    const drive = new Drive(size, perSecond);
    await drive.run(steps);
    await drive.pass(5_000 + (steps.length / (perSecond * response.floor)) * 1_000);

    expect(excess(drive.admitted, size, perSecond)).toBeLessThan(1e-6);
    expect(drive.overtaken).toBe(0);
    for (const priority of ['user', 'background']) {
      const ids = drive.admitted.filter((one) => one.priority === priority).map(({ id }) => id);
      expect(ids).toEqual(ids.toSorted((a, b) => a - b));
    }
    expect(drive.waiting.size).toBe(0);
  });
  await fc.assert(property, { numRuns: 60 });
}, 30_000);

describe('a bucket that becomes smaller or larger', () => {
  test('keeps what is in it as far as there is room, and is refilled at its new rate', async () => {
    const { bucket, take, pass, admitted } = start(10, 10);
    bucket.resize({ burst: 2, refillPerSecond: 2 });
    for (const who of ['a', 'b', 'c', 'd']) take(who);
    await settle();
    await pass(1_000);
    expect(admitted.map(({ atMs }) => atMs)).toEqual([0, 0, 500, 1_000]);
    bucket.resize({ burst: 10, refillPerSecond: 10 });
    for (const who of ['e', 'f']) take(who);
    await pass(200);
    expect(admitted.slice(4).map(({ atMs }) => atMs)).toEqual([1_100, 1_200]);
  });

  test('serves at the new rate who waits already', async () => {
    const { bucket, take, pass, admitted } = start(1, 1);
    for (const who of ['a', 'b']) take(who);
    await pass(100);
    bucket.resize({ burst: 10, refillPerSecond: 10 });
    await pass(200);
    expect(admitted.map(({ who }) => who)).toEqual(['a', 'b']);
  });

  test('stays as slow as throttling has made it, in proportion', () => {
    const { bucket } = start(10, 10);
    bucket.throttled();
    expect(bucket.rate).toBe(5);
    bucket.resize({ burst: 2, refillPerSecond: 2 });
    expect(bucket.rate).toBe(1);
  });
});
