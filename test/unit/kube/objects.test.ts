import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OperatorError } from '../../../src/errors.ts';
import { ObjectWriter } from '../../../src/kube/objects.ts';
import { Transport } from '../../../src/kube/transport.ts';
import type { KubeObject } from '../../../src/kube/types.ts';
import { ScriptedApiServer, status } from '../../support/scripted-api-server.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { plainCredentials, widget, widgets } from './fixtures.ts';

let server: ScriptedApiServer;
let clock: VirtualClock;
let transport: Transport;
let leading: boolean;
let writer: ObjectWriter<KubeObject>;
const { signal } = new AbortController();
const notLeader = new OperatorError('failed', 'NotLeader', 'not the leader');

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  clock = new VirtualClock();
  transport = new Transport({ credentials: plainCredentials(server.url), clock });
  leading = true;
  const gate = (): void => {
    if (!leading) throw notLeader;
  };
  writer = new ObjectWriter({ transport, names: widgets, gate });
});

afterEach(async () => {
  await transport.close();
  await server.close();
});

describe('writes', () => {
  test('finalizers by merge patch with uid and resourceVersion as preconditions', async () => {
    await writer.patchFinalizers(widget('a', '7'), ['x/f'], signal);
    const [request] = server.requests;
    expect(request?.method).toBe('PATCH');
    expect(request?.path).toBe('/apis/example.dev/v1/namespaces/default/widgets/a');
    expect(request?.headers['content-type']).toBe('application/merge-patch+json');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      metadata: { uid: 'uid-a', resourceVersion: '7', finalizers: ['x/f'] },
    });
  });

  test('status by forced server-side apply with uid and resourceVersion, and nothing of the spec', async () => {
    await writer.applyStatus({ namespace: 'default', name: 'a', uid: 'u', resourceVersion: '7' }, { ready: 1 }, signal);
    const [request] = server.requests;
    expect(request?.path).toBe('/apis/example.dev/v1/namespaces/default/widgets/a/status');
    expect(request?.query.toString()).toBe('fieldManager=ecs-operator&force=true');
    expect(request?.headers['content-type']).toBe('application/apply-patch+yaml');
    expect(JSON.parse(request?.body ?? '')).toEqual({
      apiVersion: 'example.dev/v1',
      kind: 'Widget',
      metadata: { namespace: 'default', name: 'a', uid: 'u', resourceVersion: '7' },
      status: { ready: 1 },
    });
  });

  test('of a status, in conflict with an edit of the same object, are made again on the new version', async () => {
    server.failOnce({ kind: 'status', code: 409 });
    server.failOnce({ kind: 'status', code: 200, body: widget('a', '9') }, ({ method }) => method === 'GET');
    await writer.applyStatus(widget('a', '7').metadata, { ready: 1 }, signal);
    const versions = server.requests
      .filter(({ method }) => method === 'PATCH')
      .map(({ body }) => JSON.parse(body).metadata.resourceVersion);
    expect(versions).toEqual(['7', '9']);
  });

  test('of a status, in conflict with another object of the same name, are refused', async () => {
    server.failOnce({ kind: 'status', code: 409 });
    server.failOnce(
      { kind: 'status', code: 200, body: widget('a', '9', { uid: 'new' }) },
      ({ method }) => method === 'GET',
    );
    await expect(writer.applyStatus(widget('a', '7').metadata, {}, signal)).rejects.toMatchObject({
      reason: 'Conflict',
    });
    expect(server.requests).toHaveLength(2);
  });

  test('of a status give up after three conflicts', async () => {
    server.fail({ kind: 'status', code: 409 }, ({ method }) => method === 'PATCH');
    server.fail({ kind: 'status', code: 200, body: widget('a', '9') }, ({ method }) => method === 'GET');
    await expect(writer.applyStatus(widget('a', '7').metadata, {}, signal)).rejects.toMatchObject({
      reason: 'Conflict',
    });
    expect(server.requests.filter(({ method }) => method === 'PATCH')).toHaveLength(3);
  });

  test('are not sent by a process that may not write', async () => {
    leading = false;
    await expect(writer.patchFinalizers(widget('a', '7'), [], signal)).rejects.toBe(notLeader);
    await expect(writer.applyStatus(widget('a', '7').metadata, {}, signal)).rejects.toBe(notLeader);
    expect(server.requests).toEqual([]);
  });

  test('held back by Retry-After ask the gate again before they are sent', async () => {
    server.failOnce({ kind: 'status', code: 429, headers: { 'retry-after': '5' } });
    await expect(writer.get({ namespace: 'default', name: 'a' }, signal)).rejects.toMatchObject({ status: 429 });
    const write = writer.applyStatus(widget('a', '7').metadata, {}, signal);
    leading = false;
    clock.advance(5_000);
    await expect(write).rejects.toBe(notLeader);
    expect(server.requests).toHaveLength(1);
  });
});

describe('reads', () => {
  test('come without managedFields', async () => {
    const object = widget('a', '7');
    const metadata = { ...object.metadata, managedFields: [{}] };
    server.failOnce({ kind: 'status', code: 200, body: { ...object, metadata } });
    expect(await writer.get({ namespace: 'default', name: 'a' }, signal)).toEqual(object);
  });

  test('of what is not there are absent', async () => {
    server.failOnce({ kind: 'status', code: 404, body: status(404) });
    await expect(writer.get({ namespace: 'default', name: 'a' }, signal)).rejects.toMatchObject({
      disposition: 'absent',
    });
  });
});
