import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { Agent, createServer, type RequestOptions, request } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { buffer } from 'node:stream/consumers';
import { KubeConfig } from '@kubernetes/client-node/dist/config.js';
import { createAuthority } from '../sandbox/control-plane/certificates.ts';

/** A request that went through the proxy. Times are `performance.now()` of this process. */
export interface ApiEntry {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly body: string;
  readonly startedAt: number;
  /** HTTP status; `undefined` until the answer is about to be passed on. */
  readonly status: number | undefined;
  readonly answeredAt: number | undefined;
}

type OpenEntry = { -readonly [K in keyof ApiEntry]: ApiEntry[K] };

/** Runs before a request reaches the API server, and after it has been answered there. `cut` closes the connection instead of going on. */
export type ApiHook = (entry: ApiEntry, phase: 'before' | 'after') => Promise<'cut' | undefined> | 'cut' | undefined;

/** Sees each line of a watch and returns what is passed on: the line, another one, or nothing. */
export type LineHook = (line: string, watch: OpenWatch) => Promise<string | undefined> | string | undefined;

export interface OpenWatch {
  readonly path: string;
  readonly openedAt: number;
  /** Writes a last line and ends the stream as a server does. */
  end(line: string): void;
  /** Writes this text, which may be half a line, and closes the connection. */
  cut(text: string): void;
}

export interface Refusal {
  readonly match: (entry: ApiEntry) => boolean;
  readonly status: number;
  /** How many requests are refused; all until taken away when left out. */
  readonly times?: number;
}

export const isWatch = (entry: ApiEntry): boolean => entry.query.get('watch') === 'true';
export const isList = (entry: ApiEntry): boolean =>
  entry.method === 'GET' &&
  !isWatch(entry) &&
  /^\/apis\/ecs-operator\.dev\/v1alpha1(\/namespaces\/[^/]+)?\/[a-z]+$/.test(entry.path);
/** The operator's writes on our own kinds: finalizers and status. */
export const isWrite = (entry: ApiEntry): boolean =>
  entry.method !== 'GET' && entry.path.startsWith('/apis/ecs-operator.dev/');
export const isStatusWrite = (entry: ApiEntry): boolean => isWrite(entry) && entry.path.endsWith('/status');
export const isFinalizerWrite = (entry: ApiEntry): boolean => isWrite(entry) && !entry.path.endsWith('/status');

/** A watch's ERROR event. */
export function errorEvent(code: number): string {
  return JSON.stringify({ type: 'ERROR', object: statusObject(code) });
}

/** A TLS proxy before a real API server, with a journal, that fails as a test says. */
export class ApiProxy {
  readonly journal: ApiEntry[] = [];
  /** Path of a kubeconfig that leads through the proxy. */
  readonly kubeconfig: string;
  readonly #stop: () => Promise<void>;
  readonly #hooks = new Set<ApiHook>();
  readonly #refusals = new Set<{ readonly refusal: Refusal; left: number }>();
  readonly #watches = new Set<OpenWatch>();
  #lineHook: LineHook = (line) => line;

  constructor(kubeconfig: string, stop: () => Promise<void>) {
    this.kubeconfig = kubeconfig;
    this.#stop = stop;
  }

  get credentials(): KubeConfig {
    const config = new KubeConfig();
    config.loadFromFile(this.kubeconfig);
    return config;
  }

