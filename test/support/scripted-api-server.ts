import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { createServer as createTlsServer, type ServerOptions } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { TLSSocket } from 'node:tls';

export interface ReceivedRequest {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
  readonly socket: Socket;
  /** Common name of the client certificate. */
  readonly peer: string | undefined;
}

/** What happens to a request instead of the normal answer. */
export type Fault =
  | {
      readonly kind: 'status';
      readonly code: number;
      readonly headers?: Record<string, string>;
      readonly body?: unknown;
    }
  | { readonly kind: 'text'; readonly text: string; readonly code?: number }
  /** Accepts and never answers. */
  | { readonly kind: 'hang' }
  /** Closes the connection without an answer. */
  | { readonly kind: 'cut' }
  /** Begins a stream, sends this text, and closes the connection, cleanly or not; `leave` keeps it open and silent. */
  | { readonly kind: 'stream'; readonly text: string; readonly after: 'end' | 'cut' | 'leave' };

type Applies = (request: ReceivedRequest) => boolean;

interface ScriptedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation: number;
    readonly creationTimestamp: string;
    readonly managedFields: readonly object[];
  };
  readonly spec: unknown;
  readonly status?: object;
}

interface LogEntry {
  readonly version: number;
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  readonly object: ScriptedObject;
}

interface Watch {
  readonly response: ServerResponse;
  readonly socket: Socket;
}

export const isWatch: Applies = (request) => request.query.get('watch') === 'true';
export const isList: Applies = (request) => request.method === 'GET' && !isWatch(request);

/**
 * One collection of an API server, over real HTTP: pages, watches with bookmarks, 410 after compaction. Tests script faults for
 * single requests or for all until they are cleared, and read every request that came.
 */
export class ScriptedApiServer {
  readonly requests: ReceivedRequest[] = [];
  readonly watches = new Set<Watch>();
  /** Connections ever accepted, and those open now. */
  connections = 0;
  readonly sockets = new Set<Socket>();
  readonly #server: ReturnType<typeof createServer> | ReturnType<typeof createTlsServer>;
  readonly #scheme: string;
  readonly #objects = new Map<string, ScriptedObject>();
  readonly #log: LogEntry[] = [];
  readonly #faults: { readonly fault: Fault; readonly applies: Applies; readonly once: boolean }[] = [];
  #version = 100;
  #compactedTo = 0;
  #uids = 0;

