import { pino } from 'pino';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { Reflector } from '../../../src/kube/reflector.ts';
import { Store } from '../../../src/kube/store.ts';
import { Transport } from '../../../src/kube/transport.ts';
import type { KubeObject } from '../../../src/kube/types.ts';
import { type Fault, isList, isWatch, ScriptedApiServer, status } from '../../support/scripted-api-server.ts';
import { until } from '../../support/until.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { plainCredentials, widgets } from './fixtures.ts';

let server: ScriptedApiServer;
let clock: VirtualClock;
let transport: Transport;
let store: Store<KubeObject>;
let reflector: Reflector<KubeObject>;
let abort: AbortController;
let running: Promise<void> | undefined;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  clock = new VirtualClock();
  const log = pino({ level: 'silent' });
  transport = new Transport({ credentials: plainCredentials(server.url), clock });
  store = new Store({ log });
  reflector = new Reflector({ transport, store, names: widgets, clock, log });
  abort = new AbortController();
});

afterEach(async () => {
  abort.abort(new Error('test over'));
  await running;
  running = undefined;
  await transport.close();
  await server.close();
});

async function start(): Promise<void> {
  running = reflector.run(abort.signal);
  await reflector.synced;
  await until('the watch is open', () => server.watches.size === 1);
}

function contents(): string[] {
  return store
    .list()
    .map(({ metadata }) => `${metadata.namespace}/${metadata.name} ${metadata.resourceVersion}`)
    .sort();
}

/** For so long the watch that is open says nothing. */
async function quietFor(ms: number): Promise<void> {
  await until('the watch is open, for the reflector too', () => clock.pending.includes(100_000));
  clock.advance(ms);
}

/** Lets virtual time pass only while the reflector waits. */
async function resumes(open: number): Promise<void> {
  await until(`watch ${open} is open`, () => watches() === open && server.watches.size === 1, {
    step: () => {
      if (reflector.stats.state === 'waiting') clock.advance(100);
    },
  });
}

/** Lets virtual time pass only while the reflector waits, until the store equals the server. Returns the seconds that took. */
async function caughtUp(): Promise<number> {
  const startMs = clock.monotonicMs();
  await until('the store equals the server', () => contents().join() === server.contents.join(), {
    step: () => {
      if (reflector.stats.state === 'waiting') clock.advance(100);
    },
  });
  return (clock.monotonicMs() - startMs) / 1000;
}

const lists = (): number => server.requests.filter(isList).length;
const watches = (): number => server.requests.filter(isWatch).length;

