import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Lease, LeaseClient } from '../../../src/kube/lease.ts';
import { Transport } from '../../../src/kube/transport.ts';
import { ScriptedApiServer } from '../../support/scripted-api-server.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { plainCredentials } from './fixtures.ts';

const lease: Lease = {
  name: 'ecs-operator',
  record: { holder: 'me', durationSeconds: 15, acquireTime: undefined, renewTime: undefined, transitions: 0 },
  claimant: undefined,
  object: { apiVersion: 'coordination.k8s.io/v1', kind: 'Lease', metadata: { name: 'ecs-operator' } },
};

let server: ScriptedApiServer;
let clock: VirtualClock;
let transport: Transport;
let leases: LeaseClient;
const call = { signal: new AbortController().signal, deadlineMs: 5_000 };

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  clock = new VirtualClock();
  transport = new Transport({ credentials: plainCredentials(server.url), clock });
  leases = new LeaseClient(transport, 'default');
});

afterEach(async () => {
  await transport.close();
  await server.close();
});

test('a renewal after a Retry-After is held back for a retry period at most', async () => {
  server.failOnce({ kind: 'status', code: 503, headers: { 'retry-after': '30' } });
  await expect(leases.update(lease, lease, call)).rejects.toMatchObject({ status: 503 });
  const renewed = leases.update(lease, lease, call);
  renewed.catch(() => undefined);
  clock.advance(1_999);
  await new Promise(setImmediate);
  expect(server.requests).toHaveLength(1);
  clock.advance(1);
  await renewed;
  expect(server.requests).toHaveLength(2);
});

test('there is no Lease when the API server says so, and not when a gateway finds no API server', async () => {
  server.failOnce({ kind: 'text', code: 404, text: 'default backend - 404' });
  await expect(leases.get('ecs-operator', call)).rejects.toMatchObject({ disposition: 'failed' });
  server.failOnce({ kind: 'status', code: 404 });
  expect(await leases.get('ecs-operator', call)).toBeUndefined();
});
