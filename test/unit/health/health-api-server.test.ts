import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ApiServerProbe } from '../../../src/health/api-server-probe.ts';
import { Transport } from '../../../src/kube/transport.ts';
import { type Fault, ScriptedApiServer } from '../../support/scripted-api-server.ts';
import { until } from '../../support/until.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { plainCredentials } from '../kube/fixtures.ts';

let server: ScriptedApiServer;
let clock: VirtualClock;
let transport: Transport;
let probe: ApiServerProbe;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  clock = new VirtualClock();
  transport = new Transport({ credentials: plainCredentials(server.url), clock });
  probe = new ApiServerProbe(transport, clock);
});

afterEach(async () => {
  probe.close();
  await transport.close();
  await server.close();
});

const ok: Fault = { kind: 'text', text: 'ok', code: 200 };

describe('whether the API server answers', () => {
  test.each([
    ['is ready', ok, true],
    ['does not let us ask', { kind: 'status', code: 403 }, true],
    ['has no such page', { kind: 'status', code: 404 }, true],
    ['is not ready', { kind: 'text', text: '[-]etcd failed', code: 500 }, false],
    ['starts, behind a load balancer', { kind: 'status', code: 503 }, false],
    ['cuts the connection', { kind: 'cut' }, false],
  ] as const satisfies readonly (readonly [string, Fault, boolean])[])('one that %s', async (_, fault, answers) => {
    server.fail(fault);
    expect(await probe.answeredMs()).toBe(answers ? 0 : undefined);
  });

  test('is not asked again within five seconds, nor by two at once', async () => {
    server.fail(ok);
    await Promise.all([probe.answeredMs(), probe.answeredMs()]);
    clock.advance(4_999);
    expect(await probe.answeredMs()).toBe(0);
    expect(server.requests.map(({ path }) => path)).toEqual(['/readyz']);
    clock.advance(1);
    expect(await probe.answeredMs()).toBe(5_000);
    expect(server.requests).toHaveLength(2);
  });

  test('one that falls silent costs three seconds, and its last answer grows old', async () => {
    server.failOnce(ok);
    await probe.answeredMs();
    clock.advance(5_000);
    server.fail({ kind: 'hang' });
    const answer = probe.answeredMs();
    await until('the second question', () => server.requests.length === 2);
    clock.advance(3_000);
    expect(await answer).toBe(0);
    expect(clock.monotonicMs()).toBe(8_000);
  });

  test('is asked although other requests were told to wait', async () => {
    server.failOnce({ kind: 'status', code: 429, headers: { 'retry-after': '60' } });
    const signal = AbortSignal.timeout(5_000);
    await transport.request({ method: 'GET', path: '/api', signal }).catch(() => undefined);
    server.fail(ok);
    expect(await probe.answeredMs()).toBe(0);
  });

  test('is asked again after five seconds, however long it wanted to be left alone', async () => {
    server.failOnce({ kind: 'status', code: 503, headers: { 'retry-after': '60' } });
    expect(await probe.answeredMs()).toBeUndefined();
    server.fail(ok);
    clock.advance(5_000);
    expect(await probe.answeredMs()).toBe(5_000);
  });
});
