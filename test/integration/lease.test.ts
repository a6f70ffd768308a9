import { afterAll, beforeAll, expect, test } from 'vitest';
import { microTime, systemClock } from '../../src/clock.ts';
import { isOutdated, LeaseClient, type LeaseRecord } from '../../src/kube/lease.ts';
import { Transport } from '../../src/kube/transport.ts';
import { testCluster } from '../support/cluster.ts';
import { kubeConfig, must } from '../support/kubectl.ts';

const cluster = testCluster();
const call = { signal: AbortSignal.timeout(60_000), deadlineMs: 5_000 };
const now = microTime(Date.UTC(2026, 0, 1));
const record: LeaseRecord = { holder: 'a', durationSeconds: 15, acquireTime: now, renewTime: now, transitions: 0 };

let namespace: string;
let transport: Transport;
let leases: LeaseClient;

beforeAll(async () => {
  namespace = await cluster.freshNamespace('lease');
  transport = new Transport({ credentials: kubeConfig(cluster.kubeconfig()), clock: systemClock });
  leases = new LeaseClient(transport, namespace);
});

afterAll(() => transport.close());

test('a Lease that is not there is undefined; one that is made reads as it was written', async () => {
  expect(await leases.get('one', call)).toBeUndefined();
  await leases.create('one', { record, claimant: undefined, layout: '3' }, call);
  expect(await leases.get('one', call)).toMatchObject({ name: 'one', record, claimant: undefined, layout: '3' });
});

test('a write on a version that is no more, on a Lease that exists or on one that is gone is refused as outdated', async () => {
  const first = await leases.create('two', { record, claimant: undefined }, call);
  await expect(leases.create('two', { record, claimant: undefined }, call)).rejects.toSatisfy(isOutdated);
  await leases.update(first, { record: { ...record, holder: 'b' }, claimant: undefined }, call);
  await expect(leases.update(first, { record, claimant: undefined }, call)).rejects.toSatisfy(isOutdated);
  await must(cluster.kubectl, ['-n', namespace, 'delete', 'lease', 'two']);
  await expect(leases.update(first, { record, claimant: undefined }, call)).rejects.toSatisfy(isOutdated);
});

test('the API server takes a Lease without holder and times, and one is nobody’s again', async () => {
  const nobody = { holder: '', durationSeconds: 1, acquireTime: undefined, renewTime: undefined, transitions: 0 };
  const free = await leases.create('three', { record: nobody, claimant: undefined }, call);
  expect(free.record).toEqual(nobody);
  const held = await leases.update(free, { record, claimant: 'b' }, call);
  expect(held).toMatchObject({ record, claimant: 'b' });
  const given = await leases.update(held, { record: { ...record, holder: '' }, claimant: undefined }, call);
  expect(given).toMatchObject({ record: { holder: '' }, claimant: undefined });
});

test('what others put on a Lease stays there', async () => {
  await leases.create('four', { record, claimant: 'b', layout: '2' }, call);
  const kubectl = (...args: readonly string[]): Promise<string> => must(cluster.kubectl, ['-n', namespace, ...args]);
  await kubectl('label', 'lease', 'four', 'team=blue');
  await kubectl('annotate', 'lease', 'four', 'note=kept');
  const read = await leases.get('four', call);
  if (read === undefined) throw new Error('no Lease');
  const written = await leases.update(read, { record: { ...record, transitions: 4 }, claimant: undefined }, call);
  expect(written).toMatchObject({ layout: '2', claimant: undefined, record: { transitions: 4 } });
  expect(written.object.metadata).toMatchObject({ labels: { team: 'blue' }, annotations: { note: 'kept' } });
});

test('the moment of sending is told, once, before the answer', async () => {
  const sent: string[] = [];
  const onSend = (): void => {
    sent.push('now');
  };
  await leases.get('four', { ...call, onSend });
  expect(sent).toEqual(['now']);
});
