import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { KubeConfig } from '@kubernetes/client-node';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../../src/clock.ts';
import { OperatorError } from '../../../src/errors.ts';
import type { KubeCredentials } from '../../../src/kube/connection.ts';
import { KubeError, Transport } from '../../../src/kube/transport.ts';
import { createAuthority } from '../../sandbox/control-plane/certificates.ts';
import { ScriptedApiServer, status } from '../../support/scripted-api-server.ts';
import { until } from '../../support/until.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';
import { plainCredentials } from './fixtures.ts';

const get = { method: 'GET', path: '/api/v1/things' } as const;

let server: ScriptedApiServer;
let clock: VirtualClock;
let transport: Transport;
let abort: AbortController;

beforeEach(async () => {
  server = await ScriptedApiServer.start();
  clock = new VirtualClock();
  transport = new Transport({ credentials: plainCredentials(server.url), clock });
  abort = new AbortController();
});

afterEach(async () => {
  await transport.close();
  await server.close();
});

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

async function failure(promise: Promise<unknown>): Promise<KubeError> {
  const error = await promise.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  if (error instanceof KubeError) return error;
  throw new Error(`Expected a KubeError, got ${String(error)}`);
}

describe('requests', () => {
  test('three hundred calls one after the other use two connections at most', async () => {
    // undici rests a socket for one turn of the event loop before it is used again, so calls back to back alternate between two.
    for (let call = 0; call < 300; call += 1) await transport.request({ ...get, signal: abort.signal });
    expect(server.connections).toBeLessThanOrEqual(2);
  });

  test('with a pause between them use one connection', async () => {
    for (let call = 0; call < 20; call += 1) {
      await transport.request({ ...get, signal: abort.signal });
      await delay(1);
    }
    expect(server.connections).toBe(1);
  });

  test('carry the user agent, the query and the body with its content type', async () => {
    await transport.request({
      method: 'PATCH',
      path: '/apis/a/v1/b',
      query: { force: true, limit: 3, nothing: undefined },
      body: { a: 1 },
      contentType: 'application/merge-patch+json',
      signal: abort.signal,
    });
    const [request] = server.requests;
    expect(request?.headers['user-agent']).toBe('ecs-operator');
    expect(request?.headers['content-type']).toBe('application/merge-patch+json');
    expect(request?.query.toString()).toBe('force=true&limit=3');
    expect(request?.body).toBe('{"a":1}');
  });

  test('ask for credentials each time, because tokens rotate, and keep the connection', async () => {
    let token = 0;
    const rotating = new Transport({
      credentials: plainCredentials(server.url, () => {
        token += 1;
        return `t${token}`;
      }),
      clock,
    });
    await rotating.request({ ...get, signal: abort.signal });
    await delay(1);
    await rotating.request({ ...get, signal: abort.signal });
    await rotating.close();
    expect(server.requests.map((request) => request.headers.authorization)).toEqual(['Bearer t1', 'Bearer t2']);
    expect(server.connections).toBe(1);
  });

  test('that come together share one fetch of credentials, so that an exec plugin runs once', async () => {
    let fetches = 0;
    const slow: KubeCredentials = {
      ...plainCredentials(server.url),
      async applyToHTTPSOptions() {
        fetches += 1;
        await new Promise(setImmediate);
      },
    };
    const shared = new Transport({ credentials: slow, clock });
    await Promise.all([1, 2, 3].map(() => shared.request({ ...get, signal: abort.signal })));
    await shared.close();
    expect(fetches).toBe(1);
  });

  test('below a gateway keep its base path', async () => {
    const behind = new Transport({ credentials: plainCredentials(`${server.url}/k8s/c-1/`), clock });
    await behind.request({ ...get, signal: abort.signal });
    await behind.close();
    expect(server.requests[0]?.path).toBe('/k8s/c-1/api/v1/things');
  });
});