describe('list and watch', () => {
  test('lists consistently in pages and watches with bookmarks and a jittered server time-out', async () => {
    for (let n = 0; n < 1_201; n += 1) server.put(`w${n}`, { n });
    await start();
    expect(store.size).toBe(1_201);
    expect(
      server.requests.filter(isList).map(({ query }) => [query.get('limit'), query.get('resourceVersion')]),
    ).toEqual(Array.from({ length: 3 }, () => ['500', null]));
    const watch = server.requests.find(isWatch);
    expect(watch?.query.get('allowWatchBookmarks')).toBe('true');
    expect(watch?.query.get('resourceVersion')).toBe(server.resourceVersion);
    expect(Number(watch?.query.get('timeoutSeconds'))).toBeGreaterThanOrEqual(240);
    expect(Number(watch?.query.get('timeoutSeconds'))).toBeLessThanOrEqual(300);
  });

  test('gives listed objects their apiVersion and kind and drops managedFields', async () => {
    server.put('a', { x: 1 });
    await start();
    const held = store.get('default/a');
    expect(held).toMatchObject({ apiVersion: 'example.dev/v1', kind: 'Widget' });
    expect(held?.metadata).not.toHaveProperty('managedFields');
  });

  test('brings creations, changes and deletions into the store', async () => {
    server.put('a', 1);
    await start();
    server.put('b', 1);
    server.put('a', 2);
    server.delete('b');
    await caughtUp();
    await until('the last version has been seen', () => store.seenResourceVersion === server.resourceVersion);
    expect(contents()).toEqual(server.contents);
    expect(lists()).toBe(1);
  });

  test('starts the list again when a continue token expires between pages', async () => {
    for (let n = 0; n < 501; n += 1) server.put(`w${n}`, n);
    server.failOnce({ kind: 'status', code: 410 }, (request) => request.query.has('continue'));
    await start();
    expect(contents()).toEqual(server.contents);
    expect(lists()).toBe(4);
    expect(reflector.stats.relists).toBe(1);
  });

  test('asks for the failed page again, not for the whole list', async () => {
    for (let n = 0; n < 501; n += 1) server.put(`w${n}`, n);
    server.failOnce({ kind: 'status', code: 500 }, (request) => request.query.has('continue'));
    running = reflector.run(abort.signal);
    await caughtUp();
    expect(lists()).toBe(3);
    expect(reflector.stats.relists).toBe(0);
  });

  test('shows nothing of a list before its last page', async () => {
    for (let n = 0; n < 501; n += 1) server.put(`w${n}`, n);
    server.failOnce({ kind: 'hang' }, (request) => request.query.has('continue'));
    running = reflector.run(abort.signal);
    await until('the second page is asked for', () => lists() === 2);
    expect(store.size).toBe(0);
  });

  test('resumes where it was, without a list and without a wait, when the server ends the watch', async () => {
    await start();
    server.bookmark();
    await until('the bookmark has come', () => store.seenResourceVersion === server.resourceVersion);
    server.endWatches();
    await until('a second watch is open', () => watches() === 2 && server.watches.size === 1);
    expect(server.requests.at(-1)?.query.get('resourceVersion')).toBe(server.resourceVersion);
    expect(lists()).toBe(1);
    expect(reflector.stats.reconnects).toBe(1);
    expect(clock.monotonicMs()).toBe(0);
  });

  test('does not hammer a server that ends each watch at once', async () => {
    await start();
    server.fail({ kind: 'stream', text: '', after: 'end' }, isWatch);
    server.endWatches();
    for (let second = 0; second < 60; second += 1) {
      await until('it waits', () => reflector.stats.state === 'waiting');
      clock.advance(1_000);
    }
    expect(watches()).toBeLessThan(12);
  });
});

describe('a label selector', () => {
  const refusal: Fault = { kind: 'status', code: 400, body: status(400, 'unable to parse requirement: found ""') };
  const labelSelector = 'team in (a';
  const limited = (): Reflector<KubeObject> =>
    new Reflector({ transport, store, names: widgets, labelSelector, clock, log: pino({ level: 'silent' }) });

  test('is sent with the list, each of its pages, and the watch', async () => {
    for (let n = 0; n < 501; n += 1) server.put(`w${n}`, n);
    reflector = limited();
    await start();
    expect(server.requests.map(({ query }) => query.get('labelSelector'))).toEqual(Array(3).fill(labelSelector));
  });

  test('that the server cannot read ends it, with the selector and the words of the server', async () => {
    server.fail(refusal);
    reflector = limited();
    running = reflector.run(abort.signal);
    await expect(reflector.synced).rejects.toMatchObject({
      disposition: 'terminal',
      reason: 'InvalidLabelSelector',
      message: expect.stringMatching(/"team in \(a" is not one.*unable to parse requirement/),
    });
    await running;
    expect(server.requests).toHaveLength(1);
    expect(clock.pending).toEqual([]);
  });

  test('that was read once is not blamed for a 400 later', async () => {
    reflector = limited();
    await start();
    server.failOnce({ kind: 'status', code: 410 }, isWatch);
    server.failOnce(refusal, isList);
    for (const watch of server.watches) watch.response.end();
    await until('the watch is closed', () => server.watches.size === 0);
    server.put('a', 1);
    await caughtUp();
    expect(lists()).toBe(3);
  });

  test('that is not set makes a 400 a failure like others', async () => {
    server.failOnce(refusal);
    running = reflector.run(abort.signal);
    await until('the second list', () => lists() === 2, { step: () => clock.advance(100) });
    await reflector.synced;
  });
});

