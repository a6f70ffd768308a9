import { pino } from 'pino';
import { expect, test } from 'vitest';
import { WriteBarrier } from '../../../src/engine/barrier.ts';
import { Store } from '../../../src/kube/store.ts';

function barrierOver(seen: { version: number }): WriteBarrier {
  return new WriteBarrier({ hasSeen: (_key, version) => Number(version) <= seen.version });
}

test('a key that nothing was written to is current', () => {
  expect(barrierOver({ version: 0 }).isCurrent('team/web')).toBe(true);
});

test('a key is not current until the store has seen the last write to it', () => {
  const seen = { version: 5 };
  const barrier = barrierOver(seen);
  barrier.wrote('team/web', '6');
  barrier.wrote('team/web', '7');
  seen.version = 6;
  expect(barrier.isCurrent('team/web')).toBe(false);
  expect(barrier.isCurrent('team/other')).toBe(true);
  seen.version = 7;
  expect(barrier.isCurrent('team/web')).toBe(true);
  expect(barrier.size).toBe(0);
});

test('a forgotten key is current', () => {
  const barrier = barrierOver({ version: 0 });
  barrier.wrote('team/web', '6');
  barrier.forget('team/web');
  expect(barrier.isCurrent('team/web')).toBe(true);
});

test('what was written before etcd was restored is not waited for once a list has shown what is left', () => {
  const store = new Store({ log: pino({ level: 'silent' }) });
  store.replace([], '1190');
  const barrier = new WriteBarrier(store);
  barrier.wrote('team/web', '1200');
  expect(barrier.isCurrent('team/web')).toBe(false);
  store.replace([], '1000');
  expect(barrier.isCurrent('team/web')).toBe(true);
  expect(barrier.size).toBe(0);
});

test('what is written after etcd was restored is waited for as ever', () => {
  const store = new Store({ log: pino({ level: 'silent' }) });
  store.replace([], '1190');
  const barrier = new WriteBarrier(store);
  barrier.wrote('team/web', '1200');
  store.replace([], '1000');
  barrier.wrote('team/web', '1001');
  store.replace([], '1000');
  expect(barrier.isCurrent('team/web')).toBe(false);
  store.advance('1001');
  expect(barrier.isCurrent('team/web')).toBe(true);
});
