import { describe, expect, test } from 'vitest';
import type { CallRecord } from '../../../src/aws/cloud.ts';
import type { ObservedPass } from '../../../src/engine/controller.ts';
import type { PassResult } from '../../../src/engine/outcome.ts';
import type { RequestRecord } from '../../../src/kube/transport.ts';
import { conditionCounts, rolloutAgeSeconds } from '../../../src/metrics/objects.ts';
import { type Sample, samplesOf, sumOf, valuesOf } from '../../support/scrape.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { emptyMetrics, type Looked, metricsOf, objectOf, queueOf, stateOf, watchOf } from './metrics-support.ts';

const samplesFrom = async (metrics: { render(): Promise<string> }): Promise<readonly Sample[]> =>
  samplesOf(await metrics.render());

const kind = 'ECSService';

function passOf(result: PassResult, times: { durationMs?: number; waitedMs?: number } = {}) {
  const identity = {
    kind,
    key: 'shop/web',
    priority: 'user',
    reconcileId: 1,
    generation: 1,
    startedAtMs: 0,
  } as const;
  const pass: ObservedPass = {
    key: 'shop/web',
    priority: 'user',
    result,
    durationMs: 0,
    waitedMs: 0,
    identity,
    ...times,
  };
  return { ...pass, kind };
}

describe('passes', () => {
  test('are counted by outcome, and their series are there before the first', async () => {
    const metrics = emptyMetrics();
    expect(valuesOf(await samplesFrom(metrics), 'ecs_operator_reconcile_total', { kind, outcome: 'failed' })).toEqual([
      0,
    ]);
    metrics.hooks.onPass(passOf({ kind: 'settled' }));
    metrics.hooks.onPass(passOf({ kind: 'settled' }));
    metrics.hooks.onPass(passOf({ kind: 'blocked', reason: 'ReferenceNotFound', message: '' }));
    const samples = await samplesFrom(metrics);
    expect(valuesOf(samples, 'ecs_operator_reconcile_total', { outcome: 'settled' })).toEqual([2]);
    expect(valuesOf(samples, 'ecs_operator_reconcile_total', { outcome: 'blocked' })).toEqual([1]);
    expect(valuesOf(samples, 'ecs_operator_reconcile_errors_total')).toEqual([]);
  });

  test('that fail or find that the spec cannot work are counted by reason too', async () => {
    const metrics = emptyMetrics();
    metrics.hooks.onPass(passOf({ kind: 'failed', reason: 'Timeout', message: '' }));
    metrics.hooks.onPass(passOf({ kind: 'terminal', reason: 'NotOwned', message: '' }));
    metrics.hooks.onPass(passOf({ kind: 'throttled', reason: 'Throttled', message: '', retryAfterMs: 1 }));
    const errors = (await samplesFrom(metrics)).filter(({ name }) => name === 'ecs_operator_reconcile_errors_total');
    expect(errors.map(({ labels, value }) => [labels.reason, value])).toEqual([
      ['Timeout', 1],
      ['NotOwned', 1],
    ]);
  });

  test('that were stale count as skips only, for they did nothing', async () => {
    const metrics = emptyMetrics();
    metrics.hooks.onPass(passOf({ kind: 'stale' }, { waitedMs: 2_000 }));
    const samples = await samplesFrom(metrics);
    expect(valuesOf(samples, 'ecs_operator_stale_skips_total', { kind })).toEqual([1]);
    expect(sumOf(samples, 'ecs_operator_reconcile_total')).toBe(0);
    expect(sumOf(samples, 'ecs_operator_reconcile_duration_seconds_count')).toBe(0);
    expect(sumOf(samples, 'workqueue_queue_duration_seconds_sum', { name: kind })).toBe(2);
  });

  test('tell how long they took and how long they waited, in seconds', async () => {
    const metrics = emptyMetrics();
    metrics.hooks.onPass(passOf({ kind: 'settled' }, { durationMs: 1_500, waitedMs: 250 }));
    const samples = await samplesFrom(metrics);
    expect(sumOf(samples, 'ecs_operator_reconcile_duration_seconds_sum', { kind })).toBe(1.5);
    expect(sumOf(samples, 'workqueue_queue_duration_seconds_sum', { name: kind })).toBe(0.25);
  });

  test('that corrected drift are counted by the Event that tells of it', async () => {
    const metrics = emptyMetrics();
    metrics.hooks.onEvent({ kind, reason: 'DriftCorrected' });
    metrics.hooks.onEvent({ kind, reason: 'Updated' });
    expect(valuesOf(await samplesFrom(metrics), 'ecs_operator_drift_corrections_total', { kind })).toEqual([1]);
  });
});