describe('410', () => {
  test('on connect leads to one list', async () => {
    server.put('a', 1);
    await start();
    server.failOnce({ kind: 'status', code: 410 }, isWatch);
    server.cutWatches();
    server.put('b', 1);
    await caughtUp();
    expect(lists()).toBe(2);
    expect(reflector.stats.relists).toBe(1);
  });

  test('as an event leads to one list at once, which emits only what differs', async () => {
    server.put('a', 1);
    server.put('b', 1);
    await start();
    const events: string[] = [];
    store.onEvent((event) => events.push(`${event.kind} ${event.object.metadata.uid}`));
    server.sendToWatches(`${JSON.stringify({ type: 'ERROR', object: status(410) })}\n`);
    server.put('b', 1, { recreate: true });
    await until('it has listed again', () => lists() === 2 && store.seenResourceVersion === server.resourceVersion);
    expect(events).toEqual(['deleted uid-2', 'added uid-3']);
    expect(clock.monotonicMs()).toBe(0);
  });

  test('for ever does not become a hot loop', async () => {
    await start();
    server.fail({ kind: 'status', code: 410 }, isWatch);
    server.cutWatches();
    for (let second = 0; second < 60; second += 1) {
      await until('it waits', () => reflector.stats.state === 'waiting');
      clock.advance(1_000);
    }
    expect(server.requests.length).toBeLessThan(30);
  });

  test('a version from the future, as after a restore of etcd, leads to a list too', async () => {
    await start();
    const body = { ...status(504), details: { causes: [{ reason: 'ResourceVersionTooLarge' }] } };
    server.failOnce({ kind: 'status', code: 504, body }, isWatch);
    server.cutWatches();
    server.put('a', 1);
    await caughtUp();
    expect(lists()).toBe(2);
  });
});

