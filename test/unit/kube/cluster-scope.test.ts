import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { EventRecorder } from '../../../src/kube/events.ts';
import { received } from '../../../src/kube/freeze.ts';
import { ObjectWriter } from '../../../src/kube/objects.ts';
import { pathOf } from '../../../src/kube/paths.ts';
import { Reflector } from '../../../src/kube/reflector.ts';
import { Store } from '../../../src/kube/store.ts';
import { Transport } from '../../../src/kube/transport.ts';
import { apiVersionOf, type KubeObject, keyOf, type ResourceNames } from '../../../src/kube/types.ts';
import { isWatch, ScriptedApiServer } from '../../support/scripted-api-server.ts';
import { until } from '../../support/until.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { plainCredentials, widget, widgets } from './fixtures.ts';

const gadgets: ResourceNames = { ...widgets, kind: 'Gadget', plural: 'gadgets', scope: 'Cluster' };

/** As the API server sends what is in no namespace. */
function sent(): KubeObject {
  const { namespace: _, ...metadata } = widget('a', '7').metadata;
  const wire: unknown = { ...widget('a', '7'), kind: 'Gadget', metadata: { ...metadata, managedFields: [] } };
  return JSON.parse(JSON.stringify(wire));
}

test('the paths of a kind that is in no namespace have none, whatever is given', () => {
  expect(pathOf(gadgets, 'shop')).toBe('/apis/example.dev/v1/gadgets');
  expect(pathOf(gadgets, '', 'a', 'status')).toBe('/apis/example.dev/v1/gadgets/a/status');
  expect(pathOf(widgets, 'shop', 'a')).toBe('/apis/example.dev/v1/namespaces/shop/widgets/a');
});

test('an object without a namespace is received with an empty one, and one with a namespace as it is', () => {
  const object = received(sent());
  expect(object.metadata).toEqual({ ...widget('a', '7').metadata, namespace: '' });
  expect(keyOf(object)).toBe('/a');
  const namespaced = widget('a', '7', { namespace: 'shop' });
  expect(received(namespaced)).toBe(namespaced);
});

test('what has no group has only a version', () => {
  expect(apiVersionOf({ ...widgets, group: '' })).toBe('v1');
  expect(apiVersionOf(widgets)).toBe('example.dev/v1');
});

describe('the API server', () => {
  let server: ScriptedApiServer;
  let transport: Transport;
  const { signal } = new AbortController();
  const clock = new VirtualClock();

  beforeEach(async () => {
    server = await ScriptedApiServer.start();
    transport = new Transport({ credentials: plainCredentials(server.url), clock });
  });
  afterEach(async () => {
    await transport.close();
    await server.close();
  });

  test('is sent a status that names no namespace, because it refuses one', async () => {
    const writer = new ObjectWriter<KubeObject>({ transport, names: gadgets, gate: () => {} });
    await writer.applyStatus(received(sent()).metadata, { size: 1 }, signal);
    const [request] = server.requests;
    expect(request?.path).toContain('/apis/example.dev/v1/gadgets/a/status');
    expect(JSON.parse(request?.body ?? '').metadata).toEqual({ name: 'a', uid: 'uid-a', resourceVersion: '7' });
  });

  test('is asked for metadata alone, in the list and in the watch, where nothing else is wanted', async () => {
    const stopped = new AbortController();
    const store = new Store<KubeObject>({ log: pino({ level: 'silent' }) });
    const reflector = new Reflector<KubeObject>({
      transport,
      store,
      names: gadgets,
      metadataOnly: true,
      fieldSelector: 'metadata.name=a',
      clock,
      log: pino({ level: 'silent' }),
    });
    const running = reflector.run(stopped.signal);
    await until('a watch', () => server.requests.some(isWatch));
    stopped.abort();
    await running;
    expect(server.requests.map(({ headers }) => headers.accept)).toEqual([
      'application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1',
      'application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1',
    ]);
    expect(server.requests.map(({ query }) => query.get('fieldSelector'))).toEqual([
      'metadata.name=a',
      'metadata.name=a',
    ]);
  });

  test('is sent an Event about it for the namespace `default`, where it wants it', async () => {
    const recorder = new EventRecorder({ transport, clock, log: pino({ level: 'silent' }), reportingInstance: 'pod' });
    recorder.record(received(sent()), 'Normal', 'Signed', 'signed in');
    await until('a write', () => server.requests.length === 1);
    const [request] = server.requests;
    expect(request?.path).toContain('/apis/events.k8s.io/v1/namespaces/default/events');
    expect(JSON.parse(request?.body ?? '').metadata.namespace).toBe('default');
    await recorder.flush(AbortSignal.abort());
  });
});