describe('failures', () => {
  test.each([
    [400, 'failed', 'BadRequest'],
    [401, 'failed', 'Unauthorized'],
    [403, 'failed', 'Forbidden'],
    [404, 'absent', 'NotFound'],
    [409, 'failed', 'Conflict'],
    [410, 'failed', 'Expired'],
    [422, 'terminal', 'Invalid'],
    [429, 'throttled', 'TooManyRequests'],
    [500, 'failed', 'InternalError'],
    [503, 'failed', 'ServiceUnavailable'],
    [504, 'failed', 'Timeout'],
  ])('HTTP %i is %s with reason %s', async (code, disposition, reason) => {
    server.failOnce({ kind: 'status', code });
    const error = await failure(transport.request({ ...get, signal: abort.signal }));
    expect(error).toBeInstanceOf(OperatorError);
    expect(error).toMatchObject({ disposition, reason, status: code, message: `scripted ${code}` });
    expect(error.operation).toBe('GET /api/v1/things');
  });

  test('keep the reason and message of the server, and its audit id', async () => {
    const body = { ...status(409, 'already there'), reason: 'AlreadyExists' };
    server.failOnce({ kind: 'status', code: 409, body, headers: { 'audit-id': 'a-1' } });
    const error = await failure(transport.request({ ...get, signal: abort.signal }));
    expect(error).toMatchObject({ reason: 'AlreadyExists', message: 'already there', requestId: 'a-1' });
  });

  test('in plain text have that text as message', async () => {
    server.failOnce({ kind: 'text', code: 502, text: 'bad gateway\n' });
    expect(await failure(transport.request({ ...get, signal: abort.signal }))).toMatchObject({
      status: 502,
      message: 'bad gateway',
    });
  });

  test.each([
    ['plain text', { kind: 'text', code: 404, text: 'default backend - 404\n' }, 'default backend - 404'],
    ['JSON of somebody else', { kind: 'status', code: 404, body: { error: 'no route' } }, expect.any(String)],
    ['an empty page', { kind: 'text', code: 404, text: '' }, expect.any(String)],
  ] as const)('a 404 in %s does not say that an object is gone', async (_, fault, message) => {
    server.failOnce(fault);
    expect(await failure(transport.request({ ...get, signal: abort.signal }))).toMatchObject({
      disposition: 'failed',
      reason: 'UnrecognizedResponse',
      status: 404,
      message,
    });
  });

  test('an answer that is not JSON is MalformedResponse', async () => {
    server.failOnce({ kind: 'text', text: '<html>' });
    expect((await failure(transport.request({ ...get, signal: abort.signal }))).reason).toBe('MalformedResponse');
  });

  test('a cut connection is failed, without a status, and the next call works', async () => {
    server.failOnce({ kind: 'cut' });
    expect(await failure(transport.request({ ...get, signal: abort.signal }))).toMatchObject({
      disposition: 'failed',
      reason: 'ConnectionFailed',
      status: undefined,
    });
    await transport.request({ ...get, signal: abort.signal });
  });

  test('a server that never answers ends the call at its deadline and frees the socket', async () => {
    server.failOnce({ kind: 'hang' });
    const call = failure(transport.request({ ...get, signal: abort.signal }));
    await until('the request has arrived', () => server.requests.length === 1);
    clock.advance(9_999);
    expect(server.sockets.size).toBe(1);
    clock.advance(1);
    expect((await call).reason).toBe('DeadlineExceeded');
    await until('the socket is closed', () => server.sockets.size === 0);
  });

  test('the deadline covers credentials that never come', async () => {
    const stuck = new Transport({
      credentials: { ...plainCredentials(server.url), applyToHTTPSOptions: () => new Promise(() => undefined) },
      clock,
    });
    const call = failure(stuck.request({ ...get, signal: abort.signal, deadlineMs: 50 }));
    clock.advance(50);
    expect((await call).reason).toBe('DeadlineExceeded');
  });

  test('credentials that never come are given up, and asked for again by the next call', async () => {
    let fetches = 0;
    const hanging: KubeCredentials = {
      ...plainCredentials(server.url),
      applyToHTTPSOptions: () => {
        fetches += 1;
        return fetches === 1 ? new Promise(() => undefined) : Promise.resolve();
      },
    };
    const stuck = new Transport({ credentials: hanging, clock });
    const call = failure(stuck.request({ ...get, signal: abort.signal, deadlineMs: 30_000 }));
    await until('the credentials are waited for', () => clock.pending.includes(10_000));
    clock.advance(10_000);
    expect(await call).toMatchObject({
      reason: 'CredentialsFailed',
      message: 'Credentials for the API server cannot be had: they did not come within 10 s.',
    });
    await stuck.request({ ...get, signal: abort.signal });
    await stuck.close();
    expect(fetches).toBe(2);
    expect(clock.pending).toEqual([]);
  });

  test('credentials that fail for a call that is given up already do not end the process', async () => {
    const unhandled: unknown[] = [];
    const note = (reason: unknown): number => unhandled.push(reason);
    process.on('unhandledRejection', note);
    const broken = new Transport({
      credentials: {
        ...plainCredentials(server.url),
        applyToHTTPSOptions: () => Promise.reject(new Error('aws: killed')),
      },
      clock,
    });
    const reason = new Error('stop');
    abort.abort(reason);
    await expect(broken.request({ ...get, signal: abort.signal })).rejects.toBe(reason);
    await delay(0);
    process.off('unhandledRejection', note);
    expect(unhandled).toEqual([]);
  });

  test('credentials that cannot be had are CredentialsFailed', async () => {
    const broken = new Transport({
      credentials: {
        ...plainCredentials(server.url),
        applyToHTTPSOptions: () => Promise.reject(new Error('aws: command not found')),
      },
      clock,
    });
    const error = await failure(broken.request({ ...get, signal: abort.signal }));
    expect(error.reason).toBe('CredentialsFailed');
    expect(error.message).toContain('aws: command not found');
  });

  test("the caller's abort is rethrown as it is and leaves no timer", async () => {
    server.failOnce({ kind: 'hang' });
    const reason = new Error('stop');
    const call = transport.request({ ...get, signal: abort.signal });
    await until('the request has arrived', () => server.requests.length === 1);
    abort.abort(reason);
    await expect(call).rejects.toBe(reason);
    expect(clock.pending).toEqual([]);
  });

  test('a gate that throws keeps the request from being sent and its error stays what it is', async () => {
    const lost = new OperatorError('failed', 'NotLeader', 'not the leader');
    const gate = (): void => {
      throw lost;
    };
    await expect(transport.request({ ...get, gate, signal: abort.signal })).rejects.toBe(lost);
    expect(server.requests).toEqual([]);
  });
});

