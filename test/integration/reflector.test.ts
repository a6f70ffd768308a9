import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { KubeConfig } from '@kubernetes/client-node';
import { pino } from 'pino';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import { EventRecorder } from '../../src/kube/events.ts';
import { ObjectWriter } from '../../src/kube/objects.ts';
import { pathOf } from '../../src/kube/paths.ts';
import { Reflector } from '../../src/kube/reflector.ts';
import { Store } from '../../src/kube/store.ts';
import { KubeError, Transport } from '../../src/kube/transport.ts';
import type { KubeObject, ResourceNames } from '../../src/kube/types.ts';
import { type ControlPlane, startControlPlane } from '../sandbox/control-plane/index.ts';
import { until } from '../support/until.ts';

const names: ResourceNames = {
  group: 'test.ecs-operator.dev',
  version: 'v1',
  kind: 'Widget',
  plural: 'widgets',
  singular: 'widget',
  shortNames: [],
};

/** JSON is YAML. */
const crd = JSON.stringify({
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: `${names.plural}.${names.group}` },
  spec: {
    group: names.group,
    scope: 'Namespaced',
    names: { kind: names.kind, plural: names.plural, singular: names.singular },
    versions: [
      {
        name: names.version,
        served: true,
        storage: true,
        subresources: { status: {} },
        schema: {
          openAPIV3Schema: {
            type: 'object',
            properties: {
              spec: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
              status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
            },
          },
        },
      },
    ],
  },
});

let controlPlane: ControlPlane;
let transport: Transport;
let namespace: string;
let abort: AbortController;
let running: Promise<void> | undefined;
let store: Store<KubeObject>;
let reflector: Reflector<KubeObject>;
let writer: ObjectWriter<KubeObject>;
let count = 0;
const log = pino({ level: 'silent' });

beforeAll(async () => {
  controlPlane = await startControlPlane();
  const directory = await mkdtemp(join(tmpdir(), 'crd-'));
  await writeFile(join(directory, 'widgets.yaml'), crd);
  await controlPlane.installCrds(directory);
  await rm(directory, { recursive: true });
});

afterAll(() => controlPlane?.stop());

beforeEach(async () => {
  count += 1;
  namespace = `reflector-${count}`;
  await controlPlane.createNamespace(namespace);
  const config = new KubeConfig();
  config.loadFromFile(controlPlane.kubeconfig());
  transport = new Transport({ credentials: config, clock: systemClock });
  store = new Store({ log });
  reflector = new Reflector({ transport, store, names, namespace, clock: systemClock, log });
  writer = new ObjectWriter({ transport, names, gate: () => undefined });
  abort = new AbortController();
});

afterEach(async () => {
  abort.abort(new Error('test over'));
  await running;
  running = undefined;
  await transport.close();
});

async function start(): Promise<void> {
  running = reflector.run(abort.signal);
  await reflector.synced;
}

function create(name: string, spec: object = {}): Promise<KubeObject> {
  const path = pathOf(names, namespace);
  const body = { apiVersion: `${names.group}/${names.version}`, kind: names.kind, metadata: { name }, spec };
  return transport.request<KubeObject>({ method: 'POST', path, body, signal: abort.signal });
}

function remove(name: string): Promise<unknown> {
  return transport.request({ method: 'DELETE', path: pathOf(names, namespace, name), signal: abort.signal });
}

async function failure(promise: Promise<unknown>): Promise<KubeError> {
  const error = await promise.catch((thrown: unknown) => thrown);
  if (error instanceof KubeError) return error;
  throw new Error(`Expected a KubeError, got ${JSON.stringify(error)}`);
}

describe('a reflector on a real API server', () => {
  test('brings what was there and what happens', async () => {
    await create('before');
    await start();
    expect(store.keys()).toEqual([`${namespace}/before`]);
    await create('after', { x: 1 });
    await until('after is in the store', () => store.get(`${namespace}/after`) !== undefined);
    await remove('before');
    await until('before is gone', () => store.size === 1);
    expect(store.get(`${namespace}/after`)).toMatchObject({ kind: 'Widget', spec: { x: 1 } });
    expect(store.get(`${namespace}/after`)?.metadata).not.toHaveProperty('managedFields');
    expect(reflector.stats).toMatchObject({ relists: 0, parseErrors: 0 });
  });

  test('lists more than one page', async () => {
    const all = Array.from({ length: 620 }, (_, n) => `w${n}`);
    for (let n = 0; n < all.length; n += 20) await Promise.all(all.slice(n, n + 20).map((name) => create(name)));
    await start();
    expect(store.size).toBe(620);
  });

  test('survives a restart of the API server without losing anything', async () => {
    await create('before');
    await start();
    await controlPlane.restartApiServer({ downMs: 10_000 });
    await create('after');
    // Measured: 3.5 s after the server is ready; the rest is for a busy machine.
    await until('after is in the store', () => store.get(`${namespace}/after`) !== undefined, { deadlineMs: 20_000 });
    await remove('before');
    await until('before is gone', () => store.size === 1);
    expect(reflector.stats.relists).toBeLessThanOrEqual(1);
    expect(reflector.stats.reconnects).toBeGreaterThanOrEqual(1);
  });
});

