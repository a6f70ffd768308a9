import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { OperatorError } from '../../../src/errors.ts';
import { EventRecorder } from '../../../src/kube/events.ts';
import { Transport } from '../../../src/kube/transport.ts';
import { type ReceivedRequest, ScriptedApiServer, status } from '../../support/scripted-api-server.ts';
import { until } from '../../support/until.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { plainCredentials, widget } from './fixtures.ts';

interface WrittenEvent {
  readonly metadata: { readonly name: string; readonly namespace: string };
  readonly note: string;
  readonly series?: { readonly count: number };
}

let server: ScriptedApiServer;
let clock: VirtualClock;
let transport: Transport;
let recorder: EventRecorder;
let abort: AbortController;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  clock = new VirtualClock();
  transport = new Transport({ credentials: plainCredentials(server.url), clock });
  recorder = new EventRecorder({ transport, clock, log: pino({ level: 'silent' }), reportingInstance: 'pod-1' });
  abort = new AbortController();
});

afterEach(async () => {
  abort.abort(new Error('test over'));
  await recorder.flush(abort.signal);
  await transport.close();
  await server.close();
});

const posts = (): ReceivedRequest[] => server.requests.filter(({ method }) => method === 'POST');
const patches = (): ReceivedRequest[] => server.requests.filter(({ method }) => method === 'PATCH');
const body = (request: ReceivedRequest | undefined): WrittenEvent => JSON.parse(request?.body ?? 'null');

async function written(count: number): Promise<void> {
  await until(`${count} writes`, () => recorder.stats.written === count);
}

/** Lets time pass while the writer waits between tries, but not while an answer is on its way. */
const passTime = { step: () => clock.advance(100) };

describe('an Event', () => {
  test("is written in the object's namespace with everything that kubectl describe shows", async () => {
    recorder.record(widget('a', '7', { namespace: 'shop' }), 'Warning', 'Blocked', 'waits for cluster b', 'Observe');
    await written(1);
    const [post] = posts();
    expect(post?.path).toBe('/apis/events.k8s.io/v1/namespaces/shop/events');
    expect(body(post)).toMatchObject({
      apiVersion: 'events.k8s.io/v1',
      kind: 'Event',
      metadata: { namespace: 'shop', name: expect.stringMatching(/^a\.[0-9a-f]+$/) },
      eventTime: '2026-01-01T00:00:00.000000Z',
      reportingController: 'ecs-operator',
      reportingInstance: 'pod-1',
      type: 'Warning',
      reason: 'Blocked',
      action: 'Observe',
      note: 'waits for cluster b',
      regarding: {
        apiVersion: 'example.dev/v1',
        kind: 'Widget',
        namespace: 'shop',
        name: 'a',
        uid: 'uid-a',
        resourceVersion: '7',
      },
    });
  });

  test('has a note of at most 1024 bytes, cut between characters', async () => {
    recorder.record(widget('a', '1'), 'Normal', 'Long', 'ä'.repeat(1_000));
    await written(1);
    const { note } = body(posts()[0]);
    expect(Buffer.byteLength(note)).toBeLessThanOrEqual(1_024);
    expect(note).toMatch(/^ä+…$/);
  });

  test('has a valid name however long the name of the object is', async () => {
    recorder.record(widget(`${'a'.repeat(200)}.${'b'.repeat(52)}`, '1'), 'Normal', 'Long', 'x');
    await written(1);
    const { name } = body(posts()[0]).metadata;
    expect(name.length).toBeLessThanOrEqual(253);
    expect(name).toMatch(/^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/);
  });
});

describe('the same Event again', () => {
  test('within ten minutes is a count, written at most twice a minute', async () => {
    const object = widget('a', '1');
    recorder.record(object, 'Warning', 'Failed', 'no');
    await written(1);
    for (let n = 0; n < 9; n += 1) recorder.record(object, 'Warning', 'Failed', 'no');
    clock.advance(29_999);
    await new Promise(setImmediate);
    expect(server.requests).toHaveLength(1);
    clock.advance(1);
    await written(2);
    expect(posts()).toHaveLength(1);
    expect(patches()[0]?.path).toContain(body(posts()[0]).metadata.name);
    expect(body(patches()[0])).toEqual({ series: { count: 10, lastObservedTime: '2026-01-01T00:00:00.000000Z' } });
  });

  test('while the first is still being written is a count too', async () => {
    const object = widget('a', '1');
    for (let n = 0; n < 5; n += 1) recorder.record(object, 'Normal', 'Same', 'x');
    await written(1);
    clock.advance(30_000);
    await written(2);
    expect(posts()).toHaveLength(1);
    expect(body(patches()[0]).series?.count).toBe(5);
  });

  test('after ten quiet minutes is a new Event', async () => {
    recorder.record(widget('a', '1'), 'Normal', 'Same', 'x');
    await written(1);
    clock.advance(10 * 60_000);
    recorder.record(widget('a', '1'), 'Normal', 'Same', 'x');
    await written(2);
    expect(new Set(posts().map((post) => body(post).metadata.name)).size).toBe(2);
  });

  test('is written anew when the API server has forgotten the first', async () => {
    const object = widget('a', '1');
    recorder.record(object, 'Normal', 'Same', 'x');
    await written(1);
    server.failOnce({ kind: 'status', code: 404 }, ({ method }) => method === 'PATCH');
    recorder.record(object, 'Normal', 'Same', 'x');
    clock.advance(30_000);
    await until('it is written again', () => posts().length === 2, passTime);
    await written(2);
    expect(body(posts()[1]).series?.count).toBe(2);
  });

  test('about another object, or another life of it, is another Event', async () => {
    recorder.record(widget('a', '1'), 'Normal', 'Same', 'x');
    recorder.record(widget('b', '1'), 'Normal', 'Same', 'x');
    recorder.record(widget('a', '2', { uid: 'second' }), 'Normal', 'Same', 'x');
    await written(3);
    expect(posts()).toHaveLength(3);
  });
});