  get watches(): readonly OpenWatch[] {
    return [...this.#watches];
  }

  /** Each of these returns what takes it away again. */
  onRequest(hook: ApiHook): () => void {
    this.#hooks.add(hook);
    return () => this.#hooks.delete(hook);
  }

  onWatchLine(hook: LineHook): () => void {
    this.#lineHook = hook;
    return () => {
      this.#lineHook = (line) => line;
    };
  }

  refuse(refusal: Refusal): () => void {
    const active = { refusal, left: refusal.times ?? Number.POSITIVE_INFINITY };
    this.#refusals.add(active);
    return () => this.#refusals.delete(active);
  }

  stop(): Promise<void> {
    return this.#stop();
  }

  async serve(incoming: IncomingMessage, response: ServerResponse, upstream: Upstream): Promise<void> {
    const body = (await buffer(incoming)).toString();
    const url = new URL(incoming.url ?? '/', 'https://proxy');
    const entry: OpenEntry = {
      method: incoming.method ?? 'GET',
      path: url.pathname,
      query: url.searchParams,
      body,
      startedAt: performance.now(),
      status: undefined,
      answeredAt: undefined,
    };
    this.journal.push(entry);
    if (await this.#cutBy(entry, 'before')) return cut(incoming);
    const refused = this.#refused(entry);
    if (refused !== undefined) {
      mark(entry, refused);
      const text = JSON.stringify(statusObject(refused));
      response.writeHead(refused, { 'content-type': 'application/json', 'retry-after': '0' }).end(text);
      return;
    }
    const answer = await upstream(incoming, body);
    if (isWatch(entry) && answer.statusCode === 200) {
      mark(entry, 200);
      this.#stream(entry.path, answer, response);
      return;
    }
    const content = await buffer(answer);
    mark(entry, answer.statusCode ?? 502);
    if (await this.#cutBy(entry, 'after')) return cut(incoming);
    const { 'content-type': type = 'application/json' } = answer.headers;
    response.writeHead(answer.statusCode ?? 502, { 'content-type': type, 'content-length': content.length });
    response.end(content);
  }

  async #cutBy(entry: ApiEntry, phase: 'before' | 'after'): Promise<boolean> {
    for (const hook of this.#hooks) if ((await hook(entry, phase)) === 'cut') return true;
    return false;
  }

  #refused(entry: ApiEntry): number | undefined {
    for (const active of this.#refusals) {
      if (!active.refusal.match(entry)) continue;
      active.left -= 1;
      if (active.left <= 0) this.#refusals.delete(active);
      return active.refusal.status;
    }
    return undefined;
  }

  #stream(path: string, answer: IncomingMessage, response: ServerResponse): void {
    const watch: OpenWatch = {
      path,
      openedAt: performance.now(),
      end: (line) => {
        this.#watches.delete(watch);
        response.end(`${line}\n`);
        answer.destroy();
      },
      cut: (text) => {
        this.#watches.delete(watch);
        // Destroyed only once the text is on the wire, else it would be thrown away with the socket.
        response.write(text, () => response.socket?.destroy());
        answer.destroy();
      },
    };
    this.#watches.add(watch);
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    // The hook sees a line when it arrives; lines are passed on in order, however long each is held back.
    let passedOn = Promise.resolve();
    createInterface({ input: answer }).on('line', (line) => {
      const held = this.#lineHook(line, watch);
      passedOn = passedOn.then(async () => {
        const text = await held;
        if (text !== undefined && this.#watches.has(watch)) response.write(`${text}\n`);
      });
    });
    const close = (): void => {
      if (!this.#watches.delete(watch)) return;
      answer.destroy();
      void passedOn.then(() => response.end());
    };
    answer.on('end', close).on('error', close);
    response.on('close', close);
  }
}

type Upstream = (incoming: IncomingMessage, body: string) => Promise<IncomingMessage>;

/** Starts a proxy before the server of `kubeconfig`; requests go on under that kubeconfig's user. */
export async function startApiProxy(kubeconfig: string): Promise<ApiProxy> {
  const target = new KubeConfig();
  target.loadFromFile(kubeconfig);
  const cluster = target.getCurrentCluster();
  if (cluster === null) throw new Error(`${kubeconfig} has no current cluster`);
  const tls: RequestOptions = {};
  await target.applyToHTTPSOptions(tls);
  const agent = new Agent({ keepAlive: true });
  const upstream: Upstream = (incoming, body) =>
    new Promise((resolve, reject) => {
      const { host, connection, 'content-length': _, ...headers } = incoming.headers;
      const url = new URL(incoming.url ?? '/', cluster.server);
      const sent = request(
        url,
        { ...tls, agent, method: incoming.method ?? 'GET', headers: { ...headers, ...tls.headers } },
        resolve,
      );
      sent.on('error', reject).end(body);
    });

  const authority = createAuthority('api-proxy-ca');
  const serving = authority.issueServer({ commonName: 'api-proxy' }, { dns: ['localhost'], ipv4: ['127.0.0.1'] });
  const server = createServer({ cert: serving.certificatePem, key: serving.keyPem, keepAliveTimeout: 120_000 });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const { port }: AddressInfo = addressOf(server.address());

  const directory = await mkdtemp(join(tmpdir(), 'ecs-operator-api-proxy-'));
  const path = join(directory, 'kubeconfig');
  await writeFile(path, kubeconfigFor(`https://127.0.0.1:${port}`, authority.certificatePem), { mode: 0o600 });
  const proxy = new ApiProxy(path, async () => {
    for (const watch of proxy.watches) watch.cut('');
    server.closeAllConnections();
    await new Promise((resolve) => {
      server.close(resolve);
    });
    agent.destroy();
    await rm(directory, { recursive: true, force: true });
  });
  server.on('request', (incoming, response) => {
    // The API server is away, or the client has gone: both look like a cut connection to the other side.
    proxy.serve(incoming, response, upstream).catch(() => cut(incoming));
  });
  return proxy;
}

function addressOf(address: AddressInfo | string | null): AddressInfo {
  if (address === null || typeof address === 'string') throw new Error('the proxy has no TCP port');
  return address;
}

function kubeconfigFor(server: string, caPem: string): string {
  const ca = Buffer.from(caPem).toString('base64');
  return JSON.stringify({
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'proxy', cluster: { server, 'certificate-authority-data': ca } }],
    users: [{ name: 'proxy', user: {} }],
    contexts: [{ name: 'proxy', context: { cluster: 'proxy', user: 'proxy' } }],
    'current-context': 'proxy',
  });
}

function statusObject(code: number): object {
  const reason = code === 410 ? 'Expired' : 'InternalError';
  return { kind: 'Status', apiVersion: 'v1', metadata: {}, status: 'Failure', code, reason, message: `fault: ${code}` };
}

function mark(entry: OpenEntry, status: number): void {
  entry.status = status;
  entry.answeredAt = performance.now();
}

function cut(incoming: IncomingMessage): void {
  incoming.socket.destroy();
}