describe('queues, workers and watches', () => {
  test('are shown as they are at the scrape', async () => {
    const clock = new VirtualClock();
    const looked: Looked = {
      states: [
        stateOf({
          queue: queueOf({ due: 3, adds: 9, retries: 2, working: 4, concurrency: 100, longestRunningMs: 2_500 }),
          watch: watchOf({ relists: 1, reconnects: 5, parseErrors: 6, lastEventAtMs: 0 }),
        }),
      ],
    };
    const metrics = metricsOf(looked, clock);
    clock.advance(7_000);
    const samples = await samplesFrom(metrics);
    const shown = (name: string, labels: Record<string, string>): readonly number[] => valuesOf(samples, name, labels);
    expect(shown('workqueue_depth', { name: kind })).toEqual([3]);
    expect(shown('workqueue_adds_total', { name: kind })).toEqual([9]);
    expect(shown('workqueue_retries_total', { name: kind })).toEqual([2]);
    expect(shown('workqueue_longest_running_processor_seconds', { name: kind })).toEqual([2.5]);
    expect(shown('ecs_operator_active_workers', { kind })).toEqual([4]);
    expect(shown('ecs_operator_max_concurrent_reconciles', { kind })).toEqual([100]);
    expect(shown('ecs_operator_watch_last_event_age_seconds', { kind })).toEqual([7]);
    expect(shown('ecs_operator_watch_relists_total', { kind })).toEqual([1]);
    expect(shown('ecs_operator_watch_reconnects_total', { kind })).toEqual([5]);
    expect(shown('ecs_operator_watch_parse_errors_total', { kind })).toEqual([6]);
    // A second scrape reads the numbers again; it does not add them up.
    expect(valuesOf(await samplesFrom(metrics), 'workqueue_adds_total', { name: kind })).toEqual([9]);
  });

  test('a watch that has not brought anything yet has no age, and what else is watched is shown too', async () => {
    const metrics = metricsOf({
      states: [stateOf({ watch: watchOf({ lastEventAtMs: undefined }) })],
      watches: [{ kind: 'AWSAccount', watch: watchOf({ lastEventAtMs: 0 }) }],
    });
    const ages = (await samplesFrom(metrics)).filter(
      ({ name }) => name === 'ecs_operator_watch_last_event_age_seconds',
    );
    expect(ages.map(({ labels }) => labels.kind)).toEqual(['AWSAccount']);
  });
});

describe('objects', () => {
  const ready = { type: 'Ready', status: 'True' } as const;

  test.each([
    ['none', [], { Ready: 0, NotReady: 0, Reconciling: 0, Stalled: 0 }],
    ['one that has no status yet', [undefined], { Ready: 0, NotReady: 1, Reconciling: 0, Stalled: 0 }],
    ['one that is Ready', [[ready]], { Ready: 1, NotReady: 0, Reconciling: 0, Stalled: 0 }],
    [
      'one that reconciles, and one with a condition of its kind',
      [
        [
          { type: 'Ready', status: 'False' },
          { type: 'Reconciling', status: 'True' },
        ],
        [ready, { type: 'RolledBack', status: 'True' }],
      ],
      { Ready: 1, NotReady: 1, Reconciling: 1, Stalled: 0, RolledBack: 1 },
    ],
  ] as const)('by condition: %s', (_, conditions, counts) => {
    const objects = conditions.map((held, index) => objectOf({ name: `o${index}`, conditions: held }));
    expect(Object.fromEntries(conditionCounts(objects))).toEqual(counts);
  });

  test('services have their figures, and a service that is gone has no series', async () => {
    const web = objectOf({ name: 'web', status: { desiredCount: 3, runningCount: 2, deployments: [] } });
    const fresh = objectOf({ name: 'fresh' });
    const looked: Looked = { states: [stateOf({ objects: [web, fresh] })] };
    const metrics = metricsOf(looked);
    const labels = { namespace: 'shop', name: 'web' };
    const before = await samplesFrom(metrics);
    expect(before.filter(({ name }) => name === 'ecs_operator_service_desired_tasks')).toEqual([
      { name: 'ecs_operator_service_desired_tasks', labels, value: 3 },
    ]);
    expect(valuesOf(before, 'ecs_operator_service_running_tasks', labels)).toEqual([2]);
    expect(valuesOf(before, 'ecs_operator_service_rollout_age_seconds', labels)).toEqual([0]);
    looked.states = [stateOf({ objects: [] })];
    const after = await samplesFrom(metrics);
    expect(after.filter(({ name }) => name.startsWith('ecs_operator_service_'))).toEqual([]);
    expect(valuesOf(after, 'ecs_operator_objects', { kind, condition: 'NotReady' })).toEqual([0]);
  });

  test.each([
    ['a rollout under way has the age of the live deployment', 'IN_PROGRESS', '2026-01-01T00:00:00Z', 90],
    ['one that has ended has none', 'COMPLETED', '2026-01-01T00:00:00Z', 0],
    ['one that began by a clock ahead of ours is not negative', 'IN_PROGRESS', '2026-01-01T00:05:00Z', 0],
    ['one without a time has none', 'IN_PROGRESS', undefined, 0],
  ])('%s', (_, rolloutState, createdAt, age) => {
    const deployments = [
      { id: 'old', status: 'ACTIVE', createdAt: '2020-01-01T00:00:00Z' },
      { id: 'new', status: 'PRIMARY', createdAt },
    ];
    expect(rolloutAgeSeconds({ rolloutState, deployments }, Date.UTC(2026, 0, 1, 0, 1, 30))).toBe(age);
  });
});