describe('Retry-After', () => {
  const busy = { kind: 'status', code: 429, headers: { 'retry-after': '5' } } as const;

  test('holds the next call back until its time is over', async () => {
    server.failOnce(busy);
    const error = await failure(transport.request({ ...get, signal: abort.signal }));
    expect(error).toMatchObject({ disposition: 'throttled', retryAfterMs: 5_000 });
    const next = transport.request({ ...get, signal: abort.signal });
    clock.advance(4_999);
    await new Promise(setImmediate);
    expect(server.requests).toHaveLength(1);
    clock.advance(1);
    await next;
    expect(server.requests).toHaveLength(2);
  });

  test('lets one call try first and the others follow only after its answer', async () => {
    server.failOnce(busy);
    await failure(transport.request({ ...get, signal: abort.signal }));
    server.failOnce({ kind: 'hang' });
    const first = failure(transport.request({ ...get, signal: abort.signal, deadlineMs: 7_000 }));
    const others = [1, 2, 3].map(() => transport.request({ ...get, signal: abort.signal }));
    clock.advance(5_000);
    await until('the probe has arrived', () => server.requests.length === 2);
    await new Promise(setImmediate);
    expect(server.requests).toHaveLength(2);
    clock.advance(2_000);
    expect((await first).reason).toBe('DeadlineExceeded');
    await Promise.all(others);
    expect(server.requests).toHaveLength(5);
  });

  test('answered again to the one that tried holds all for another time', async () => {
    server.failOnce(busy);
    server.failOnce(busy);
    await failure(transport.request({ ...get, signal: abort.signal }));
    const calls = [1, 2].map(() => transport.request({ ...get, signal: abort.signal, deadlineMs: 60_000 }));
    const settled = Promise.allSettled(calls);
    clock.advance(5_000);
    await until('the probe has failed', () => clock.pending.includes(5_000));
    expect(server.requests).toHaveLength(2);
    clock.advance(5_000);
    expect((await settled).map((result) => result.status).sort()).toEqual(['fulfilled', 'rejected']);
  });

  test('longer than the deadline fails at once, throttled, without a request', async () => {
    server.failOnce({ kind: 'status', code: 503, headers: { 'retry-after': '60' } });
    await failure(transport.request({ ...get, signal: abort.signal }));
    clock.advance(10_000);
    const error = await failure(transport.request({ ...get, signal: abort.signal }));
    expect(error).toMatchObject({ disposition: 'throttled', retryAfterMs: 50_000 });
    expect(server.requests).toHaveLength(1);
  });

  test('as a date is understood too', async () => {
    const date = new Date(clock.wallMs() + 7_000).toUTCString();
    server.failOnce({ kind: 'status', code: 429, headers: { 'retry-after': date } });
    expect((await failure(transport.request({ ...get, signal: abort.signal }))).retryAfterMs).toBe(7_000);
  });

  test('that asks for an hour is believed for two minutes', async () => {
    server.failOnce({ kind: 'status', code: 503, headers: { 'retry-after': '3600' } });
    const error = await failure(transport.request({ ...get, signal: abort.signal }));
    expect(error.retryAfterMs).toBe(120_000);
  });

  test('of one flow does not hold another', async () => {
    server.failOnce(busy);
    await failure(transport.request({ ...get, signal: abort.signal }));
    await transport.request({ ...get, signal: abort.signal, flow: 'lease' });
    expect(server.requests).toHaveLength(2);
  });
});

