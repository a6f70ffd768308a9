import { beforeEach, expect, test } from 'vitest';
import type { Kind } from '../../../src/engine/kind.ts';
import { Harness } from './harness.ts';
import { type LiveWidget, type WidgetReads, type WidgetSpec, type WidgetStatus, widget } from './widget.ts';

let world: Harness;
let dueAt: number;

/** Widgets that are to have size 7 when their time has come. */
const growing: Kind<WidgetSpec, WidgetStatus, LiveWidget, WidgetReads> = {
  ...widget,
  plan(desired, live) {
    const size = desired.now >= dueAt ? 7 : desired.spec.size;
    const steps = widget.plan({ ...desired, spec: { ...desired.spec, size } }, live);
    return steps.map((step) =>
      step.kind === 'call' && step.operation === 'UpdateWidget' ? { ...step, scheduled: true } : step,
    );
  },
};

beforeEach(() => {
  world = new Harness({}, growing);
  dueAt = world.clock.wallMs() + 60_000;
});

test('what is due by the spec itself is carried out with Report too, and is no drift', async () => {
  const key = world.put('a', { size: 1, driftPolicy: 'Report' });
  expect((await world.pass(key)).outcome).toBe('settled');
  world.clock.advance(60_000);
  expect(await world.pass(key)).toMatchObject({
    outcome: 'settled',
    journal: ['UpdateWidget a', 'status Ready=True Live'],
  });
  expect(world.events).toContain('Normal Updated: size 1 -> 7');
});

test('drift beside it is told first', async () => {
  const key = world.put('a', { size: 1, label: 'x', driftPolicy: 'Report' });
  await world.pass(key);
  expect((await world.pass(key)).outcome).toBe('settled');
  world.clock.advance(60_000);
  world.cloud.live.set('a', { owner: 'uid-a', size: 1, label: 'y', state: 'ACTIVE' });
  expect(await world.pass(key)).toMatchObject({ outcome: 'terminal Drifted' });
  expect(world.cloud.live.get('a')).toMatchObject({ size: 1, label: 'y' });
});
