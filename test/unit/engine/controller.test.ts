import { describe, expect, test } from 'vitest';
import { OperatorError } from '../../../src/errors.ts';
import type { ObjectKey } from '../../../src/kube/types.ts';
import { Harness, notFound, promises } from './harness.ts';
import { widget } from './widget.ts';

const failure = (): OperatorError => new OperatorError('failed', 'Why', 'Because.');

/** `team/a user settled` for each pass so far; forgets them. */
function passes(world: Harness): string[] {
  return world.passes.splice(0).map(({ key, priority, result }) => `${key} ${priority} ${result.kind}`);
}

/** Lets time pass, stopping at each timer for what it sets off. */
async function advance({ clock }: Harness, ms: number): Promise<void> {
  const end = clock.monotonicMs() + ms;
  while (clock.monotonicMs() < end) {
    clock.advance(Math.min(clock.pending[0] ?? ms, end - clock.monotonicMs()));
    await promises();
  }
}

/** A world in which a controller has brought these widgets to rest. */
async function atRest(...names: readonly string[]) {
  const world = new Harness();
  const controller = world.controller();
  controller.start();
  for (const name of names) world.put(name, { size: 1 });
  await promises();
  passes(world);
  world.journal.length = 0;
  return { world, controller };
}

describe('what causes a pass', () => {
  test('nothing before start, and then everything', async () => {
    const world = new Harness();
    world.put('a', { size: 1 });
    const controller = world.controller();
    await promises();
    expect([passes(world), controller.queued]).toEqual([[], 1]);
    controller.start();
    await promises();
    expect(passes(world)).toEqual(['team/a user settled']);
  });

  test('our own finalizer and status writes cause none', async () => {
    const world = new Harness();
    world.controller().start();
    world.put('a', { size: 1 });
    await promises();
    expect(passes(world)).toEqual(['team/a user settled']);
    expect(world.journal).toEqual(['finalizer added', 'CreateWidget a', 'status Ready=True Live']);
  });

  test.each<[string, number, (world: Harness) => void]>([
    ['a new spec', 1, (world) => world.put('a', { size: 2 })],
    ['an annotation', 1, (world) => world.touch('team/a', { annotations: { now: '1' } })],
    ['a deletion', 1, (world) => world.delete('team/a')],
    ['the loss of the finalizer', 1, (world) => world.touch('team/a', { finalizers: [] })],
    ['a label', 0, (world) => world.touch('team/a', { labels: { a: 'b' } })],
    ['the finalizer of somebody else', 0, (world) => addFinalizer(world)],
  ])('%s: %i', async (_what, expected, change) => {
    const { world } = await atRest('a');
    change(world);
    await promises();
    expect(passes(world).slice(0, 1)).toHaveLength(expected);
  });

  test('at start, what is up to date waits behind what a user changed meanwhile', async () => {
    const { world } = await atRest('a', 'b');
    world.put('b', { size: 2 });
    await promises();
    passes(world);
    const again = new Harness({ concurrency: 1 });
    for (const name of ['a', 'b']) {
      const known = world.get(`team/${name}`);
      if (known !== undefined) again.put(name, known.spec, known.metadata);
    }
    again.put('c', { size: 1 });
    const controller = again.controller();
    controller.start();
    await promises();
    expect(passes(again)).toHaveLength(3);
  });
});

describe('workers', () => {
  test('are never more than allowed, and the rest waits its turn', async () => {
    const world = new Harness({ concurrency: 3 });
    const controller = world.controller();
    controller.start();
    world.cloud.pause();
    for (let index = 0; index < 10; index += 1) world.put(`w${index}`, { size: 1 });
    await promises();
    expect([world.cloud.reading, controller.working, controller.queued]).toEqual([3, 3, 7]);
    world.cloud.resume();
    await promises();
    expect([world.cloud.mostReading, passes(world).length]).toEqual([3, 10]);
  });

  test('are never two on a key; what changes meanwhile is a pass afterwards', async () => {
    const { world, controller } = await atRest('a');
    world.cloud.pause();
    world.put('a', { size: 2 });
    await promises();
    world.put('a', { size: 3 });
    world.put('a', { size: 4 });
    await promises();
    expect(controller.working).toBe(1);
    world.cloud.resume();
    await promises();
    expect(passes(world).length).toBeGreaterThanOrEqual(2);
    expect(world.cloud.mostReading).toBe(1);
    expect(world.cloud.live.get('a')?.size).toBe(4);
  });
});

