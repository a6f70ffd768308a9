import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, onTestFinished } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { absent } from '../../src/engine/kind.ts';
import { kinds } from '../../src/kinds/index.ts';
import type { Operator } from '../../src/operator.ts';
import { operatorUser } from '../sandbox/operator-access.ts';
import { allWatching } from '../support/all-watching.ts';
import { eventually } from '../support/eventually.ts';
import { inProcessOperator } from '../support/in-process-operator.ts';
import { cluster, trio } from '../support/manifests.ts';
import { type ProxiedBed, proxiedBed } from '../support/proxied-bed.ts';
import { type TestBed, testBed } from '../support/test-bed.ts';

const anyPort = { host: '127.0.0.1', port: 0 };
const served = { healthAddress: anyPort } as const;

interface Answer {
  readonly status: number;
  readonly text: string;
}

async function ask(operator: Operator, path: '/healthz' | '/readyz'): Promise<Answer> {
  const url = `http://127.0.0.1:${operator.ports.healthPort}${path}`;
  const response = await fetch(url, { headers: { connection: 'close' } });
  return { status: response.status, text: await response.text() };
}

/** Asks as often as an impatient kubelet does. */
async function answers(
  operator: Operator,
  path: '/healthz' | '/readyz',
  status: number,
  withinMs: number,
): Promise<Answer> {
  return eventually(
    `${path} answers ${status}`,
    async () => {
      const answer = await ask(operator, path);
      return { value: answer, done: answer.status === status };
    },
    withinMs,
  );
}

interface Wedge {
  /** Resolves when an observation has begun that does not end; a pass that was at work before still comes to its end. */
  readonly stuck: Promise<void>;
  release(): void;
}

/** Lets no observation of clusters end, whatever its signal says, until `release`. */
function wedgeClusters(): Wedge {
  const kind = kinds.find(({ names }) => names.kind === 'ECSCluster');
  if (kind === undefined) throw new Error('no kind ECSCluster');
  const { observe } = kind;
  const stuck = Promise.withResolvers<void>();
  const released = Promise.withResolvers<typeof absent>();
  Object.assign(kind, {
    observe: () => {
      stuck.resolve();
      return released.promise;
    },
  });
  return {
    stuck: stuck.promise,
    release() {
      Object.assign(kind, { observe });
      released.resolve(absent);
    },
  };
}

