import { describe, expect, test } from 'vitest';
import { agreementLost, isDrift, isReportedDrift } from '../../../src/engine/drift.ts';
import type { DriftPolicy } from '../../../src/engine/kind.ts';
import type { ECSClusterStatus } from '../../../src/kinds/cluster/api.ts';
import { condition, desired, ecsCluster } from '../../support/builders.ts';

const { hash } = desired(ecsCluster('prod'));

function difference(driftPolicy: DriftPolicy | undefined, status: ECSClusterStatus | undefined, generation = 1) {
  const of = desired(ecsCluster('prod', { driftPolicy }, { status, metadata: { generation } }));
  return { drift: isDrift(of), reported: isReportedDrift(of, true) };
}

const settledWithThis: ECSClusterStatus = { clusterArn: 'arn', settledHash: hash };
const settledWithAnother: ECSClusterStatus = { clusterArn: 'arn', settledHash: 'another' };
const drifted = [condition('Ready', 'False', 'Drifted'), condition('Stalled', 'True', 'Drifted')];

describe('a difference between AWS and the spec', () => {
  test.each<[string, DriftPolicy | undefined, ECSClusterStatus | undefined, { drift: boolean; reported: boolean }]>([
    ['after AWS agreed with this spec is drift', undefined, settledWithThis, { drift: true, reported: false }],
    ['after the spec changed is a wish', undefined, settledWithAnother, { drift: false, reported: false }],
    ['before AWS ever agreed is a wish', undefined, undefined, { drift: false, reported: false }],
    ['is corrected with Correct', 'Correct', settledWithThis, { drift: true, reported: false }],
    ['is only told with Report', 'Report', settledWithThis, { drift: true, reported: true }],
    [
      'that the user asked for is carried out with Report too',
      'Report',
      settledWithAnother,
      { drift: false, reported: false },
    ],
    ['at first sight (adoption) is only told with Report', 'Report', undefined, { drift: false, reported: true }],
    [
      'at first sight after a missing reference too',
      'Report',
      { observedGeneration: 1, conditions: [condition('Ready', 'False', 'ReferenceNotFound')] },
      { drift: false, reported: true },
    ],
    [
      'that has been told goes on being told',
      'Report',
      { clusterArn: 'arn', conditions: drifted },
      { drift: false, reported: true },
    ],
  ])('%s', (_what, policy, status, expected) => {
    expect(difference(policy, status)).toEqual(expected);
  });

  test('that has been told is carried out once the user changes the spec', () => {
    expect(difference('Report', { clusterArn: 'arn', conditions: drifted }, 2)).toEqual({
      drift: false,
      reported: false,
    });
  });

  test('that consists in its absence is told when it was there once, and is no reason not to make it at first', () => {
    const reporting = (status: ECSClusterStatus | undefined) =>
      isReportedDrift(desired(ecsCluster('prod', { driftPolicy: 'Report' }, { status })), false);
    expect(reporting(settledWithThis)).toBe(true);
    expect(reporting(undefined)).toBe(false);
  });
});

describe('after something was changed for a spec', () => {
  const lost = (status: ECSClusterStatus | undefined) => agreementLost(desired(ecsCluster('prod', {}, { status })));

  test('the agreement with the spec before it is over, and the fields that it set are still known', () => {
    expect(lost({ ...settledWithAnother, settledFields: ['tags/a'] })).toEqual({
      settlement: { hash: '', fields: ['tags/a'] },
    });
  });

  test('nothing is lost that was not there, and drift that was corrected loses nothing', () => {
    expect(lost(undefined)).toEqual({});
    expect(lost(settledWithThis)).toEqual({});
  });
});