describe('after a pass', () => {
  test('that settled, the next is a resync in the background within the period', async () => {
    const { world } = await atRest('a');
    await advance(world, 149_000);
    expect(passes(world)).toEqual([]);
    await advance(world, 301_000);
    expect(passes(world)).toContain('team/a background settled');
    expect(world.journal).toEqual([]);
  });

  test('that failed, the next come by backoff, and a clean one forgets it', async () => {
    const { world } = await atRest();
    world.clock.randomValue = 0.999_999;
    for (let index = 0; index < 3; index += 1) world.cloud.readErrors.push(failure());
    world.put('a', { size: 1 });
    await promises();
    expect(world.deps.backoff.failures('team/a')).toBe(1);
    await advance(world, 749);
    expect(passes(world)).toHaveLength(1);
    await advance(world, 2);
    expect(world.deps.backoff.failures('team/a')).toBe(2);
    await advance(world, 1_500);
    expect(world.deps.backoff.failures('team/a')).toBe(3);
    await advance(world, 3_000);
    expect(passes(world)).toEqual(['team/a user failed', 'team/a user failed', 'team/a user settled']);
    expect(world.deps.backoff.size).toBe(0);
  });

  test('that was throttled, the next comes when told, and no failure is counted', async () => {
    const { world } = await atRest();
    world.clock.randomValue = 0.999_999;
    const throttled = new OperatorError('throttled', 'Throttled', 'Wait.', { retryAfterMs: 4_000 });
    world.cloud.readErrors.push(failure(), throttled);
    world.put('a', { size: 1 });
    await promises();
    await advance(world, 750);
    expect(passes(world)).toEqual(['team/a user failed', 'team/a user throttled']);
    expect(world.deps.backoff.failures('team/a')).toBe(1);
    await advance(world, 3_999);
    expect(passes(world)).toEqual([]);
    await advance(world, 1);
    expect(passes(world)).toEqual(['team/a user settled']);
  });

  test('over something AWS works on, polls come soon and then ever later', async () => {
    const { world } = await atRest();
    world.cloud.newWidgets = 'WORKING';
    world.put('a', { size: 1 });
    await promises();
    await advance(world, 2_000);
    const soon = passes(world).length;
    await advance(world, 60_000);
    passes(world);
    await advance(world, 60_000);
    const late = passes(world).length;
    expect(soon).toBeGreaterThanOrEqual(4);
    expect([3, 4]).toContain(late);
    world.cloud.live.set('a', { owner: 'uid-a', size: 1, state: 'ACTIVE' });
    await advance(world, 20_000);
    expect(passes(world).at(-1)).toBe('team/a user settled');
  });

  test('that stalled, the next comes within ten minutes, or at once with a new spec', async () => {
    const { world } = await atRest();
    world.cloud.live.set('a', { owner: 'somebody', size: 1, state: 'ACTIVE' });
    world.put('a', { size: 1 });
    await promises();
    await advance(world, 599_000);
    expect(passes(world)).toEqual(['team/a user terminal']);
    world.put('a', { size: 2 });
    await promises();
    expect(passes(world)).toEqual(['team/a user terminal']);
  });

  test('that took too long it is aborted and tried again', async () => {
    const world = new Harness({ passDeadlineMs: 30_000 });
    world.controller().start();
    world.cloud.pause();
    world.put('a', { size: 1 });
    await promises();
    await advance(world, 30_000);
    expect(passes(world)).toEqual(['team/a user failed']);
    world.cloud.resume();
    await advance(world, 1_000);
    expect(passes(world)).toEqual(['team/a user settled']);
  });

  test('that found nothing to write to, the object is looked at again at a resync, as long as the store has it', async () => {
    const { world, controller } = await atRest('a');
    world.put('a', { size: 2 });
    world.writeErrors.push(notFound());
    world.getErrors.push(notFound());
    await promises();
    expect(passes(world)).toEqual(['team/a user gone']);
    await advance(world, 601_000);
    expect(passes(world)).toContain('team/a background settled');
    world.vanish('team/a');
    await promises();
    expect([passes(world), controller.queued]).toEqual([['team/a user gone'], 0]);
  });

  test('that ran into a bug, the process and the key go on', async () => {
    const { world } = await atRest();
    const { get } = world.deps;
    let broken = true;
    Object.assign(world.deps, {
      get: (key: ObjectKey) => {
        if (!broken) return get(key);
        broken = false;
        throw new TypeError('x is not a function');
      },
    });
    world.put('a', { size: 1 });
    await promises();
    expect(passes(world)).toEqual(['team/a user failed']);
    await advance(world, 1_000);
    expect(passes(world)).toEqual(['team/a user settled']);
  });
});

