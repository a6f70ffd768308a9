import { CreateClusterCommand, DescribeClustersCommand, ListClustersCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import type { JournalEntry } from '../../../sandbox/region/index.ts';
import { expectError, startFixture } from './support.ts';

const create = (clusterName: string) => new CreateClusterCommand({ clusterName });
const list = () => new ListClustersCommand({});

describe('faults', () => {
  it('throttle, fail and refuse as often as they are told', async () => {
    const { ecs, region } = await startFixture();
    region.faults.add({ operation: 'ListClusters', fault: { kind: 'throttle' }, times: 2 });
    await expectError(ecs.send(list()), 'ThrottlingException', 'Rate exceeded');
    await ecs.send(create('a'));
    await expectError(ecs.send(list()), 'ThrottlingException');
    await ecs.send(list());
    region.faults.add({ fault: { kind: 'serverError' } });
    await expectError(ecs.send(list()), 'ServerException');
    const remove = region.faults.add({
      fault: { kind: 'error', code: 'AccessDeniedException', message: 'no' },
      times: 0,
      skip: 1,
    });
    await ecs.send(list());
    await expectError(ecs.send(list()), 'AccessDeniedException', 'no');
    await expectError(ecs.send(create('b')), 'AccessDeniedException', 'no');
    remove();
    await ecs.send(list());
    expect(region.inventory().clusters).toHaveLength(1);
  });

  it('drop a request before it takes effect', async () => {
    const { ecs, region } = await startFixture();
    region.faults.add({ operation: 'CreateCluster', fault: { kind: 'dropRequest' } });
    await expect(ecs.send(create('a'))).rejects.toThrow();
    expect(region.inventory().clusters).toEqual([]);
    expect(region.journal.entries).toMatchObject([{ outcome: 'dropped', effective: false }]);
    await ecs.send(create('a'));
  });

  it('drop a response after the effect', async () => {
    const { ecs, region } = await startFixture();
    region.faults.add({ operation: 'CreateCluster', fault: { kind: 'dropResponse' } });
    await expect(ecs.send(create('a'))).rejects.toThrow();
    expect(region.inventory().clusters).toHaveLength(1);
    expect(region.journal.entries).toMatchObject([{ outcome: 'dropped', effective: true }]);
  });

  it('answer reads from the past, in which nothing happens', async () => {
    const { ecs, region } = await startFixture();
    await ecs.send(create('a'));
    const past = region.snapshot();
    await ecs.send(create('b'));
    region.faults.add({ operation: 'ListClusters', fault: { kind: 'stale', past }, times: 2 });
    const names = async () => (await ecs.send(list())).clusterArns?.map((arn) => arn.split('/')[1]);
    expect([await names(), await names(), await names()]).toEqual([['a'], ['a'], ['a', 'b']]);
    expect(past.inventory().clusters).toHaveLength(1);
  });

  it('delay an answer, and let a caller hang until it gives up', async () => {
    const { ecs, region } = await startFixture();
    region.faults.add({ fault: { kind: 'latency', ms: 80 } });
    const before = performance.now();
    await ecs.send(create('a'));
    expect(performance.now() - before).toBeGreaterThanOrEqual(75);
    region.faults.add({ operation: 'ListClusters', fault: { kind: 'hang' } });
    const impatient = AbortSignal.timeout(100);
    await expect(ecs.send(list(), { abortSignal: impatient })).rejects.toThrow();
    await ecs.send(list());
  });

  it('let a hook wait between effect and answer', async () => {
    const { ecs, region } = await startFixture();
    const seen: string[] = [];
    const remove = region.faults.onRequest(async (entry: JournalEntry, phase) => {
      await Promise.resolve();
      seen.push(`${phase} ${entry.operation} ${entry.outcome} ${region.inventory().clusters.length}`);
    });
    await ecs.send(create('a'));
    remove();
    await ecs.send(list());
    expect(seen).toEqual(['before CreateCluster pending 0', 'after CreateCluster ok 1']);
  });
});

describe('hooks', () => {
  it.each([
    ['before', 0, false],
    ['after', 1, true],
  ] as const)('cut the connection %s the effect', async (where, clusters, effective) => {
    const { ecs, region } = await startFixture();
    const remove = region.faults.onRequest((_, phase) => (phase === where ? 'drop' : undefined));
    await expect(ecs.send(create('a'))).rejects.toThrow();
    remove();
    expect(region.inventory().clusters).toHaveLength(clusters);
    expect(region.journal.entries).toMatchObject([{ outcome: 'dropped', effective }]);
  });
});

describe('the journal', () => {
  it('keeps every request and counts', async () => {
    const { ecs, region } = await startFixture();
    await ecs.send(create('a'));
    const mark = region.journal.mark();
    await ecs.send(list());
    await ecs.send(create('b'));
    await ecs.send(list());
    expect(region.journal.count()).toEqual({ CreateCluster: 2, ListClusters: 2 });
    expect(region.journal.count(mark)).toEqual({ CreateCluster: 1, ListClusters: 2 });
    expect(region.journal.mutations(mark)).toMatchObject([
      {
        seq: 3,
        service: 'ecs',
        operation: 'CreateCluster',
        input: { clusterName: 'b' },
        outcome: 'ok',
        account: '123456789012',
      },
    ]);
    expect(region.journal.entries[0]?.userAgent).toMatch(/aws-sdk-js/);
  });

  it('forgets the oldest beyond its cap', async () => {
    const { ecs, region } = await startFixture({ speed: 0, journalCap: 4 });
    for (let index = 0; index < 6; index += 1) await ecs.send(list());
    expect(region.journal.entries.map(({ seq }) => seq)).toEqual([3, 4, 5, 6]);
    expect(region.journal.since(4).map(({ seq }) => seq)).toEqual([5, 6]);
    expect(region.journal.since(0)).toHaveLength(4);
  });

  it('waits for a request, past or future, and gives up at the deadline', async () => {
    const { ecs, region } = await startFixture();
    const waiting = region.journal.waitFor(({ operation }) => operation === 'CreateCluster', 5_000);
    await ecs.send(create('a'));
    expect((await waiting).seq).toBe(1);
    expect((await region.journal.waitFor(({ outcome }) => outcome === 'ok', 10)).seq).toBe(1);
    const mark = region.journal.mark();
    await expect(region.journal.waitFor(() => true, 10, mark)).rejects.toThrow(/within 10 ms/);
  });
});

describe('the control endpoints', () => {
  it('serve health, state, journal, time and faults', async () => {
    const { ecs, region } = await startFixture();
    const call = async (method: string, path: string, body?: unknown): Promise<unknown> => {
      const response = await fetch(`${region.endpoint}/_region/${path}`, {
        method,
        ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      });
      return response.json();
    };
    expect(await call('GET', 'health')).toEqual({ status: 'ok' });
    await ecs.send(new CreateClusterCommand({ clusterName: 'a', capacityProviders: ['FARGATE'] }));
    expect(await call('GET', 'state')).toMatchObject({
      clusters: [expect.stringMatching(/cluster\/a$/)],
      services: [],
    });
    expect(await call('GET', 'journal?since=0')).toMatchObject([{ operation: 'CreateCluster' }]);
    await call('POST', 'advance', { seconds: 10 });
    const described = await ecs.send(new DescribeClustersCommand({ clusters: ['a'] }));
    expect(described.clusters?.[0]?.status).toBe('ACTIVE');
    await call('POST', 'faults', { operation: 'ListClusters', fault: { kind: 'throttle' }, times: 0 });
    await expectError(ecs.send(list()), 'ThrottlingException');
    await call('DELETE', 'faults');
    await ecs.send(list());
    expect(await call('POST', 'faults', { fault: { kind: 'meteor' } })).toHaveProperty('message');
  });
});
