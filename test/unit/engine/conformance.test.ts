import { expect, test } from 'vitest';
import type { Condition } from '../../../src/kube/types.ts';
import { condition, ecsCluster } from '../../support/builders.ts';
import { kstatusOf, violations } from '../../support/conformance.ts';

/** A status as a test may break it. */
function status(conditions: readonly Condition[], observedGeneration = 1) {
  return ecsCluster('prod', {}, { status: { observedGeneration, conditions } });
}

const live = condition('Ready', 'True', 'Live');
const notReady = condition('Ready', 'False', 'Why');

test.each<[string, readonly Condition[], number | undefined]>([
  ['FAIL0001', [live, condition('Stalled', 'True', 'Why')], 1],
  ['FAIL0002', [], 1],
  ['FAIL0003', [live, condition('Reconciling', 'True', 'Why')], 1],
  ['FAIL0004', [condition('Ready', 'Unknown', 'Why'), condition('Stalled', 'True', 'Why')], 1],
  ['FAIL0005', [notReady, condition('Reconciling', 'True', 'Why'), condition('Stalled', 'True', 'Why')], 1],
  ['FAIL0006', [notReady], 2],
  ['FAIL0007', [live], 0],
  ['FAIL0008', [{ ...live, observedGeneration: 0 }], 1],
  ['FAIL0009', [{ ...live, observedGeneration: 0 }], 1],
  ['conditions are not ahead', [{ ...notReady, observedGeneration: 2 }], 1],
  ['Reconciling and Stalled are there only while True', [notReady, condition('Stalled', 'False', 'Why')], 1],
  ['a type appears once', [notReady, notReady], 1],
  ['reasons are CamelCase', [{ ...notReady, reason: 'not ready' }], 1],
  ['messages fit', [{ ...notReady, message: 'x'.repeat(40_000) }], 1],
  ['times are RFC 3339', [{ ...notReady, lastTransitionTime: '2026-01-01T00:00:00.123Z' }], 1],
])('the matcher finds what breaks %s', (rule, conditions, observedGeneration) => {
  expect(violations(status(conditions, observedGeneration)).map((broken) => broken.slice(0, rule.length))).toContain(
    rule,
  );
});

test('an object nobody has looked at yet, and one whose last status is of an older generation, are in progress', () => {
  const edited = ecsCluster(
    'prod',
    {},
    { metadata: { generation: 2 }, status: { observedGeneration: 1, conditions: [live] } },
  );
  expect(kstatusOf(edited)).toBe('InProgress');
  expect(kstatusOf(status([notReady]))).toBe('InProgress');
});