describe('the store lags behind', () => {
  test('nothing is done until it has caught up (row 22)', async () => {
    const { world } = await atRest();
    world.lag();
    world.put('a', { size: 1 });
    world.catchUp();
    world.lag();
    await promises();
    world.journal.length = 0;
    const key: ObjectKey = 'team/a';
    world.touch(key, { annotations: { again: '1' } });
    await advance(world, 1_000);
    expect(world.journal).toEqual([]);
    world.catchUp();
    await advance(world, 1_000);
    expect(world.journal).toEqual([]);
    expect(world.get(key)?.status?.size).toBe(1);
  });

  /** Widgets of which the store has not shown what was written last. */
  function unshown(count: number) {
    const world = new Harness();
    const never = '1000000';
    for (let index = 0; index < count; index += 1) world.deps.barrier.wrote(world.put(`w${index}`, { size: 1 }), never);
    return { world, controller: world.controller() };
  }

  test('looks whether it has caught up soon and then ever later, up to once a second', async () => {
    const { world, controller } = unshown(1);
    controller.start();
    await promises();
    await advance(world, 4_600);
    const starts = world.passes.map(({ identity }) => identity.startedAtMs);
    const gaps = starts.slice(1).map((at, index) => at - (starts[index] ?? 0));
    expect(gaps).toEqual([25, 50, 100, 200, 400, 800, 1_000, 1_000, 1_000]);
  });

  test('goes on at once when it shows what was written, and the next time begins with soon again', async () => {
    const { world, controller } = await atRest('a');
    for (const size of [2, 3]) {
      world.lag();
      world.put('a', { size });
      // The change is shown; what is written because of it is not.
      world.catchUp();
      world.lag();
      await promises();
      expect(passes(world)).toEqual(['team/a user settled']);
      controller.enqueue('team/a', 'user');
      await promises();
      expect([passes(world), world.clock.pending[0]]).toEqual([['team/a user stale'], 25]);
      await advance(world, 1_000);
      expect(passes(world).length).toBeGreaterThan(4);
      world.catchUp();
      await promises();
      expect(passes(world)).toEqual(['team/a user settled']);
    }
  });

  test('leaves the event loop to the watch, however many keys wait for it: what would end their wait has to be read', async () => {
    const { world, controller } = unshown(3_000);
    controller.start();
    let most = 0;
    for (let before = 0; world.passes.length < 3_000; before = world.passes.length) {
      await promises();
      most = Math.max(most, world.passes.length - before);
    }
    expect(most).toBeLessThanOrEqual(100);
  });
});

describe('stopping', () => {
  test('lets the passes at work finish and takes no other', async () => {
    const world = new Harness({ concurrency: 1 });
    const controller = world.controller();
    controller.start();
    world.cloud.pause();
    world.put('a', { size: 1 });
    world.put('b', { size: 1 });
    await promises();
    const stopped = controller.stop();
    world.cloud.resume();
    await stopped;
    world.put('c', { size: 1 });
    await advance(world, 600_000);
    expect(passes(world)).toEqual(['team/a user settled']);
    expect([controller.working, world.clock.pending]).toEqual([0, []]);
  });

  test('aborts those that take longer than they may', async () => {
    const world = new Harness({ drainMs: 10_000 });
    const controller = world.controller();
    controller.start();
    world.cloud.pause();
    world.put('a', { size: 1 });
    await promises();
    let over = false;
    const stopped = controller.stop().then(() => {
      over = true;
    });
    await advance(world, 9_999);
    expect(over).toBe(false);
    await advance(world, 1);
    await stopped;
    expect(passes(world)).toEqual(['team/a user failed']);
    expect(world.clock.pending).toEqual([]);
  });

  /** Answers when it is aborted, as a call to an API server that hangs does. */
  const hangs = (_object: unknown, _written: unknown, signal: AbortSignal): Promise<never> =>
    new Promise((_resolve, reject) => signal.addEventListener('abort', () => reject(signal.reason), { once: true }));

  test.each<[string, (world: Harness) => void]>([
    ['is asking AWS', ({ cloud }) => cloud.pause()],
    ['is writing the finalizer', ({ deps }) => Object.assign(deps.writer, { patchFinalizers: hangs })],
    ['is writing the status', ({ deps }) => Object.assign(deps.writer, { applyStatus: hangs })],
  ])('tells nobody of a pass that it aborts while that %s: nothing is wrong with the object', async (_, hold) => {
    for (const end of ['stop', 'abandon'] as const) {
      const world = new Harness({ drainMs: 10_000 });
      const controller = world.controller();
      controller.start();
      hold(world);
      world.put('a', { size: 1 });
      await promises();
      const before = [...world.events];
      if (end === 'stop') void controller.stop();
      else controller.abandon(new Error('the Lease was lost'));
      await advance(world, 10_000);
      expect(world.passes.map(({ result }) => result)).toMatchObject([{ kind: 'failed', reason: 'Aborted' }]);
      expect([world.events, world.journal.filter((entry) => entry.startsWith('status'))]).toEqual([before, []]);
    }
  });

  test('does not wait for ever for one that does not heed the abort, and names it', async () => {
    const world = new Harness({ drainMs: 10_000, abortMs: 5_000 }, { ...widget, observe: () => new Promise(() => {}) });
    const controller = world.controller();
    controller.start();
    world.put('a', { size: 1 });
    await promises();
    const stopped = expect(controller.stop()).rejects.toThrow('passes over Widget team/a do not end');
    await advance(world, 15_000);
    await stopped;
  });
});

test('start empty, stop empty: nothing is left of objects that are gone', async () => {
  const names = Array.from({ length: 20 }, (_, index) => `w${index}`);
  const { world, controller } = await atRest(...names);
  for (const name of names) world.delete(`team/${name}`);
  await promises();
  await promises();
  const { memory, barrier, backoff } = world.deps;
  expect([memory.size, barrier.size, backoff.size, controller.queued, world.cloud.live.size]).toEqual([0, 0, 0, 0, 0]);
});

function addFinalizer(world: Harness): void {
  const finalizers = world.get('team/a')?.metadata.finalizers ?? [];
  world.touch('team/a', { finalizers: [...finalizers, 'other/one'] });
}
