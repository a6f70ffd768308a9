import { beforeEach, describe, expect, test } from 'vitest';
import type { Kind, Step } from '../../../src/engine/kind.ts';
import { Harness, shown } from './harness.ts';
import { type LiveWidget, type WidgetReads, type WidgetSpec, type WidgetStatus, widget } from './widget.ts';

/**
 * Widgets that may be parts of one another in a circle: each needs the other later, is made a part of it by its label, and lets go of
 * that when it is being deleted.
 */
const circular: Kind<WidgetSpec, WidgetStatus, LiveWidget, WidgetReads> = {
  ...widget,
  conditionTypes: ['Loose'],

  references: (spec) => widget.references(spec).map((reference) => ({ ...reference, need: 'later' as const })),

  holds: ({ metadata, status }) => metadata.deletionTimestamp === undefined || status?.size !== 0,

  plan(desired, live) {
    const steps = widget.plan(desired, live);
    const [missing] = desired.unresolved.values();
    const wait: readonly Step[] = missing === undefined ? [] : [{ kind: 'wait', ...missing }];
    return [...steps, ...wait];
  },

  release(desired, live, users) {
    if (live.size === 0 || users.some(({ key }) => key.includes('stubborn'))) return [];
    return widget.plan({ ...desired, spec: { ...desired.spec, size: 0 } }, live);
  },

  conclude(desired, live) {
    const loose = desired.unresolved.size > 0 || live.size === 0;
    const conditions = loose ? [{ type: 'Loose', reason: 'NoPart', message: 'It is part of nothing.' }] : [];
    return { ...widget.conclude(desired, live), conditions };
  },
};

let world: Harness;

beforeEach(() => {
  world = new Harness({}, circular);
});

const conditions = (name: string): string => shown(world.get(`team/${name}`)?.status?.conditions);
const a = 'team/a';
const b = 'team/b';

/** a and b, each a part of the other, settled. */
async function circle(): Promise<void> {
  world.put('a', { size: 1, partOf: { name: 'b' } });
  world.put('b', { size: 1, partOf: { name: 'a' } });
  for (const key of [a, b, a] as const) await world.run(key);
  world.journal.length = 0;
  world.events.length = 0;
}

describe('objects that refer to one another in a circle', () => {
  test('get started: each does what it can without the other, and waits with the rest', async () => {
    world.put('a', { size: 1, partOf: { name: 'b' } });
    expect(await world.pass(a)).toEqual({
      outcome: 'progressing ReferenceNotFound',
      journal: [
        'finalizer added',
        'CreateWidget a',
        'status Ready=False ReferenceNotFound, Reconciling=True ReferenceNotFound, Loose=True NoPart',
      ],
    });
    world.put('b', { size: 1, partOf: { name: 'a' } });
    expect((await world.pass(b)).outcome).toBe('settled');
    expect((await world.pass(a)).outcome).toBe('settled');
    expect(conditions('a')).toBe('Ready=True Live');
  });

  test('are deleted: one lets go while it still is used, and then the other can go', async () => {
    await circle();
    world.delete(a);
    world.delete(b);
    expect(await world.pass(a)).toMatchObject({
      outcome: 'progressing InUse',
      journal: ['UpdateWidget a', 'status Ready=False InUse, Reconciling=True InUse, Loose=True NoPart'],
    });
    expect(world.events).toEqual(['Normal Releasing: size 1 -> 0']);
    expect(await world.pass(b)).toEqual({ outcome: 'gone', journal: ['DeleteWidget b', 'finalizer removed'] });
    expect(await world.pass(a)).toEqual({ outcome: 'gone', journal: ['DeleteWidget a', 'finalizer removed'] });
  });

  test('wait for the users that a kind does not let go for', async () => {
    await circle();
    world.put('stubborn', { size: 1, partOf: { name: 'a' } });
    world.delete(a);
    expect(await world.pass(a)).toEqual({
      outcome: 'blocked InUse',
      journal: ['status Ready=False InUse, Reconciling=True InUse'],
    });
  });

  test('do not let go twice of what AWS still shows', async () => {
    await circle();
    world.delete(a);
    world.cloud.goStale();
    expect((await world.pass(a)).journal).toContain('UpdateWidget a');
    expect(await world.pass(a)).toEqual({ outcome: 'progressing InUse', journal: [] });
  });

  test('that AWS does not have wait for their users all the same', async () => {
    await circle();
    world.cloud.live.delete('a');
    world.delete(a);
    expect((await world.pass(a)).outcome).toBe('blocked InUse');
  });

  test('forget what they held in something that AWS does not have any more, once it cannot be that it is only not shown', async () => {
    await circle();
    world.cloud.live.delete('a');
    world.delete(a);
    await world.pass(a);
    expect(world.get(a)?.status).toMatchObject({ size: 1 });
    world.clock.advance(60_000);
    await world.pass(a);
    expect(world.get(a)?.status).not.toHaveProperty('size');
  });

  test('say beside their users what AWS has to do before they can let go', async () => {
    await circle();
    world.cloud.live.set('a', { owner: 'uid-a', size: 1, state: 'BUSY' });
    world.delete(a);
    expect((await world.pass(a)).outcome).toBe('progressing InUse');
    expect(world.get(a)?.status?.conditions?.[0]?.message).toBe(
      'Waiting to be deleted until it is no longer used by Widget team/b. It is busy.',
    );
  });
});

describe("a condition of the kind's own", () => {
  test('stays while a pass learns nothing new, and goes when it is not true any more', async () => {
    world.put('a', { size: 1, partOf: { name: 'b' } });
    await world.run(a);
    world.cloud.readErrors.push(new Error('no answer'));
    await world.run(a);
    expect(conditions('a')).toContain('Loose=True NoPart');
    world.put('b', { size: 1 });
    await world.run(b);
    await world.run(a);
    expect(conditions('a')).toBe('Ready=True Live');
  });

  test('that is the same is not written again', async () => {
    world.put('a', { size: 1, partOf: { name: 'b' } });
    await world.run(a);
    expect((await world.pass(a)).journal).toEqual([]);
  });
});