describe('any other failure', () => {
  const error500 = `${JSON.stringify({ type: 'ERROR', object: status(500) })}\n`;
  const faults: readonly [string, Fault][] = [
    ['HTTP 500', { kind: 'status', code: 500 }],
    ['HTTP 503', { kind: 'status', code: 503 }],
    ['HTTP 403', { kind: 'status', code: 403 }],
    ['HTTP 404', { kind: 'status', code: 404 }],
    ['malformed JSON', { kind: 'stream', text: '{nonsense}\n', after: 'leave' }],
    ['JSON that is no event', { kind: 'stream', text: 'null\n', after: 'leave' }],
    ['an unknown event', { kind: 'stream', text: '{"type":"WHAT","object":{}}\n', after: 'leave' }],
    ['a truncated line', { kind: 'stream', text: '{"type":"ADDED","obj', after: 'end' }],
    ['an ERROR event 500', { kind: 'stream', text: error500, after: 'leave' }],
    ['a cut before the answer', { kind: 'cut' }],
    ['a cut in the middle of a line', { kind: 'stream', text: '{"type":"ADDED","obj', after: 'cut' }],
  ];

  test.each(faults)('%s for 30 s is asked about at most once a second and healed within one step', async (_, fault) => {
    server.put('a', 1);
    await start();
    server.fail(fault, isWatch);
    server.cutWatches();
    server.put('b', 1);
    const before = watches();
    for (let elapsed = 0; elapsed < 30_000; elapsed += 250) {
      await until('it waits', () => reflector.stats.state === 'waiting');
      clock.advance(250);
    }
    expect(watches() - before).toBeLessThanOrEqual(30);
    expect(watches() - before).toBeGreaterThan(2);
    server.heal();
    expect(await caughtUp()).toBeLessThanOrEqual(30);
    expect(lists()).toBe(1);
  });

  test('a watch without events that breaks after a while does not make the next wait longer', async () => {
    await start();
    for (let n = 0; n < 6; n += 1) {
      await quietFor(10_000);
      server.cutWatches();
      await until('it waits', () => reflector.stats.state === 'waiting');
      clock.advance(800);
      await until('it waits no longer', () => reflector.stats.state === 'watching');
    }
  });

  test('lines that are not events are counted', async () => {
    await start();
    server.sendToWatches('{nonsense}\n');
    await until('it waits', () => reflector.stats.state === 'waiting');
    expect(reflector.stats.parseErrors).toBe(1);
    await until('its socket is closed', () => server.watches.size === 0);
  });

  test('a failing first list is tried again until it works', async () => {
    server.put('a', 1);
    server.fail({ kind: 'status', code: 500 }, isList);
    running = reflector.run(abort.signal);
    for (let n = 0; n < 40; n += 1) {
      await until('it waits', () => reflector.stats.state === 'waiting');
      clock.advance(250);
    }
    server.heal();
    await caughtUp();
    await reflector.synced;
  });

  test('a silent, half-open connection is noticed after 100 s and resumed without a list', async () => {
    await start();
    server.failOnce({ kind: 'stream', text: '', after: 'leave' }, isWatch);
    server.cutWatches();
    await until('it waits', () => reflector.stats.state === 'waiting');
    clock.advance(1_000);
    await until('the silent watch is open', () => clock.pending.includes(100_000));
    server.put('a', 1);
    clock.advance(100_000);
    await caughtUp();
    expect(lists()).toBe(1);
    expect(reflector.stats.lastEventAtMs).toBeGreaterThan(100_000);
  });

  test('a 503 that asks for an hour is believed for two minutes', async () => {
    await start();
    server.failOnce({ kind: 'status', code: 503, headers: { 'retry-after': '3600' } }, isWatch);
    server.cutWatches();
    await until('it waits', () => reflector.stats.state === 'waiting');
    clock.advance(800);
    await until('it has been refused', () => watches() === 2 && reflector.stats.state === 'waiting');
    clock.advance(121_000);
    await until('it watches again', () => server.watches.size === 1);
  });

  test('an ERROR event that asks for an hour is believed for two minutes', async () => {
    await start();
    const object = { ...status(429), details: { retryAfterSeconds: 3_600 } };
    server.sendToWatches(`${JSON.stringify({ type: 'ERROR', object })}\n`);
    await until('it waits', () => reflector.stats.state === 'waiting');
    clock.advance(121_000);
    await until('it watches again', () => watches() === 2 && server.watches.size === 1);
  });

  test('a 429 is followed by nothing before its Retry-After is over', async () => {
    await start();
    server.failOnce({ kind: 'status', code: 429, headers: { 'retry-after': '5' } }, isWatch);
    server.cutWatches();
    await until('it waits', () => reflector.stats.state === 'waiting');
    clock.advance(800);
    await until('it has been refused', () => watches() === 2 && reflector.stats.state === 'waiting');
    const refused = clock.monotonicMs();
    server.put('a', 1);
    await caughtUp();
    expect(clock.monotonicMs() - refused).toBeGreaterThanOrEqual(5_000);
    expect(watches()).toBe(3);
  });

  test('the server gone and back on the same port is only a resume', async () => {
    server.put('a', 1);
    await start();
    const { port } = server;
    const old = server;
    await old.close();
    await until('it waits', () => reflector.stats.state === 'waiting');
    for (let n = 0; n < 10; n += 1) {
      await until('it waits', () => reflector.stats.state === 'waiting');
      clock.advance(500);
    }
    server = await ScriptedApiServer.start({ port });
    server.put('a', 1);
    server.put('b', 1);
    await until('b has come', () => store.get('default/b') !== undefined, {
      step: () => {
        if (reflector.stats.state === 'waiting') clock.advance(100);
      },
    });
    expect(lists()).toBe(0);
  });
});

describe('a watch that says nothing', () => {
  /** What kube-apiserver makes of a version that it has not reached, and a proxy of what it holds back. */
  const mute: Fault = { kind: 'stream', text: '', after: 'leave' };

  test('nor when it was resumed is followed by a list', async () => {
    server.fail(mute, isWatch);
    running = reflector.run(abort.signal);
    await quietFor(101_000);
    await until('it waits', () => reflector.stats.state === 'waiting');
    server.put('missed', 1);
    clock.advance(800);
    await quietFor(101_000);
    await caughtUp();
    expect(server.requests.slice(0, 4).map(isWatch)).toEqual([false, true, true, false]);
  });

  test('and is cut again and again is followed by a list after two minutes of that', async () => {
    await start();
    for (const open of [2, 3]) {
      await quietFor(50_000);
      server.cutWatches();
      await resumes(open);
    }
    expect(lists()).toBe(1);
    await quietFor(50_000);
    server.cutWatches();
    await resumes(4);
    expect(lists()).toBe(2);
  });

  test('but a bookmark now and then is resumed, however often it is cut', async () => {
    await start();
    for (let open = 2; open < 8; open += 1) {
      await quietFor(60_000);
      server.bookmark();
      await until('the bookmark has come', () => store.seenResourceVersion === server.resourceVersion);
      clock.advance(60_000);
      server.cutWatches();
      await resumes(open);
    }
    expect(lists()).toBe(1);
  });

  test('shows no sign of life by being open', async () => {
    await start();
    await quietFor(50_000);
    server.cutWatches();
    await resumes(2);
    expect(reflector.stats.lastEventAtMs).toBe(0);
    server.bookmark();
    await until('the bookmark has come', () => store.seenResourceVersion === server.resourceVersion);
    expect(reflector.stats.lastEventAtMs).toBe(clock.monotonicMs());
  });
});

