import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { CallRecord } from '../../../src/aws/cloud.ts';
import { systemClock } from '../../../src/clock.ts';
import type { ObservedPass } from '../../../src/engine/controller.ts';
import type { PassResult } from '../../../src/engine/outcome.ts';
import type { PassIdentity } from '../../../src/engine/pass.ts';
import { startTracing, type Tracing, tracesUrl } from '../../../src/tracing/tracing.ts';
import { type OtlpReceiver, startOtlpReceiver } from '../../support/otlp-receiver.ts';

let receiver: OtlpReceiver;
let tracing: Tracing;
let lines: Record<string, unknown>[];

function start(endpoint: string): Tracing {
  const log = pino({}, { write: (line) => lines.push(JSON.parse(line)) });
  return startTracing({ endpoint, version: '1.2.3', instance: 'pod-1', clock: systemClock, log });
}

beforeEach(async () => {
  lines = [];
  receiver = await startOtlpReceiver();
  tracing = start(receiver.endpoint);
});

afterEach(async () => {
  await tracing.stop(100);
  await receiver.close();
});

function passIdentity(more: Partial<PassIdentity> = {}): PassIdentity {
  const startedAtMs = systemClock.monotonicMs() - 500;
  return {
    kind: 'ECSService',
    key: 'shop/web',
    priority: 'user',
    reconcileId: 7,
    generation: 3,
    startedAtMs,
    ...more,
  };
}

function ended(identity: PassIdentity, result: PassResult): ObservedPass {
  const { key, priority } = identity;
  return { key, priority, result, durationMs: 500, waitedMs: 20, identity };
}

function call(cause: PassIdentity | undefined, more: Partial<CallRecord> = {}): CallRecord {
  return {
    service: 'ecs',
    operation: 'UpdateService',
    region: 'eu-west-1',
    account: '123456789012',
    outcome: 'ok',
    reason: undefined,
    durationMs: 40,
    requestId: 'request-1',
    status: 200,
    attempts: 1,
    cause,
    ...more,
  };
}

describe('traces', () => {
  test('are one span a pass, with its calls and writes below it', async () => {
    const identity = passIdentity();
    const { watcher } = tracing;
    watcher.onCall(call(identity));
    const path = '/apis/ecs-operator.dev/v1alpha1/namespaces/shop/ecsservices/web/status';
    watcher.onRequest({ method: 'PATCH', path, status: 200, durationMs: 5, cause: identity });
    watcher.onPass(ended(identity, { kind: 'settled' }));
    await tracing.stop(2_000);
    const [called, written, pass] = receiver.spans;
    expect(receiver.spans).toHaveLength(3);
    expect(pass).toMatchObject({ name: 'reconcile ECSService', parentSpanId: undefined, kind: 1, status: { code: 0 } });
    expect(pass?.attributes).toEqual({
      'k8s.namespace.name': 'shop',
      'ecs_operator.object.kind': 'ECSService',
      'ecs_operator.object.name': 'web',
      'ecs_operator.object.generation': 3,
      'ecs_operator.reconcile.id': 7,
      'ecs_operator.reconcile.priority': 'user',
      'ecs_operator.reconcile.outcome': 'settled',
      'ecs_operator.reconcile.queued_seconds': 0.02,
    });
    expect((pass?.endMs ?? 0) - (pass?.startMs ?? 0)).toBeGreaterThanOrEqual(499);
    for (const child of [called, written]) {
      expect([child?.traceId, child?.parentSpanId, child?.kind]).toEqual([pass?.traceId, pass?.spanId, 3]);
    }
    expect(called?.name).toBe('ECS/UpdateService');
    expect((called?.endMs ?? 0) - (called?.startMs ?? 0)).toBeCloseTo(40, 0);
    expect(called?.attributes).toEqual({
      'rpc.system': 'aws-api',
      'rpc.service': 'ECS',
      'rpc.method': 'UpdateService',
      'cloud.region': 'eu-west-1',
      'cloud.account.id': '123456789012',
      'aws.request_id': 'request-1',
      'http.response.status_code': 200,
    });
    expect(written?.attributes).toEqual({
      'http.request.method': 'PATCH',
      'url.path': path,
      'http.response.status_code': 200,
    });
    expect(receiver.resource).toMatchObject({
      'service.name': 'ecs-operator',
      'service.version': '1.2.3',
      'service.instance.id': 'pod-1',
    });
  });

  test('mark what failed, by its reason', async () => {
    const identity = passIdentity();
    tracing.watcher.onCall(call(identity, { outcome: 'failed', reason: 'Timeout', status: undefined, attempts: 2 }));
    tracing.watcher.onPass(ended(identity, { kind: 'failed', reason: 'Timeout', message: 'a long story' }));
    await tracing.stop(2_000);
    expect(receiver.spans.map(({ status }) => status)).toEqual([
      { code: 2, message: 'Timeout' },
      { code: 2, message: 'Timeout' },
    ]);
    expect(receiver.spans.map(({ attributes }) => attributes['error.type'])).toEqual(['Timeout', 'Timeout']);
    expect(receiver.spans[0]?.attributes['http.request.resend_count']).toBe(1);
  });

  test('leave out stale passes and the requests of watches and health', async () => {
    tracing.watcher.onPass(ended(passIdentity(), { kind: 'stale' }));
    tracing.watcher.onRequest({ method: 'GET', path: '/readyz', status: 200, durationMs: 1, cause: undefined });
    await tracing.stop(2_000);
    expect(receiver.spans).toEqual([]);
  });

  test('have a span without a parent for a call that no pass made, and a child for one that outlived its pass', async () => {
    const identity = passIdentity();
    tracing.watcher.onCall(call(undefined, { service: 'sts', operation: 'GetCallerIdentity' }));
    tracing.watcher.onPass(ended(identity, { kind: 'failed', reason: 'Aborted', message: '' }));
    tracing.watcher.onCall(call(identity));
    await tracing.stop(2_000);
    const [alone, pass, late] = receiver.spans;
    expect([alone?.name, alone?.parentSpanId]).toEqual(['STS/GetCallerIdentity', undefined]);
    expect(late?.parentSpanId).toBe(pass?.spanId);
  });

  test('that nobody takes cost a warning, not the stop', async () => {
    await receiver.close();
    tracing.watcher.onPass(ended(passIdentity(), { kind: 'settled' }));
    const before = systemClock.monotonicMs();
    await tracing.stop(300);
    expect(systemClock.monotonicMs() - before).toBeLessThan(1_000);
    expect(lines.map(({ msg }) => msg)).toContain('the last traces were not sent');
    receiver = await startOtlpReceiver();
  });

  test.each([
    ['http://collector:4318', 'http://collector:4318/v1/traces'],
    ['http://collector:4318/', 'http://collector:4318/v1/traces'],
    ['https://host/otlp', 'https://host/otlp/v1/traces'],
    ['https://host/otlp/v1/traces', 'https://host/otlp/v1/traces'],
  ])('sent to %s go to %s', (endpoint, url) => {
    expect(tracesUrl(endpoint)).toBe(url);
  });
});