describe('health (reliability row 53)', () => {
  let proxied: ProxiedBed;
  let bed: TestBed;
  let operator: Operator;
  let jumpedMs = 0;
  const clock = { ...systemClock, monotonicMs: () => systemClock.monotonicMs() + jumpedMs };
  beforeAll(async () => {
    proxied = await proxiedBed({ withoutOperator: true });
    bed = proxied.bed;
  });
  afterAll(() => proxied.stop());
  // One for each test: after a jump of the clock, or behind a cut connection, watches need their time to be well again.
  beforeEach(async () => {
    operator = inProcessOperator(bed, { config: served, credentials: proxied.proxy.credentials, clock });
    await operator.start();
    await bed.apply(...trio('web'));
    await bed.ready('ECSService', 'web');
  });
  afterEach(() => operator.stop());

  it('without the API server: not ready within 30 s, and alive; with it again: ready', {
    timeout: 120_000,
  }, async () => {
    await answers(operator, '/readyz', 200, 20_000);
    const connect = proxied.proxy.onRequest(() => 'cut');
    for (const watch of proxied.proxy.watches) watch.cut('');
    const lost = await answers(operator, '/readyz', 503, 30_000);
    expect(lost.text).toMatch(/^\[-\]api-server failed: no answer for 1\d s$/m);
    expect((await ask(operator, '/healthz')).status).toBe(200);
    connect();
    await answers(operator, '/readyz', 200, 10_000);
  });

  it('is asked of the API server once in five seconds, however many want to know', async () => {
    jumpedMs += 5_000;
    const before = proxied.proxy.journal.length;
    await Promise.all(Array.from({ length: 20 }, () => ask(operator, '/readyz')));
    await ask(operator, '/readyz');
    const asked = proxied.proxy.journal.slice(before).filter(({ path }) => path === '/readyz');
    expect(asked).toHaveLength(1);
  });

  it('with a watch that is not let in any more: not ready, and told which', async () => {
    const { proxy } = proxied;
    // One that is opened after the jump has been silent for no time at all.
    await allWatching(proxy, 1_000);
    const heal = proxy.refuse({ match: ({ path }) => path.endsWith('/ecsclusters'), status: 403 });
    onTestFinished(() => void heal());
    const contacts = () => new Map(operator.manager.states.map(({ kind, watch }) => [kind, watch.lastEventAtMs]));
    const before = contacts();
    // For longer than a silent watch is only opened again.
    jumpedMs += 130_000;
    for (const watch of proxy.watches) watch.cut('');
    await eventually('all kinds but one have been listed again', async () => {
      const value = [...contacts()].filter(([kind, at]) => at === before.get(kind)).map(([kind]) => kind);
      return { value, done: value.join() === 'ECSCluster' };
    });
    expect((await ask(operator, '/readyz')).status).toBe(200);
    jumpedMs += 120_000;
    const told = await answers(operator, '/readyz', 503, 20_000);
    expect(told.text).toContain('[-]watches failed: nothing heard for 240 s: ECSCluster\n');
    heal();
    await answers(operator, '/readyz', 200, 40_000);
  });

  it('with a reconcile that does not end: not alive, but ready', async () => {
    const { stuck, release } = wedgeClusters();
    onTestFinished(release);
    await bed.apply(cluster('wedged'));
    await stuck;
    jumpedMs += 160_000;
    expect((await ask(operator, '/healthz')).status).toBe(200);
    jumpedMs += 25_000;
    const wedged = await ask(operator, '/healthz');
    expect(wedged.status).toBe(503);
    expect(wedged.text).toContain('[-]workers failed: a reconcile does not end, 180 s after it began: ECSCluster\n');
    release();
    await answers(operator, '/healthz', 200, 10_000);
  });

  it('while the process stops: not ready from the first moment, alive until the end', async () => {
    const { stuck, release } = wedgeClusters();
    onTestFinished(release);
    operator.manager.controller('ECSCluster')?.enqueue(`${bed.namespace}/web`, 'user');
    await stuck;
    const stopped = operator.stop();
    const stopping = await ask(operator, '/readyz');
    expect(stopping.status).toBe(503);
    expect(stopping.text).toContain('[-]running failed: the process stops\n');
    expect((await ask(operator, '/healthz')).status).toBe(200);
    release();
    await stopped;
    await expect(ask(operator, '/healthz')).rejects.toThrow('fetch failed');
  });
});

describe('health without AWS', () => {
  it('is what it was: ready and alive', async () => {
    const bed = await testBed();
    await bed.apply(...trio('web'));
    await bed.ready('ECSService', 'web');
    await bed.region.stop();
    expect((await bed.pass('ECSService', 'web')).kind).toBe('failed');
    expect(await bed.operator().pod.probe('readinessProbe')).toBe(200);
    expect(await bed.operator().pod.probe('livenessProbe')).toBe(200);
    // The region is stopped once only.
    await bed.stop().catch(() => undefined);
  });
});

describe('health of a replica that waits for the Lease', () => {
  it('is that of one that acts: it sees what happens and can take over', async () => {
    const bed = await testBed({ withoutOperator: true });
    const timing = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };
    const leaderElection = { enabled: true, namespace: bed.namespace, shards: 1, ...timing };
    await bed.kubectl('create', 'role', 'leases', '--verb=get,create,update', '--resource=leases.coordination.k8s.io');
    await bed.kubectl('create', 'rolebinding', 'leases', '--role=leases', `--user=${operatorUser}`);
    await bed.admin.request({
      method: 'POST',
      path: `/apis/coordination.k8s.io/v1/namespaces/${bed.namespace}/leases`,
      body: {
        apiVersion: 'coordination.k8s.io/v1',
        kind: 'Lease',
        metadata: { name: 'ecs-operator' },
        spec: { holderIdentity: 'another', leaseDurationSeconds: 3_600, renewTime: '2026-01-01T00:00:00.000000Z' },
      },
      signal: AbortSignal.timeout(10_000),
    });
    const operator = inProcessOperator(bed, { config: { ...served, leaderElection } });
    await operator.start();
    await answers(operator, '/readyz', 200, 10_000);
    await answers(operator, '/healthz', 200, 10_000);
    expect(operator.leadership.held()).toEqual([]);
    await operator.stop();
    await bed.stop();
  });
});
