import { expect, test } from 'vitest';
import { WriteBarrier } from '../../../src/engine/barrier.ts';

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