describe('AWS', () => {
  const call: CallRecord = {
    service: 'ecs',
    operation: 'UpdateService',
    region: 'eu-west-1',
    account: '123456789012',
    outcome: 'ok',
    reason: undefined,
    durationMs: 40,
    requestId: 'r',
    status: 200,
    attempts: 1,
    cause: undefined,
  };
  const labels = { service: 'ecs', operation: 'UpdateService', region: 'eu-west-1', account: '123456789012' };

  test('calls are counted by what came of them, and throttles have a counter of their own', async () => {
    const metrics = emptyMetrics();
    const { hooks } = metrics;
    hooks.onCall(call);
    hooks.onCall({ ...call, outcome: 'throttled', reason: 'Throttled' });
    hooks.onCall({ ...call, outcome: 'failed', reason: 'Timeout' });
    const samples = await samplesFrom(metrics);
    const code = (code: string): readonly number[] =>
      valuesOf(samples, 'ecs_operator_aws_requests_total', { ...labels, code });
    expect([code('ok'), code('Throttled'), code('Timeout')]).toEqual([[1], [1], [1]]);
    expect(valuesOf(samples, 'ecs_operator_aws_throttles_total', labels)).toEqual([1]);
    expect(sumOf(samples, 'ecs_operator_aws_request_duration_seconds_sum')).toBeCloseTo(0.12);
  });

  test('the first call makes the series of its throttles, at 0', async () => {
    const metrics = emptyMetrics();
    metrics.hooks.onCall(call);
    expect(valuesOf(await samplesFrom(metrics), 'ecs_operator_aws_throttles_total', labels)).toEqual([0]);
  });

  test('the budget is shown as it is, and so is the time that calls waited for it', async () => {
    const metrics = metricsOf({
      budgets: [{ service: 'ecs', class: 'clusterRead', region: 'eu-west-1', account: '1', tokens: 12.5 }],
    });
    metrics.hooks.onBudgetWait({ service: 'ecs', priority: 'background', waitedMs: 300 });
    const samples = await samplesFrom(metrics);
    expect(valuesOf(samples, 'ecs_operator_aws_budget_tokens', { class: 'clusterRead', account: '1' })).toEqual([12.5]);
    expect(sumOf(samples, 'ecs_operator_aws_budget_wait_seconds_sum', { priority: 'background' })).toBe(0.3);
  });
});

describe('the rest', () => {
  test('requests to the API server are counted by status, and without an answer as client-go does', async () => {
    const metrics = emptyMetrics();
    const request: RequestRecord = { method: 'GET', path: '/api', status: 200, durationMs: 1, cause: undefined };
    metrics.hooks.onRequest(request);
    metrics.hooks.onRequest({ ...request, status: undefined });
    const samples = await samplesFrom(metrics);
    expect(valuesOf(samples, 'rest_client_requests_total', { method: 'GET', code: '200' })).toEqual([1]);
    expect(valuesOf(samples, 'rest_client_requests_total', { method: 'GET', code: '<error>' })).toEqual([1]);
  });

  test('each Lease shows whether it is held', async () => {
    const leases = [
      { name: 'ecs-operator-shard-0', held: true },
      { name: 'ecs-operator-shard-1', held: false },
    ];
    const samples = await samplesFrom(metricsOf({ leases }));
    expect(valuesOf(samples, 'leader_election_master_status')).toEqual([1, 0]);
  });

  test('the version, and what every Node process shows', async () => {
    const samples = await samplesFrom(emptyMetrics());
    expect(valuesOf(samples, 'ecs_operator_build_info', { version: '1.2.3' })).toEqual([1]);
    expect(sumOf(samples, 'process_resident_memory_bytes')).toBeGreaterThan(0);
  });

  test('no metric but those of services has an object as a label', () => {
    const naming = emptyMetrics().definitions.filter(({ labels }) => labels.includes('namespace'));
    expect(naming.map(({ name }) => name)).toEqual([
      'ecs_operator_service_desired_tasks',
      'ecs_operator_service_running_tasks',
      'ecs_operator_service_rollout_age_seconds',
    ]);
  });
});
