import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { conditionsFor } from '../../../src/engine/conditions.ts';
import type { Outcome } from '../../../src/engine/outcome.ts';
import type { Condition } from '../../../src/kube/types.ts';
import { condition, deleted } from '../../support/builders.ts';
import { type KStatus, kstatusOf, violations } from '../../support/conformance.ts';

const EARLIER = '2026-01-01T00:00:00Z';
const NOW = '2026-01-01T01:00:00Z';

const why = { reason: 'Why', message: 'Because.' };
const outcomes = {
  settled: { kind: 'settled' },
  progressing: { kind: 'progressing', ...why },
  blocked: { kind: 'blocked', ...why },
  terminal: { kind: 'terminal', ...why },
  throttled: { kind: 'throttled', ...why, retryAfterMs: 1 },
  failed: { kind: 'failed', ...why },
} as const satisfies Record<Outcome['kind'], Outcome>;

/** What may have been told about this generation before. */
const previous = {
  nothing: [],
  ready: [condition('Ready', 'True', 'Live')],
  reconciling: [condition('Ready', 'False', 'Rollout'), condition('Reconciling', 'True', 'Rollout')],
  stalled: [condition('Ready', 'False', 'NotOwned'), condition('Stalled', 'True', 'NotOwned')],
} as const satisfies Record<string, readonly Condition[]>;

type Before = keyof typeof previous;

function conditionsAfter(
  before: readonly Condition[],
  outcome: Outcome,
  more: { generation?: number; failures?: number } = {},
) {
  const { generation = 1, failures = outcome.kind === 'failed' ? 1 : 0 } = more;
  return conditionsFor({ previous: before, outcome, own: [], generation, failures, now: NOW });
}

function shown(conditions: readonly Condition[]): string[] {
  return conditions.map(({ type, status, reason }) => `${type}=${status} ${reason}`);
}

const live = ['Ready=True Live'];
const reconciling = ['Ready=False Why', 'Reconciling=True Why'];
const stalled = ['Ready=False Why', 'Stalled=True Why'];
const unchanged = (before: Before): string[] => shown(previous[before]);

describe('conditions for every outcome and what was told before', () => {
  test.each<[Before, Outcome['kind'], readonly string[], KStatus]>([
    ['nothing', 'settled', live, 'Current'],
    ['ready', 'settled', live, 'Current'],
    ['reconciling', 'settled', live, 'Current'],
    ['stalled', 'settled', live, 'Current'],
    ['nothing', 'progressing', reconciling, 'InProgress'],
    ['ready', 'progressing', reconciling, 'InProgress'],
    ['reconciling', 'progressing', reconciling, 'InProgress'],
    ['stalled', 'progressing', reconciling, 'InProgress'],
    ['nothing', 'blocked', reconciling, 'InProgress'],
    ['ready', 'blocked', reconciling, 'InProgress'],
    ['reconciling', 'blocked', reconciling, 'InProgress'],
    ['stalled', 'blocked', reconciling, 'InProgress'],
    ['nothing', 'terminal', stalled, 'Failed'],
    ['ready', 'terminal', stalled, 'Failed'],
    ['reconciling', 'terminal', stalled, 'Failed'],
    ['stalled', 'terminal', stalled, 'Failed'],
    ['nothing', 'throttled', reconciling, 'InProgress'],
    ['ready', 'throttled', unchanged('ready'), 'Current'],
    ['reconciling', 'throttled', unchanged('reconciling'), 'InProgress'],
    ['stalled', 'throttled', unchanged('stalled'), 'Failed'],
    ['nothing', 'failed', reconciling, 'InProgress'],
    ['ready', 'failed', unchanged('ready'), 'Current'],
    ['reconciling', 'failed', ['Ready=False Rollout', 'Reconciling=True Why'], 'InProgress'],
    ['stalled', 'failed', ['Ready=False NotOwned', 'Reconciling=True Why'], 'InProgress'],
  ])('%s, then %s', (before, kind, expected, kstatus) => {
    const conditions = conditionsAfter(previous[before], outcomes[kind]);
    expect(shown(conditions)).toEqual(expected);
    const object = { metadata: { ...metadata, generation: 1 }, status: { observedGeneration: 1, conditions } };
    expect(violations(object)).toEqual([]);
    expect(kstatusOf(object)).toBe(kstatus);
    expect(kstatusOf({ ...object, metadata: { ...metadata, ...deleted } })).toBe('Terminating');
  });

  test('one network error does not turn a healthy service red; the third in a row does', () => {
    const told = [1, 2, 3, 4].map((failures) => shown(conditionsAfter(previous.ready, outcomes.failed, { failures })));
    expect(told).toEqual([live, live, reconciling, reconciling]);
  });

  test.each(['throttled', 'failed'] as const)(
    '%s says nothing good about a generation that was never observed',
    (kind) => {
      expect(shown(conditionsAfter(previous.ready, outcomes[kind], { generation: 2 }))).toEqual(reconciling);
      expect(shown(conditionsAfter(previous.stalled, outcomes[kind], { generation: 2 }))).toEqual(reconciling);
    },
  );

  test('lastTransitionTime moves only with the status', () => {
    const times = (before: Before, kind: Outcome['kind']) =>
      conditionsAfter(previous[before], outcomes[kind]).map(({ type, lastTransitionTime }) => [
        type,
        lastTransitionTime,
      ]);
    expect(times('ready', 'settled')).toEqual([['Ready', EARLIER]]);
    expect(times('reconciling', 'settled')).toEqual([['Ready', NOW]]);
    expect(times('reconciling', 'progressing')).toEqual([
      ['Ready', EARLIER],
      ['Reconciling', EARLIER],
    ]);
    expect(times('reconciling', 'terminal')).toEqual([
      ['Ready', EARLIER],
      ['Stalled', NOW],
    ]);
  });

  test('a message longer than the API server takes is cut', () => {
    const [ready] = conditionsAfter([], { kind: 'terminal', reason: 'Why', message: 'x'.repeat(40_000) });
    expect(ready?.message).toHaveLength(32_768);
  });
});

test('no sequence of passes breaks a rule that Flux and kstatus rely on', () => {
  const step = fc.record({
    kind: fc.constantFrom(...Object.values(outcomes)),
    failures: fc.integer({ min: 1, max: 5 }),
    edited: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 20 }), (steps) => {
      let generation = 1;
      let conditions: readonly Condition[] = [];
      for (const { kind, failures, edited } of steps) {
        if (edited) generation += 1;
        conditions = conditionsAfter(conditions, kind, { generation, failures });
        const object = {
          metadata: { ...metadata, generation },
          status: { observedGeneration: generation, conditions },
        };
        expect(violations(object)).toEqual([]);
        if (kind.kind === 'settled') expect(kstatusOf(object)).toBe('Current');
        if (kind.kind === 'terminal') expect(kstatusOf(object)).toBe('Failed');
      }
    }),
  );
});

const metadata = {
  name: 'web',
  namespace: 'team',
  uid: 'uid',
  resourceVersion: '1',
  generation: 1,
  creationTimestamp: EARLIER,
};
