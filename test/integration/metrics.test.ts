import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it, onTestFinished } from 'vitest';
import { kinds } from '../../src/kinds/index.ts';
import { freePort } from '../sandbox/ports.ts';
import { testCluster } from '../support/cluster.ts';
import { eventually } from '../support/eventually.ts';
import { service, trio } from '../support/manifests.ts';
import { operatorProcess } from '../support/operator-process.ts';
import { type Sample, sumOf, valuesOf } from '../support/scrape.ts';
import { awsRegion, type TestBed, testBed } from '../support/test-bed.ts';

const reconciled = kinds.filter(({ account }) => account === undefined).map(({ names }) => names.kind);

describe('/metrics of a running operator', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed({ adjustableClock: true });
    await bed.apply(...trio('web', { desiredCount: 2 }));
    await bed.ready('ECSService', 'web');
  });
  afterAll(() => bed.stop());

  const look = (): Promise<readonly Sample[]> => bed.metrics();

  /** Waits for a scrape in which this holds. */
  async function scraped(what: string, holds: (samples: readonly Sample[]) => boolean): Promise<readonly Sample[]> {
    return eventually(what, async () => {
      const samples = await look();
      return { value: samples, done: holds(samples) };
    });
  }

  it('counts each call that AWS has received, under its account', async () => {
    await bed.settled();
    await scraped('as many calls of each operation as the region has in its journal', (samples) => {
      const counted = countBy(
        samples.filter(({ name }) => name === 'ecs_operator_aws_requests_total'),
        ({ labels, value }) => [`${labels.service} ${labels.operation}`, value],
      );
      const own = bed.region.journal.entries.filter(({ userAgent }) => userAgent.includes('ecs-operator'));
      const received = countBy(own, (entry) => [`${entry.service} ${entry.operation}`, 1]);
      expect(received.get('ecs CreateService')).toBe(1);
      return sameCounts(counted, received);
    });
    const calls = await look();
    const labels = { operation: 'CreateService', region: 'us-east-1', account: '123456789012', code: 'ok' };
    expect(valuesOf(calls, 'ecs_operator_aws_requests_total', labels)).toEqual([1]);
    expect(sumOf(calls, 'ecs_operator_aws_request_duration_seconds_count', { operation: 'CreateService' })).toBe(1);
    expect(sumOf(calls, 'ecs_operator_aws_budget_wait_seconds_count', { service: 'ecs' })).toBeGreaterThan(5);
    expect(valuesOf(calls, 'ecs_operator_aws_budget_tokens', { class: 'clusterModify' })).toHaveLength(1);
    expect(sumOf(calls, 'ecs_operator_aws_throttles_total')).toBe(0);
  });

  it('counts each pass, and the queues add up', async () => {
    await bed.settled();
    const passes = await bed.passes();
    const ended = (kind: string): number =>
      passes.filter((pass) => pass.kind === kind && pass.result.kind !== 'stale').length;
    const samples = await scraped('as many passes as the log tells of', (seen) =>
      reconciled.every((kind) => sumOf(seen, 'ecs_operator_reconcile_total', { kind }) === ended(kind)),
    );
    const name = 'ECSService';
    const adds = sumOf(samples, 'workqueue_adds_total', { name });
    const taken = sumOf(samples, 'workqueue_queue_duration_seconds_count', { name });
    // What has been added and not been taken is the resync to come.
    expect(adds - taken).toBe(1);
    expect(valuesOf(samples, 'workqueue_depth', { name })).toEqual([0]);
    expect(valuesOf(samples, 'ecs_operator_active_workers', { kind: name })).toEqual([0]);
    expect(valuesOf(samples, 'ecs_operator_max_concurrent_reconciles', { kind: name })).toEqual([100]);
    expect(valuesOf(samples, 'workqueue_longest_running_processor_seconds', { name })).toEqual([0]);
    const waited = sumOf(samples, 'workqueue_queue_duration_seconds_sum', { name });
    expect(waited / taken).toBeLessThan(1);
  });

  it('shows watches, requests to the API server and objects', async () => {
    const samples = await scraped('the service is Ready in the store', (seen) =>
      valuesOf(seen, 'ecs_operator_objects', { kind: 'ECSService', condition: 'Ready' }).includes(1),
    );
    for (const kind of reconciled) {
      const [age] = valuesOf(samples, 'ecs_operator_watch_last_event_age_seconds', { kind });
      expect(age).toBeLessThan(120);
    }
    expect(sumOf(samples, 'rest_client_requests_total', { method: 'GET', code: '200' })).toBeGreaterThanOrEqual(
      2 * reconciled.length,
    );
    expect(sumOf(samples, 'rest_client_requests_total', { method: 'PATCH', code: '200' })).toBeGreaterThan(3);
    expect(valuesOf(samples, 'ecs_operator_objects', { kind: 'ECSService', condition: 'NotReady' })).toEqual([0]);
  });

  it("follows a service's tasks as it is scaled, without a call of AWS for it, and forgets it when it is gone", async () => {
    const labels = { namespace: bed.namespace, name: 'web' };
    const tasks = (seen: readonly Sample[], what: string): readonly number[] =>
      valuesOf(seen, `ecs_operator_service_${what}`, labels);
    await bed.apply(service('web', { desiredCount: 3 }));
    await scraped(
      'three tasks',
      (seen) => tasks(seen, 'desired_tasks')[0] === 3 && tasks(seen, 'running_tasks')[0] === 3,
    );
    await scraped('no rollout', (seen) => tasks(seen, 'rollout_age_seconds')[0] === 0);
    await bed.settled();
    const mark = bed.region.journal.mark();
    await look();
    await look();
    expect(bed.region.journal.since(mark)).toEqual([]);
    await bed.delete('ECSService', 'web');
    await bed.gone('ECSService', 'web');
    await scraped('no series of the service', (seen) =>
      ['desired_tasks', 'running_tasks', 'rollout_age_seconds'].every((what) => tasks(seen, what).length === 0),
    );
  });

  it('counts what it repairs', async () => {
    const before = sumOf(await look(), 'ecs_operator_drift_corrections_total', { kind: 'ECSService' });
    await bed.apply(...trio('drifting', { desiredCount: 1 }));
    await bed.ready('ECSService', 'drifting');
    await bed.settled();
    await bed.later(15_000);
    await bed.aws.send(new UpdateServiceCommand({ cluster: 'drifting', service: 'drifting', desiredCount: 4 }));
    await bed.pass('ECSService', 'drifting');
    const after = sumOf(await look(), 'ecs_operator_drift_corrections_total', { kind: 'ECSService' });
    expect(after - before).toBe(1);
  });

  it('is served beside health on one port, to GET and HEAD alone', async () => {
    // The chart gives each a port of its own.
    const address = `127.0.0.1:${await freePort()}`;
    const operator = await operatorProcess({
      kubeconfig: testCluster().kubeconfig('operator'),
      aws: bed.awsEndpoint.env,
      region: awsRegion,
      namespace: await testCluster().freshNamespace(),
      env: { ECS_OPERATOR_METRICS_BIND_ADDRESS: address, ECS_OPERATOR_HEALTH_PROBE_BIND_ADDRESS: address },
    });
    await operator.start();
    onTestFinished(async () => void (await operator.stop()));
    const ask = (path: string, method: string): Promise<Response> =>
      fetch(`http://${address}${path}`, { method, headers: { connection: 'close' } });
    await eventually('it is ready', async () => {
      const answer = await ask('/readyz', 'GET').catch(() => undefined);
      return { value: await answer?.text(), done: answer?.ok === true };
    });
    expect(await (await ask('/healthz', 'GET')).text()).toContain('healthz check passed');
    expect(await (await ask('/readyz?verbose', 'GET')).text()).toContain('[+]api-server ok');
    const head = await ask('/metrics', 'HEAD');
    expect([head.status, await head.text()]).toEqual([200, '']);
    expect((await ask('/metrics', 'POST')).status).toBe(405);
    expect((await ask('/', 'GET')).status).toBe(404);
  });
});

function countBy<T>(all: readonly T[], entry: (one: T) => readonly [string, number]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>();
  for (const one of all) {
    const [key, count] = entry(one);
    counts.set(key, (counts.get(key) ?? 0) + count);
  }
  return counts;
}

function sameCounts(some: ReadonlyMap<string, number>, others: ReadonlyMap<string, number>): boolean {
  return some.size === others.size && [...some].every(([key, count]) => others.get(key) === count);
}