describe('streams', () => {
  const watch = { path: '/apis/example.dev/v1/widgets', query: { watch: true } } as const;

  test('give lines as they come, whatever the chunks, and the rest after the last line feed', async () => {
    server.failOnce({ kind: 'stream', text: 'one\n', after: 'leave' });
    const lines = await transport.stream({ ...watch, signal: abort.signal });
    const seen: string[] = [];
    const reading = (async () => {
      for await (const line of lines) {
        seen.push(line);
        if (seen.length === 1) abort.abort(new Error('enough'));
      }
    })();
    await expect(reading).rejects.toThrow('enough');
    expect(seen).toEqual(['one']);

    server.failOnce({ kind: 'stream', text: 'ä\nb\nhalf', after: 'end' });
    const all: string[] = [];
    for await (const line of await transport.stream({ ...watch, signal: new AbortController().signal })) all.push(line);
    expect(all).toEqual(['ä', 'b', 'half']);
  });

  test('that fall silent end with an error after the inactivity limit, which every byte starts anew', async () => {
    const lines = await transport.stream({ ...watch, signal: abort.signal });
    const seen: string[] = [];
    const reading = failure(
      (async () => {
        for await (const line of lines) seen.push(line);
      })(),
    );
    await until('the inactivity timer runs', () => clock.pending.includes(100_000));
    clock.advance(60_000);
    server.sendToWatches('hello\n');
    await until('the line has come', () => seen.length === 1);
    clock.advance(99_999);
    expect(server.watches.size).toBe(1);
    clock.advance(1);
    expect((await reading).reason).toBe('StreamSilent');
    await until('the socket is closed', () => server.sockets.size === 0);
  });

  test('that are left early close their socket', async () => {
    server.failOnce({ kind: 'stream', text: 'one\ntwo\n', after: 'leave' });
    for await (const _ of await transport.stream({ ...watch, signal: abort.signal })) break;
    await until('the socket is closed', () => server.sockets.size === 0);
    expect(clock.pending).toEqual([]);
  });

  test('refused by the server fail like a call', async () => {
    server.failOnce({ kind: 'status', code: 403 });
    expect((await failure(transport.stream({ ...watch, signal: abort.signal }))).reason).toBe('Forbidden');
    expect(clock.pending).toEqual([]);
  });

  test('end when the transport is closed', async () => {
    const lines = await transport.stream({ ...watch, signal: abort.signal });
    const reading = failure(
      (async () => {
        for await (const _ of lines) _.length;
      })(),
    );
    await until('it is open', () => server.watches.size === 1);
    await transport.close();
    expect((await reading).disposition).toBe('failed');
    await until('the socket is closed', () => server.sockets.size === 0);
  });
});