describe('a listener that throws', () => {
  test('does not stop the stream', async () => {
    await start();
    store.onEvent(() => {
      throw new Error('bug');
    });
    server.put('a', 1);
    server.put('b', 1);
    await caughtUp();
    expect(store.listenerErrors).toBe(2);
    expect(reflector.stats.reconnects).toBe(0);
  });
});

describe('stop', () => {
  const cases: readonly [string, () => Promise<void>][] = [
    ['while watching', start],
    [
      'during the first list',
      async () => {
        server.fail({ kind: 'hang' }, isList);
        running = reflector.run(abort.signal);
        await until('the list is asked for', () => lists() === 1);
      },
    ],
    [
      'while the watch is being opened',
      async () => {
        server.fail({ kind: 'hang' }, isWatch);
        running = reflector.run(abort.signal);
        await until('the watch is asked for', () => watches() === 1);
      },
    ],
    [
      'while waiting',
      async () => {
        server.fail({ kind: 'status', code: 500 });
        running = reflector.run(abort.signal);
        await until('it waits', () => reflector.stats.state === 'waiting');
      },
    ],
  ];

  test.each(cases)('%s leaves no watch, no timer and, with the transport closed, no socket', async (_, reach) => {
    await reach();
    abort.abort(new Error('stop'));
    await running;
    expect(reflector.stats.state).toBe('stopped');
    expect(clock.pending).toEqual([]);
    await until('no watch is open', () => server.watches.size === 0);
    await transport.close();
    await until('no socket is open', () => server.sockets.size === 0);
  });

  test('before the first list rejects those who wait for it', async () => {
    server.fail({ kind: 'hang' }, isList);
    running = reflector.run(abort.signal);
    const reason = new Error('stop');
    abort.abort(reason);
    await expect(reflector.synced).rejects.toBe(reason);
  });
});

describe('refresh', () => {
  test('lists anew, and then the store holds what no watch has told', async () => {
    server.fail({ kind: 'stream', text: '', after: 'leave' }, isWatch);
    running = reflector.run(abort.signal);
    await reflector.synced;
    server.put('late', {});
    await reflector.refresh();
    expect(contents()).toEqual(server.contents);
  });

  test('is not content with a list that had begun before', async () => {
    server.put('a', {});
    server.failOnce({ kind: 'hang' }, isList);
    running = reflector.run(abort.signal);
    await until('the list is asked for', () => lists() === 1);
    const refreshed = reflector.refresh();
    const again = reflector.refresh();
    await until('the list is given up and asked for again', () => lists() >= 2, { step: () => clock.advance(1_000) });
    await Promise.all([refreshed, again]);
    expect(contents()).toEqual(server.contents);
    expect(lists()).toBe(2);
  });

  test('goes on watching afterwards', async () => {
    await start();
    await reflector.refresh();
    await until('the new watch is open', () => server.watches.size === 1);
    server.put('b', {});
    await until('the event arrives', () => store.size === 1);
    expect(lists()).toBe(2);
  });

  test('ends with the reflector', async () => {
    await start();
    server.fail({ kind: 'hang' }, isList);
    const refreshed = reflector.refresh();
    abort.abort(new Error('stopping'));
    await expect(refreshed).rejects.toThrow('stopping');
  });
});
