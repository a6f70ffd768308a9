import { afterEach, beforeEach, expect, test } from 'vitest';
import { FINALIZER } from '../../../src/engine/finalizer.ts';
import { until } from '../../support/until.ts';
import { type ManagerWorld, managerWorld } from './manager-world.ts';
import type { WidgetSpec } from './widget.ts';

let world: ManagerWorld;
let server: ManagerWorld['server'];
let manager: ManagerWorld['manager'];
let passes: ManagerWorld['passes'];

beforeEach(async () => {
  world = await managerWorld();
  ({ server, manager, passes } = world);
});

afterEach(() => world.stop());

const spec = (change: Partial<WidgetSpec> = {}): WidgetSpec => ({ size: 1, ...change });
const part = spec({ partOf: { name: 'whole' } });

/** Passes over this widget so far. */
const count = (name: string): number => passes.filter(({ key }) => key === `default/${name}`).length;

async function started(): Promise<void> {
  await manager.start();
  await until('the first passes', () => count('whole') === 1 && count('part') === 1);
}

test('everything that is there at start is looked at once', async () => {
  server.put('whole', spec());
  server.put('part', part);
  await started();
  expect(passes).toHaveLength(2);
});

test('an object that is being deleted at start is not let go on the first word of AWS that there is nothing', async () => {
  const metadata = { finalizers: [FINALIZER], deletionTimestamp: '2026-01-01T00:00:00Z' };
  server.put('whole', spec(), { metadata });
  await manager.start();
  await until('the first pass', () => count('whole') === 1);
  const written = (): readonly string[] =>
    server.requests.filter(({ method }) => method === 'PATCH').map(({ path }) => path.split('/').at(-1) ?? '');
  expect(written()).toEqual(['status']);
  // What the process before made is shown by now.
  world.cloud.live.set('whole', { owner: 'uid-1', size: 1, state: 'ACTIVE' });
  manager.controller('Widget')?.enqueue('default/whole', 'user');
  await until('its deletion', () => world.cloud.live.size === 0);
  await until('the end of the finalizer', () => written().at(-1) === 'whole');
});

test('what an object refers to wakes it by coming, by going and by opening to other namespaces, and by nothing else', async () => {
  server.put('whole', spec({ allowedNamespaces: ['a'] }));
  server.put('part', part);
  await started();
  server.put('whole', spec({ allowedNamespaces: ['a'], size: 2 }));
  await until('its own pass', () => count('whole') === 2);
  expect(count('part')).toBe(1);
  server.put('whole', spec({ allowedNamespaces: ['a', 'b'], size: 2 }));
  await until('a pass for new permissions', () => count('part') === 2);
  server.delete('whole');
  await until('a pass for the deletion', () => count('part') === 3);
  server.put('whole', spec());
  await until('a pass for the return', () => count('part') === 4);
});

test('what an object refers to wakes it when what it builds on changes, and, if it is new, by becoming Ready', async () => {
  server.put('whole', spec());
  server.put('part', part);
  await started();
  const ready = (status: string, more: object = {}) => {
    const at = { observedGeneration: 1, reason: 'Why', message: '', lastTransitionTime: '2026-01-01T00:00:00Z' };
    server.put('whole', spec(), {
      status: { arn: 'arn:whole', conditions: [{ type: 'Ready', status, ...at }], ...more },
    });
  };
  ready('False');
  await until('a pass because it can be referred to', () => count('part') === 2);
  ready('True');
  await until('a pass because it is Ready', () => count('part') === 3);
  server.put('part', part, { status: { settledHash: 'h' } });
  ready('False');
  ready('True');
  ready('True', { arn: 'arn:another' });
  await until('a pass because it is another', () => count('part') === 4);
});
