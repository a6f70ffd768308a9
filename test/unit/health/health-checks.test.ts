import { describe, expect, test } from 'vitest';
import { type Check, liveness, readiness, verdict } from '../../../src/health/checks.ts';

const SECOND = 1_000;
const now = 1_000 * SECOND;

function watched(watch: Partial<Parameters<typeof readiness>[0]['watches'][number]['watch']> = {}) {
  const well = { state: 'watching', seenResourceVersion: '7', lastEventAtMs: now } as const;
  return { kind: 'ECSService', watch: { ...well, ...watch } };
}

function problems(checks: readonly Check[]): readonly string[] {
  return checks.flatMap(({ name, problem }) => (problem === undefined ? [] : [`${name}: ${problem}`]));
}

describe('readiness', () => {
  const well = { stopping: false, watches: [watched()], apiServerAnsweredMs: now, nowMs: now };
  const at = (agoMs: number): number => now - agoMs;

  test.each([
    ['all is well', {}, []],
    ['the process stops', { stopping: true }, ['running: the process stops']],
    ['the API server has never answered', { apiServerAnsweredMs: undefined }, ['api-server: no answer yet']],
    ['the API server restarts', { apiServerAnsweredMs: at(15 * SECOND) }, []],
    ['the API server is lost', { apiServerAnsweredMs: at(16 * SECOND) }, ['api-server: no answer for 16 s']],
    [
      'a kind has not been listed',
      { watches: [watched({ seenResourceVersion: undefined, lastEventAtMs: undefined })] },
      ['lists: not listed yet: ECSService'],
    ],
    ['a quiet watch had its bookmark', { watches: [watched({ lastEventAtMs: at(100 * SECOND) })] }, []],
    ['a silent watch is being listed', { watches: [watched({ lastEventAtMs: at(231 * SECOND) })] }, []],
    [
      'a watch is not let in any more',
      { watches: [watched({ state: 'waiting', lastEventAtMs: at(241 * SECOND) })] },
      ['watches: nothing heard for 240 s: ECSService'],
    ],
  ])('%s', (_, facts, expected) => {
    expect(problems(readiness({ ...well, ...facts }))).toEqual(expected);
  });
});

describe('liveness', () => {
  const queue = (longestRunningMs: number) => ({ kind: 'ECSService', queue: { longestRunningMs } });
  const well = { stopping: false, watches: [watched()], queues: [queue(0)], passDeadlineMs: 60 * SECOND };

  test.each([
    ['all is well', {}, []],
    ['the API server is lost', { watches: [watched({ state: 'waiting', lastEventAtMs: 0 })] }, []],
    ['the first lists are under way', { watches: [watched({ seenResourceVersion: undefined })] }, []],
    ['a pass uses all the time that it may take', { queues: [queue(180 * SECOND)] }, []],
    [
      'a pass does not end',
      { queues: [queue(181 * SECOND)] },
      ['workers: a reconcile does not end, 180 s after it began: ECSService'],
    ],
    [
      'a watch has ended',
      { watches: [watched({ state: 'stopped' })] },
      ['watch-loops: the watch has ended for good: ECSService'],
    ],
    ['watches end because the process does', { stopping: true, watches: [watched({ state: 'stopped' })] }, []],
  ])('%s', (_, facts, expected) => {
    expect(problems(liveness({ ...well, ...facts }))).toEqual(expected);
  });
});

describe('the answer', () => {
  test('has a line for each check, as the API server writes them', () => {
    const checks = [
      { name: 'lists', problem: undefined },
      { name: 'watches', problem: 'nothing heard' },
    ];
    expect(verdict('readyz', checks)).toEqual({
      ok: false,
      text: '[+]lists ok\n[-]watches failed: nothing heard\nreadyz check failed\n',
    });
    expect(verdict('healthz', checks.slice(0, 1))).toEqual({ ok: true, text: '[+]lists ok\nhealthz check passed\n' });
  });
});
