import { describe, expect, test } from 'vitest';
import type { CommonStatus } from '../../../src/engine/kind.ts';
import { nextStatus, type StatusInput } from '../../../src/engine/status.ts';
import { condition, ecsCluster } from '../../support/builders.ts';
import { violations } from '../../support/conformance.ts';

const EARLIER = '2026-01-01T00:00:00Z';

const live = condition('Ready', 'True', 'Live', {
  message: 'AWS runs what this generation of the spec says.',
  lastTransitionTime: EARLIER,
});
const settled: CommonStatus & { readonly clusterArn: string; readonly runningTasksCount: number } = {
  clusterArn: 'arn',
  runningTasksCount: 2,
  observedGeneration: 1,
  conditions: [live],
  settledHash: 'h',
  settledFields: ['clusterName', 'settings'],
};

function next(status: CommonStatus | undefined, input: Partial<StatusInput> = {}) {
  return nextStatus({
    object: ecsCluster('prod', {}, { status }),
    outcome: { kind: 'settled' },
    own: undefined,
    conditions: undefined,
    conditionTypes: [],
    settlement: undefined,
    place: undefined,
    failures: 0,
    now: '2026-01-01T01:00:00Z',
    ...input,
  });
}

describe('a status', () => {
  test('that says the same already is not written', () => {
    const own = { runningTasksCount: 2, clusterArn: 'arn', capacityProviders: undefined };
    const settlement = { hash: 'h', fields: ['settings', 'clusterName'] };
    expect(next(settled, { own, settlement })).toBeUndefined();
  });

  test('is not written because another controller added a condition of its own', () => {
    const others = { ...settled, conditions: [condition('Audited', 'True', 'Fine'), live] };
    expect(next(others)).toBeUndefined();
  });

  test('keeps what is known of AWS, and what AWS last agreed with, when a pass learned nothing', () => {
    const told = next(settled, { outcome: { kind: 'blocked', reason: 'ReferenceNotFound', message: 'No.' } });
    expect(told).toMatchObject({
      clusterArn: 'arn',
      runningTasksCount: 2,
      settledHash: 'h',
      settledFields: ['clusterName', 'settings'],
    });
  });

  test('loses the fields that AWS no longer has', () => {
    expect(next(settled, { own: { clusterArn: 'arn' } })).not.toHaveProperty('runningTasksCount');
  });

  test('records what AWS agreed with only when the pass settled', () => {
    const progressing = { kind: 'progressing', reason: 'Updating', message: 'Soon.' } as const;
    expect(next(settled, { outcome: progressing, own: {} })).toMatchObject({ settledHash: 'h' });
    expect(next(settled, { settlement: { hash: 'i', fields: ['tags/b', 'tags/a'] } })).toMatchObject({
      settledHash: 'i',
      settledFields: ['tags/a', 'tags/b'],
    });
  });

  test('has conditions and the observed generation from the first pass on', () => {
    const first = next(undefined, {
      outcome: { kind: 'throttled', reason: 'Throttled', message: 'Wait.', retryAfterMs: 1 },
    });
    expect(first).toMatchObject({ observedGeneration: 1 });
    expect(violations(ecsCluster('prod', {}, { status: first }))).toEqual([]);
  });
});