describe('limits', () => {
  test('an object may say 25 different things, then one every five minutes', async () => {
    for (let n = 0; n < 40; n += 1) recorder.record(widget('a', '1'), 'Normal', 'Many', `note ${n}`);
    await written(25);
    expect(recorder.stats.dropped).toBe(15);
    recorder.record(widget('b', '1'), 'Normal', 'Other', 'still heard');
    await written(26);
    clock.advance(5 * 60_000);
    recorder.record(widget('a', '1'), 'Normal', 'Many', 'later');
    recorder.record(widget('a', '1'), 'Normal', 'Many', 'too soon');
    await written(27);
    expect(recorder.stats.dropped).toBe(16);
  });

  test('the queue is bounded and record never waits', async () => {
    server.failOnce({ kind: 'hang' });
    for (let n = 0; n < 1_500; n += 1) recorder.record(widget(`o${n}`, '1'), 'Normal', 'Flood', 'x');
    expect(recorder.stats.queued).toBeLessThanOrEqual(1_000);
    expect(recorder.stats.dropped).toBeGreaterThanOrEqual(499);
  });
});

describe('failures', () => {
  test('a server error is tried again, three times in all', async () => {
    server.fail({ kind: 'status', code: 500 });
    recorder.record(widget('a', '1'), 'Normal', 'X', 'x');
    await until('it gave up', () => recorder.stats.dropped === 1, passTime);
    expect(posts()).toHaveLength(3);
    server.heal();
    recorder.record(widget('a', '1'), 'Normal', 'X', 'x');
    await written(1);
  });

  test('a lost answer does not become a second Event', async () => {
    server.failOnce({ kind: 'cut' });
    server.failOnce({ kind: 'status', code: 409, body: { ...status(409), reason: 'AlreadyExists' } });
    recorder.record(widget('a', '1'), 'Normal', 'X', 'x');
    await until('it is written', () => recorder.stats.written === 1, passTime);
    expect(new Set(posts().map((post) => body(post).metadata.name)).size).toBe(1);
  });

  test('a refusal is not tried again and does not hold up the next', async () => {
    server.failOnce({ kind: 'status', code: 403 });
    recorder.record(widget('a', '1'), 'Normal', 'X', 'x');
    recorder.record(widget('b', '1'), 'Normal', 'X', 'x');
    await written(1);
    expect(recorder.stats.dropped).toBe(1);
    expect(posts()).toHaveLength(2);
  });
});

describe('flush', () => {
  test('writes what is outstanding, counts included, and leaves no timer', async () => {
    recorder.record(widget('a', '1'), 'Normal', 'X', 'x');
    await written(1);
    recorder.record(widget('a', '1'), 'Normal', 'X', 'x');
    recorder.record(widget('b', '1'), 'Normal', 'X', 'x');
    await recorder.flush(abort.signal);
    expect(posts()).toHaveLength(2);
    expect(body(patches()[0]).series?.count).toBe(2);
    expect(clock.pending).toEqual([]);
    recorder.record(widget('c', '1'), 'Normal', 'X', 'x');
    expect(recorder.stats).toMatchObject({ queued: 0, dropped: 1 });
  });

  test('gives up when its signal aborts', async () => {
    server.fail({ kind: 'hang' });
    for (let n = 0; n < 5; n += 1) recorder.record(widget(`o${n}`, '1'), 'Normal', 'X', 'x');
    const flushed = recorder.flush(abort.signal);
    await until('it is writing', () => posts().length === 1);
    abort.abort(new Error('too long'));
    await flushed;
    expect(recorder.stats).toMatchObject({ queued: 0, dropped: 5 });
    expect(clock.pending).toEqual([]);
  });
});

describe('the gate', () => {
  test('is asked for the object right before each write, and one that refuses leaves the Event out', async () => {
    const asked: string[] = [];
    const gated = new EventRecorder({
      transport,
      clock,
      log: pino({ level: 'silent' }),
      reportingInstance: 'pod-1',
      gate: ({ kind, namespace, name }) => {
        asked.push(`${kind} ${namespace}/${name}`);
        if (name === 'others') throw new OperatorError('failed', 'NotLeader', 'Not ours.');
      },
    });
    gated.record(widget('ours', '7'), 'Normal', 'Created', 'made');
    gated.record(widget('others', '7'), 'Normal', 'Created', 'made');
    await gated.flush(abort.signal);
    expect(asked).toEqual(['Widget default/ours', 'Widget default/others']);
    expect(posts()).toHaveLength(1);
    expect(gated.stats).toMatchObject({ written: 1, dropped: 1 });
  });
});