  private constructor(tls: ServerOptions | undefined) {
    const handle = (request: IncomingMessage, response: ServerResponse): void => {
      this.#receive(request, response);
    };
    this.#server = tls === undefined ? createServer(handle) : createTlsServer(tls, handle);
    this.#scheme = tls === undefined ? 'http' : 'https';
    this.#server.on('connection', (socket: Socket) => {
      this.connections += 1;
      this.sockets.add(socket);
      socket.on('close', () => this.sockets.delete(socket));
    });
  }

  static async start(
    options: { readonly tls?: ServerOptions; readonly port?: number } = {},
  ): Promise<ScriptedApiServer> {
    const server = new ScriptedApiServer(options.tls);
    await new Promise<void>((resolve) => {
      server.#server.listen(options.port ?? 0, '127.0.0.1', resolve);
    });
    return server;
  }

  get port(): number {
    return (this.#server.address() as AddressInfo).port;
  }

  get url(): string {
    return `${this.#scheme}://127.0.0.1:${this.port}`;
  }

  get resourceVersion(): string {
    return String(this.#version);
  }

  async close(): Promise<void> {
    const closed = new Promise<void>((resolve) => {
      this.#server.close(() => resolve());
    });
    for (const socket of this.sockets) socket.destroy();
    await closed;
  }

  /** The next request this applies to meets the fault. */
  failOnce(fault: Fault, applies: Applies = () => true): void {
    this.#faults.push({ fault, applies, once: true });
  }

  /** Every request this applies to meets the fault, until `heal`. */
  fail(fault: Fault, applies: Applies = () => true): void {
    this.#faults.push({ fault, applies, once: false });
  }

  heal(): void {
    this.#faults.length = 0;
  }

  /**
   * Creates or updates; `recreate` deletes first, so that the object has another UID. With `status` it is the status that is written.
   * `metadata` is laid over what the object would have.
   */
  put(
    name: string,
    spec: unknown,
    options: {
      readonly namespace?: string;
      readonly recreate?: boolean;
      readonly status?: object;
      readonly metadata?: object;
    } = {},
  ): void {
    const namespace = options.namespace ?? 'default';
    if (options.recreate === true) this.delete(name, namespace);
    const known = this.#objects.get(`${namespace}/${name}`);
    this.#version += 1;
    if (known === undefined) this.#uids += 1;
    const object: ScriptedObject = {
      apiVersion: 'example.dev/v1',
      kind: 'Widget',
      metadata: {
        name,
        namespace,
        uid: known?.metadata.uid ?? `uid-${this.#uids}`,
        resourceVersion: this.resourceVersion,
        generation: (known?.metadata.generation ?? 0) + (known !== undefined && options.status !== undefined ? 0 : 1),
        creationTimestamp: '2026-01-01T00:00:00Z',
        managedFields: [{ manager: 'kubectl' }],
        ...options.metadata,
      },
      spec,
      ...(options.status === undefined ? {} : { status: options.status }),
    };
    this.#objects.set(`${namespace}/${name}`, object);
    this.#publish({ version: this.#version, type: known === undefined ? 'ADDED' : 'MODIFIED', object });
  }

  delete(name: string, namespace = 'default'): void {
    const known = this.#objects.get(`${namespace}/${name}`);
    if (known === undefined) return;
    this.#version += 1;
    this.#objects.delete(`${namespace}/${name}`);
    const object = { ...known, metadata: { ...known.metadata, resourceVersion: this.resourceVersion } };
    this.#publish({ version: this.#version, type: 'DELETED', object });
  }

  /** `namespace/name resourceVersion` of everything, sorted, to compare a store with. */
  get contents(): string[] {
    return [...this.#objects].map(([key, object]) => `${key} ${object.metadata.resourceVersion}`).sort();
  }

  /** Another resource changed: the version moves on and every watch hears a bookmark. */
  bookmark(): void {
    this.#version += 1;
    const metadata = { resourceVersion: this.resourceVersion };
    this.sendToWatches(`${JSON.stringify({ type: 'BOOKMARK', object: { kind: 'Widget', metadata } })}\n`);
  }

  sendToWatches(text: string): void {
    for (const watch of this.watches) watch.response.write(text);
  }

  /** Ends every watch as a server-side timeout does. */
  endWatches(): void {
    for (const watch of this.watches) watch.response.end();
  }

  cutWatches(): void {
    for (const watch of this.watches) watch.socket.destroy();
  }

  /** Forgets history: older versions and continue tokens are answered with 410. */
  compact(): void {
    this.#compactedTo = this.#version;
  }

  #publish(entry: LogEntry): void {
    this.#log.push(entry);
    this.sendToWatches(eventLine(entry));
  }

  #receive(incoming: IncomingMessage, response: ServerResponse): void {
    const chunks: Buffer[] = [];
    incoming.on('data', (chunk: Buffer) => chunks.push(chunk));
    incoming.on('end', () => {
      const url = new URL(incoming.url ?? '/', 'http://localhost');
      const request: ReceivedRequest = {
        method: incoming.method ?? '',
        path: url.pathname,
        query: url.searchParams,
        headers: incoming.headers,
        body: Buffer.concat(chunks).toString(),
        socket: incoming.socket,
        peer: peerOf(incoming.socket),
      };
      this.requests.push(request);
      const fault = this.#takeFault(request);
      if (fault === undefined) this.#answer(request, response);
      else this.#misbehave(fault, request, response);
    });
  }

  #takeFault(request: ReceivedRequest): Fault | undefined {
    const index = this.#faults.findIndex((entry) => entry.applies(request));
    const entry = this.#faults[index];
    if (entry?.once === true) this.#faults.splice(index, 1);
    return entry?.fault;
  }

  #misbehave(fault: Fault, request: ReceivedRequest, response: ServerResponse): void {
    switch (fault.kind) {
      case 'status':
        sendJson(response, fault.code, fault.body ?? status(fault.code), fault.headers);
        return;
      case 'text':
        response.writeHead(fault.code ?? 200, { 'content-type': 'text/plain' }).end(fault.text);
        return;
      case 'hang':
        return;
      case 'cut':
        request.socket.destroy();
        return;
      case 'stream':
        response.writeHead(200, { 'content-type': 'application/json' });
        response.write(fault.text, () => {
          if (fault.after === 'end') response.end();
          if (fault.after === 'cut') request.socket.destroy();
        });
        return;
      default:
        fault satisfies never;
    }
  }

  #answer(request: ReceivedRequest, response: ServerResponse): void {
    if (isWatch(request)) this.#watch(request, response);
    else if (request.method === 'GET') this.#list(request, response);
    else sendJson(response, request.method === 'POST' ? 201 : 200, request.body === '' ? {} : JSON.parse(request.body));
  }

  #list(request: ReceivedRequest, response: ServerResponse): void {
    const [version = this.#version, offset = 0] = (request.query.get('continue') ?? '')
      .split(':')
      .filter((part) => part !== '')
      .map(Number);
    if (version < this.#compactedTo) {
      sendJson(response, 410, status(410));
      return;
    }
    const limit = Number(request.query.get('limit') ?? 500);
    const all = this.#asOf(version);
    const next = offset + limit < all.length ? { continue: `${version}:${offset + limit}` } : {};
    sendJson(response, 200, {
      kind: 'WidgetList',
      metadata: { resourceVersion: String(version), ...next },
      // Like the API server for built-in kinds: items without apiVersion and kind.
      items: all.slice(offset, offset + limit).map(({ metadata, spec }) => ({ metadata, spec })),
    });
  }

  /** The collection at an earlier version, as the pages of one list must show it. */
  #asOf(version: number): ScriptedObject[] {
    const objects = new Map<string, ScriptedObject>();
    for (const { version: at, type, object } of this.#log) {
      if (at > version) break;
      const key = `${object.metadata.namespace}/${object.metadata.name}`;
      if (type === 'DELETED') objects.delete(key);
      else objects.set(key, object);
    }
    return [...objects].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, object]) => object);
  }

  #watch(request: ReceivedRequest, response: ServerResponse): void {
    const from = Number(request.query.get('resourceVersion'));
    if (from < this.#compactedTo) {
      sendJson(response, 410, status(410));
      return;
    }
    response.writeHead(200, { 'content-type': 'application/json' });
    response.flushHeaders();
    for (const entry of this.#log) if (entry.version > from) response.write(eventLine(entry));
    const watch = { response, socket: request.socket };
    this.watches.add(watch);
    response.on('close', () => this.watches.delete(watch));
  }
}

function peerOf(socket: Socket): string | undefined {
  const name = socket instanceof TLSSocket ? socket.getPeerCertificate().subject?.CN : undefined;
  return Array.isArray(name) ? name[0] : name;
}

export function status(code: number, message = `scripted ${code}`): object {
  return { kind: 'Status', apiVersion: 'v1', status: 'Failure', code, message };
}

function eventLine(entry: LogEntry): string {
  return `${JSON.stringify({ type: entry.type, object: entry.object })}\n`;
}

function sendJson(response: ServerResponse, code: number, body: unknown, headers: Record<string, string> = {}): void {
  response.writeHead(code, { 'content-type': 'application/json', ...headers }).end(JSON.stringify(body));
}