describe('TLS through a kubeconfig of client-node', () => {
  const authority = createAuthority('test-ca');
  const serving = authority.issueServer({ commonName: 'server' }, { dns: ['localhost'], ipv4: ['127.0.0.1'] });
  let secure: ScriptedApiServer;
  let directory: string;

  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
    secure = await ScriptedApiServer.start({
      tls: {
        key: serving.keyPem,
        cert: serving.certificatePem,
        ca: authority.certificatePem,
        requestCert: true,
        rejectUnauthorized: true,
      },
    });
  });

  afterEach(async () => {
    await secure.close();
    await rm(directory, { recursive: true });
  });

  async function writeClient(name: string): Promise<void> {
    const client = authority.issueClient({ commonName: name });
    await writeFile(join(directory, 'client.crt'), client.certificatePem);
    await writeFile(join(directory, 'client.key'), client.keyPem);
  }

  function peers(): (string | undefined)[] {
    return secure.requests.map((request) => request.peer);
  }

  test('uses client certificates, and a new connection only when their files change', async () => {
    await writeClient('first');
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'c', server: secure.url, caData: base64(authority.certificatePem), skipTLSVerify: false },
      { name: 'u', certFile: join(directory, 'client.crt'), keyFile: join(directory, 'client.key') },
    );
    const tls = new Transport({ credentials: config, clock: systemClock });
    for (let call = 0; call < 5; call += 1) {
      await tls.request({ ...get, signal: abort.signal });
      await delay(1);
    }
    expect(secure.connections).toBe(1);
    expect(peers()).toEqual(Array.from({ length: 5 }, () => 'first'));

    await writeClient('second');
    await tls.request({ ...get, signal: abort.signal });
    expect(secure.connections).toBe(2);
    expect(peers().at(-1)).toBe('second');
    await until('the old connection is gone', () => secure.sockets.size === 1);
    await tls.close();
    await until('all connections are gone', () => secure.sockets.size === 0);
  });

  test('takes certificate and token from an exec plugin, which runs once', async () => {
    const client = authority.issueClient({ commonName: 'exec' });
    const runs = join(directory, 'runs');
    const credential = {
      apiVersion: 'client.authentication.k8s.io/v1',
      kind: 'ExecCredential',
      status: { token: 'tok', clientCertificateData: client.certificatePem, clientKeyData: client.keyPem },
    };
    await writeFile(
      join(directory, 'plugin.mjs'),
      `import { appendFileSync } from 'node:fs'; appendFileSync(${JSON.stringify(runs)}, 'x'); console.log(${JSON.stringify(JSON.stringify(credential))});`,
    );
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'c', server: secure.url, caData: base64(authority.certificatePem), skipTLSVerify: false },
      {
        name: 'u',
        exec: {
          apiVersion: 'client.authentication.k8s.io/v1',
          command: process.execPath,
          args: [join(directory, 'plugin.mjs')],
          interactiveMode: 'Never',
        },
      },
    );
    const tls = new Transport({ credentials: config, clock: systemClock });
    await Promise.all([1, 2, 3].map(() => tls.request({ ...get, signal: abort.signal })));
    await tls.request({ ...get, signal: abort.signal });
    await tls.close();
    expect(peers()).toEqual(['exec', 'exec', 'exec', 'exec']);
    expect(new Set(secure.requests.map((request) => request.headers.authorization))).toEqual(new Set(['Bearer tok']));
    expect(await readFile(runs, 'utf8')).toBe('x');
  });

  test('reads a token file, as a pod does', async () => {
    await writeFile(join(directory, 'token'), 'from-file');
    const open = await ScriptedApiServer.start({ tls: { key: serving.keyPem, cert: serving.certificatePem } });
    await writeFile(join(directory, 'ca.crt'), authority.certificatePem);
    const config = new KubeConfig();
    config.loadFromClusterAndUser(
      { name: 'c', server: open.url, caFile: join(directory, 'ca.crt'), skipTLSVerify: false },
      { name: 'u', authProvider: { name: 'tokenFile', config: { tokenFile: join(directory, 'token') } } },
    );
    const tls = new Transport({ credentials: config, clock: systemClock });
    await tls.request({ ...get, signal: abort.signal });
    await tls.close();
    await open.close();
    expect(open.requests[0]?.headers.authorization).toBe('Bearer from-file');
  });

  test('refuses a server that the CA does not know', async () => {
    const config = new KubeConfig();
    const stranger = base64(createAuthority('other').certificatePem);
    config.loadFromClusterAndUser(
      { name: 'c', server: secure.url, caData: stranger, skipTLSVerify: false },
      { name: 'u' },
    );
    const tls = new Transport({ credentials: config, clock: systemClock });
    expect((await failure(tls.request({ ...get, signal: abort.signal }))).reason).toBe('ConnectionFailed');
    await tls.close();
    expect(secure.requests).toEqual([]);
  });
});