describe('finalizers', () => {
  test('are written, and taken off', async () => {
    const created = await create('a');
    const held = await writer.patchFinalizers(created, ['ecs-operator.dev/finalizer'], abort.signal);
    expect(held.metadata.finalizers).toEqual(['ecs-operator.dev/finalizer']);
    expect(held.metadata).not.toHaveProperty('managedFields');
    await remove('a');
    const deleting = await writer.get(held.metadata, abort.signal);
    expect(deleting.metadata.deletionTimestamp).toBeDefined();
    await writer.patchFinalizers(deleting, [], abort.signal);
    expect((await failure(writer.get(held.metadata, abort.signal))).disposition).toBe('absent');
  });

  test('of another version are refused with Conflict', async () => {
    const created = await create('a');
    await writer.patchFinalizers(created, ['other.dev/f'], abort.signal);
    const error = await failure(writer.patchFinalizers(created, ['ecs-operator.dev/finalizer'], abort.signal));
    expect(error).toMatchObject({ status: 409, reason: 'Conflict', disposition: 'failed' });
    expect((await writer.get(created.metadata, abort.signal)).metadata.finalizers).toEqual(['other.dev/f']);
  });

  test('of an object created anew are refused with Conflict', async () => {
    const first = await create('a');
    await remove('a');
    await create('a');
    expect((await failure(writer.patchFinalizers(first, ['x.dev/f'], abort.signal))).reason).toBe('Conflict');
  });
});

describe('status', () => {
  test('is applied, without touching spec or generation, and what is left out is removed', async () => {
    const { metadata } = await create('a', { x: 1 });
    await writer.applyStatus(metadata, { arn: 'arn:1', counts: { running: 1 } }, abort.signal);
    const applied = await writer.applyStatus(metadata, { arn: 'arn:2' }, abort.signal);
    expect(applied).toMatchObject({ spec: { x: 1 }, metadata: { generation: 1 } });
    expect(applied.status).toEqual({ arn: 'arn:2' });
    expect(applied.metadata).not.toHaveProperty('managedFields');
  });

  test('is applied to the object as others have changed it meanwhile', async () => {
    const created = await create('a');
    await writer.patchFinalizers(created, ['other.dev/f'], abort.signal);
    const applied = await writer.applyStatus(created.metadata, { arn: 'arn:1' }, abort.signal);
    expect(applied).toMatchObject({ metadata: { finalizers: ['other.dev/f'] }, status: { arn: 'arn:1' } });
  });

  test('that is the same again does not change the version', async () => {
    const { metadata } = await create('a');
    const first = await writer.applyStatus(metadata, { arn: 'arn:1' }, abort.signal);
    const second = await writer.applyStatus(metadata, { arn: 'arn:1' }, abort.signal);
    expect(second.metadata.resourceVersion).toBe(first.metadata.resourceVersion);
  });

  test('for an object that was created anew is refused with Conflict', async () => {
    const first = await create('a');
    await remove('a');
    const second = await create('a');
    const error = await failure(writer.applyStatus(first.metadata, { arn: 'arn:1' }, abort.signal));
    expect(error).toMatchObject({ reason: 'Conflict', disposition: 'failed' });
    expect((await writer.get(second.metadata, abort.signal)).status).toBeUndefined();
  });

  test('for an object that is gone does not create it', async () => {
    const { metadata } = await create('a');
    await remove('a');
    const error = await failure(writer.applyStatus(metadata, { arn: 'arn:1' }, abort.signal));
    expect([error.reason, error.disposition]).toEqual(['NotFound', 'absent']);
    expect((await failure(writer.get(metadata, abort.signal))).disposition).toBe('absent');
  });
});

describe('events', () => {
  test('are accepted, and counted', async () => {
    const recorder = new EventRecorder({ transport, clock: systemClock, log, reportingInstance: 'test' });
    const object = await create('a');
    recorder.record(object, 'Warning', 'Blocked', 'waits for cluster b');
    await until('it is written', () => recorder.stats.written === 1);
    recorder.record(object, 'Warning', 'Blocked', 'waits for cluster b');
    await recorder.flush(abort.signal);
    expect(recorder.stats).toEqual({ queued: 0, written: 2, dropped: 0 });
    const events = await transport.request<{ items: object[] }>({
      method: 'GET',
      path: pathOf({ group: 'events.k8s.io', version: 'v1', plural: 'events' }, namespace),
      signal: abort.signal,
    });
    expect(events.items).toEqual([
      expect.objectContaining({
        reason: 'Blocked',
        note: 'waits for cluster b',
        series: expect.objectContaining({ count: 2 }),
        regarding: expect.objectContaining({ name: 'a', uid: object.metadata.uid }),
      }),
    ]);
  });

  test('that were repeated before they were first written are accepted too', async () => {
    const recorder = new EventRecorder({ transport, clock: systemClock, log, reportingInstance: 'test' });
    const object = await create('a');
    recorder.record(object, 'Normal', 'First', 'x');
    recorder.record(object, 'Normal', 'Second', 'x');
    recorder.record(object, 'Normal', 'Second', 'x');
    await recorder.flush(abort.signal);
    expect(recorder.stats).toEqual({ queued: 0, written: 2, dropped: 0 });
  });
});
