import type { OutgoingHttpHeader } from 'node:http';
import type { RequestOptions } from 'node:https';
import type { KubeConfig } from '@kubernetes/client-node';
import { Agent, type Dispatcher, ProxyAgent } from 'undici';
import type { Clock } from '../clock.ts';
import { abortable } from './abortable.ts';
import { KubeError } from './errors.ts';

/** The part of client-node's KubeConfig that is used: where the server is, and fresh credentials in every form it knows. */
export type KubeCredentials = Pick<KubeConfig, 'getCurrentCluster' | 'applyToHTTPSOptions'>;

export interface Connection {
  readonly dispatcher: Dispatcher;
  readonly origin: string;
  /** Path below which the API lives; empty but for servers behind a gateway (Rancher, some hosted control planes). */
  readonly basePath: string;
  readonly headers: Readonly<Record<string, string>>;
}

/** What decides whether a connection can be used again. */
interface Material {
  readonly ca: string | undefined;
  readonly cert: string | undefined;
  readonly key: string | undefined;
  readonly passphrase: string | undefined;
  readonly rejectUnauthorized: boolean | undefined;
  readonly servername: string | undefined;
  readonly proxyUrl: string | undefined;
}

/** client-node waits for an exec plugin for ever, and all calls wait for the one that waits for it. */
const credentialsLimitMs = 10_000;

/**
 * Credentials for each request, and one keep-alive agent that is replaced only when the TLS material changes.
 * client-node would open a new connection pool for every call (measured: 300 calls, 300 TLS handshakes).
 */
export class Connections {
  readonly #credentials: KubeCredentials;
  readonly #clock: Clock;
  #current: { readonly fingerprint: string; readonly dispatcher: Dispatcher } | undefined;
  /** Replaced, but still finishing their last requests. */
  readonly #retiring = new Set<Dispatcher>();
  #pending: Promise<Connection> | undefined;
  #closed = false;

  constructor(credentials: KubeCredentials, clock: Clock) {
    this.#credentials = credentials;
    this.#clock = clock;
  }

  /** Callers that come while credentials are being fetched share the result: an expired exec token starts one process, not one a call. */
  get(signal: AbortSignal): Promise<Connection> {
    this.#pending ??= this.#open().finally(() => {
      this.#pending = undefined;
    });
    return abortable(this.#pending, signal);
  }

  async close(): Promise<void> {
    this.#closed = true;
    const dispatchers = [...this.#retiring];
    if (this.#current !== undefined) dispatchers.push(this.#current.dispatcher);
    this.#current = undefined;
    await Promise.all(dispatchers.map((dispatcher) => dispatcher.destroy()));
  }

  async #open(): Promise<Connection> {
    const cluster = this.#credentials.getCurrentCluster();
    if (cluster === null) throw new KubeError('failed', 'NoCluster', 'The kubeconfig has no current cluster.');
    const options: RequestOptions = {};
    const overdue = new AbortController();
    const cancel = this.#clock.schedule(credentialsLimitMs, () =>
      overdue.abort(new Error(`they did not come within ${credentialsLimitMs / 1000} s.`)),
    );
    try {
      await abortable(this.#credentials.applyToHTTPSOptions(options), overdue.signal);
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      throw new KubeError('failed', 'CredentialsFailed', `Credentials for the API server cannot be had: ${why}`, {
        cause: error,
      });
    } finally {
      cancel();
    }
    const url = new URL(cluster.server);
    const material = materialOf(options, cluster.proxyUrl);
    return {
      dispatcher: this.#dispatcherFor(material),
      origin: url.origin,
      basePath: url.pathname.replace(/\/+$/, ''),
      headers: headersOf(options),
    };
  }

  #dispatcherFor(material: Material): Dispatcher {
    if (this.#closed) throw new KubeError('failed', 'Closed', 'The connection to the API server was closed.');
    const fingerprint = JSON.stringify(material);
    if (this.#current?.fingerprint === fingerprint) return this.#current.dispatcher;
    if (this.#current !== undefined) this.#retire(this.#current.dispatcher);
    this.#current = { fingerprint, dispatcher: createDispatcher(material) };
    return this.#current.dispatcher;
  }

  #retire(dispatcher: Dispatcher): void {
    this.#retiring.add(dispatcher);
    // Waits for the requests in flight; a watch ends by its server-side timeout within five minutes.
    dispatcher.close(() => this.#retiring.delete(dispatcher));
  }
}

/**
 * A watch a kind, and some sixteen calls at once. Without a limit a hundred passes that begin together make a hundred TLS
 * connections, each some hundred kilobytes here and a handshake there, and the API server gets no faster by it.
 */
const connections = 24;

function createDispatcher(material: Material): Dispatcher {
  const { proxyUrl, ...tls } = material;
  const requestTls = {
    ...defined(tls),
    timeout: 5_000,
    // TCP keep-alive finds a dead peer below HTTP; 30 s is client-go's, and below the 60 s idle limit of common load balancers.
    keepAlive: true,
    keepAliveInitialDelay: 30_000,
  };
  const pool = {
    // pepr measured a persistent leak with Node's HTTP/2 (ADR 0015); five to eight watches are five to eight sockets.
    allowH2: false,
    pipelining: 1,
    connections,
    // kube-apiserver closes idle connections after 90 s; staying well below avoids sending into a closing socket.
    keepAliveTimeout: 45_000,
    keepAliveMaxTimeout: 45_000,
    // Deadlines and the inactivity limit of watches are the transport's.
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  if (proxyUrl === undefined) return new Agent({ ...pool, connect: requestTls });
  if (!/^https?:/.test(proxyUrl)) {
    throw new KubeError('failed', 'UnsupportedProxy', `The kubeconfig's proxy-url ${proxyUrl} is not an HTTP proxy.`);
  }
  return new ProxyAgent({ ...pool, uri: proxyUrl, requestTls });
}

function materialOf(options: RequestOptions, proxyUrl: string | undefined): Material {
  return {
    ca: pem(options.ca),
    cert: pem(options.cert),
    key: pem(options.key),
    passphrase: options.passphrase,
    rejectUnauthorized: options.rejectUnauthorized,
    servername: options.servername,
    proxyUrl: proxyUrl === '' ? undefined : proxyUrl,
  };
}

function pem(value: unknown): string | undefined {
  if (Array.isArray(value)) return value.map(pem).join('\n');
  if (Buffer.isBuffer(value)) return value.toString('utf8');
  return typeof value === 'string' ? value : undefined;
}

function headersOf(options: RequestOptions): Record<string, string> {
  const headers: Record<string, string> = { 'user-agent': 'ecs-operator', accept: 'application/json' };
  if (typeof options.auth === 'string') {
    headers.authorization = `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  const given: [string, OutgoingHttpHeader | undefined][] = Object.entries(options.headers ?? {});
  for (const [name, value] of given) {
    if (value !== undefined) headers[name.toLowerCase()] = Array.isArray(value) ? value.join(', ') : String(value);
  }
  return headers;
}

function defined<T extends object>(value: T): { [K in keyof T]?: Exclude<T[K], undefined> } {
  const result: { [K in keyof T]?: Exclude<T[K], undefined> } = {};
  for (const key in value) {
    const member = value[key];
    if (member !== undefined) Object.assign(result, { [key]: member });
  }
  return result;
}
