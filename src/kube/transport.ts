import type { IncomingHttpHeaders } from 'node:http';
import type { Dispatcher } from 'undici';
import type { Clock } from '../clock.ts';
import { OperatorError } from '../errors.ts';
import { CallScope } from './abortable.ts';
import { Connections, type KubeCredentials } from './connection.ts';
import { fromStatus, KubeError, type KubeStatus } from './errors.ts';
import { Flow } from './flow.ts';
import { linesOf } from './lines.ts';
import { believedRetryAfter, defaultRetryAfterMs } from './retry-after.ts';

export { KubeError } from './errors.ts';

export type HttpMethod = 'GET' | 'POST' | 'PUT' | 'PATCH' | 'DELETE';
export type Query = Readonly<Record<string, string | number | boolean | undefined>>;

export interface KubeRequest {
  readonly method: HttpMethod;
  /** Path below the server's base, such as `/api/v1/namespaces`; already encoded. */
  readonly path: string;
  readonly query?: Query | undefined;
  readonly body?: unknown;
  /** Default `application/json`. A patch names its patch type here. */
  readonly contentType?: string | undefined;
  /** Default `application/json`. */
  readonly accept?: string | undefined;
  readonly signal: AbortSignal;
  /** The call ends with `failed` (reason `DeadlineExceeded`) after this time, whatever the server does. */
  readonly deadlineMs?: number | undefined;
  /** Requests of one flow are held back together after Retry-After. Calls that must not wait for others, such as lease renewals, have their own. */
  readonly flow?: string | undefined;
  /** The longest time that a Retry-After to this request holds its flow back, where that cannot wait for what the server asks for. */
  readonly longestHoldMs?: number | undefined;
  /** Runs right before the request is sent, after any waiting; throwing keeps it from being sent. For leader checks. */
  readonly gate?: (() => void) | undefined;
  /** On whose behalf; comes back in the record of the request and changes nothing. */
  readonly cause?: object | undefined;
}

/** One request to the API server, as metrics and traces see it. A watch counts when it is opened. */
export interface RequestRecord {
  readonly method: HttpMethod;
  readonly path: string;
  /** The answer's HTTP status; undefined when there was none. */
  readonly status: number | undefined;
  readonly durationMs: number;
  readonly cause: object | undefined;
}

export interface KubeStream {
  readonly path: string;
  readonly query?: Query | undefined;
  readonly accept?: string | undefined;
  readonly signal: AbortSignal;
  readonly flow?: string | undefined;
}

export interface TransportOptions {
  readonly credentials: KubeCredentials;
  readonly clock: Clock;
  /** A stream without a byte for this long ends with `failed` (reason `StreamSilent`). Bookmarks come about every minute. */
  readonly inactivityMs?: number;
  /** Called after each request that was sent, with what came of it. */
  readonly onRequest?: ((request: RequestRecord) => void) | undefined;
}

const defaultDeadlineMs = 10_000;
const defaultInactivityMs = 100_000;

/**
 * JSON calls and line streams to the API server over one keep-alive agent. Every call has a deadline, every failure is a
 * `KubeError` with a disposition, except the caller's own abort and what a gate throws, which stay as they are.
 */
export class Transport {
  readonly #clock: Clock;
  readonly #connections: Connections;
  readonly #inactivityMs: number;
  readonly #flows = new Map<string, Flow>();
  readonly #onRequest: (request: RequestRecord) => void;

  constructor(options: TransportOptions) {
    this.#clock = options.clock;
    this.#connections = new Connections(options.credentials, options.clock);
    this.#inactivityMs = options.inactivityMs ?? defaultInactivityMs;
    this.#onRequest = options.onRequest ?? (() => {});
  }

  /** Sends one request and returns the parsed answer. */
  async request<T>(request: KubeRequest): Promise<T> {
    return parse<T>(await this.text(request), `${request.method} ${request.path}`);
  }

  /** Sends one request and returns the answer as it is: the server's own health handlers speak plain text. */
  async text(request: KubeRequest): Promise<string> {
    const operation = `${request.method} ${request.path}`;
    const scope = new CallScope(this.#clock, request.signal);
    const deadlineMs = request.deadlineMs ?? defaultDeadlineMs;
    scope.limit(deadlineMs, () => deadlineExceeded(operation, deadlineMs));
    try {
      const response = await this.#send(request, operation, deadlineMs, scope.signal);
      return await response.body.text();
    } catch (error) {
      throw this.#translate(error, operation, request.signal, scope.signal);
    } finally {
      scope.dispose();
    }
  }

  /** Opens a stream and returns its lines as they come. Leaving the loop, the signal, or `inactivityMs` of silence closes it. */
  async stream(request: KubeStream): Promise<AsyncIterable<string>> {
    const operation = `WATCH ${request.path}`;
    const scope = new CallScope(this.#clock, request.signal);
    scope.limit(defaultDeadlineMs, () => deadlineExceeded(operation, defaultDeadlineMs));
    try {
      const response = await this.#send({ ...request, method: 'GET' }, operation, defaultDeadlineMs, scope.signal);
      return this.#lines(response.body, operation, request.signal, scope);
    } catch (error) {
      scope.dispose();
      throw this.#translate(error, operation, request.signal, scope.signal);
    }
  }

  /** Closes every socket; calls in flight fail. */
  close(): Promise<void> {
    return this.#connections.close();
  }

  async *#lines(
    body: Dispatcher.ResponseData['body'],
    operation: string,
    caller: AbortSignal,
    scope: CallScope,
  ): AsyncGenerator<string, void, undefined> {
    const listen = (): void => scope.limit(this.#inactivityMs, () => silent(operation, this.#inactivityMs));
    listen();
    try {
      yield* linesOf(body, listen);
    } catch (error) {
      throw this.#translate(error, operation, caller, scope.signal);
    } finally {
      scope.dispose();
      body.destroy();
    }
  }

  /** Waits for the flow, sends, and returns a successful response whose body is still unread. */
  async #send(
    request: Omit<KubeRequest, 'signal' | 'deadlineMs'>,
    operation: string,
    patienceMs: number,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const flow = this.#flow(request.flow ?? 'default');
    const ticket = await flow.enter(patienceMs, operation, signal);
    let holdMs: number | undefined;
    try {
      const response = await this.#dispatch(request, signal);
      if (response.statusCode < 400) return response;
      const retryAfterMs = this.#retryAfter(response.statusCode, response.headers);
      if (retryAfterMs !== undefined) holdMs = Math.min(retryAfterMs, request.longestHoldMs ?? retryAfterMs);
      const status = statusOf(await response.body.text());
      throw fromStatus(response.statusCode, status, {
        operation,
        requestId: header(response.headers, 'audit-id'),
        retryAfterMs,
      });
    } finally {
      flow.leave(ticket, holdMs);
    }
  }

  async #dispatch(
    request: Omit<KubeRequest, 'signal' | 'deadlineMs'>,
    signal: AbortSignal,
  ): Promise<Dispatcher.ResponseData> {
    const connection = await this.#connections.get(signal);
    const hasBody = request.body !== undefined;
    request.gate?.();
    const { method, path, cause } = request;
    const startedMs = this.#clock.monotonicMs();
    const record = (status: number | undefined): void =>
      this.#onRequest({ method, path, status, cause, durationMs: this.#clock.monotonicMs() - startedMs });
    const response = connection.dispatcher.request({
      origin: connection.origin,
      path: `${connection.basePath}${request.path}${queryString(request.query)}`,
      method: request.method,
      headers: {
        ...connection.headers,
        ...(request.accept === undefined ? {} : { accept: request.accept }),
        ...(hasBody ? { 'content-type': request.contentType ?? 'application/json' } : {}),
      },
      body: hasBody ? JSON.stringify(request.body) : null,
      signal,
    });
    response.then(
      ({ statusCode }) => record(statusCode),
      () => record(undefined),
    );
    return response;
  }

  #flow(name: string): Flow {
    let flow = this.#flows.get(name);
    if (flow === undefined) {
      flow = new Flow(this.#clock);
      this.#flows.set(name, flow);
    }
    return flow;
  }

  #retryAfter(status: number, headers: IncomingHttpHeaders): number | undefined {
    if (status !== 429 && status !== 503) return undefined;
    const value = header(headers, 'retry-after');
    if (value === undefined) return status === 429 ? defaultRetryAfterMs : undefined;
    const seconds = Number(value);
    return believedRetryAfter(Number.isFinite(seconds) ? seconds * 1000 : Date.parse(value) - this.#clock.wallMs());
  }

  /** The caller's abort and the gate's error stay what they are; our own limits and everything from the socket become a KubeError. */
  #translate(error: unknown, operation: string, caller: AbortSignal, own: AbortSignal): unknown {
    if (caller.aborted) return caller.reason;
    if (error instanceof OperatorError) return error;
    if (own.aborted && own.reason instanceof OperatorError) return own.reason;
    const message = error instanceof Error ? error.message : String(error);
    return new KubeError('failed', 'ConnectionFailed', `The API server cannot be reached: ${message}`, {
      cause: error,
      operation,
    });
  }
}

function deadlineExceeded(operation: string, ms: number): KubeError {
  return new KubeError('failed', 'DeadlineExceeded', `The API server did not answer within ${ms / 1000} s.`, {
    operation,
  });
}

function silent(operation: string, ms: number): KubeError {
  return new KubeError('failed', 'StreamSilent', `The API server sent nothing for ${ms / 1000} s.`, { operation });
}

function parse<T>(text: string, operation: string): T {
  try {
    const value: T = JSON.parse(text);
    return value;
  } catch (error) {
    const message = 'The API server sent an answer that is not JSON.';
    throw new KubeError('failed', 'MalformedResponse', message, { cause: error, operation });
  }
}

/** Proxies and the server's own health handlers answer errors in plain text: then that is the message. */
function statusOf(text: string): KubeStatus | undefined {
  try {
    const value: KubeStatus | null = JSON.parse(text);
    return value?.kind === 'Status' ? value : undefined;
  } catch {
    const message = text.trim().slice(0, 300);
    return message === '' ? undefined : { message };
  }
}

function header(headers: IncomingHttpHeaders, name: string): string | undefined {
  const value = headers[name];
  return Array.isArray(value) ? value[0] : value;
}

function queryString(query: Query | undefined): string {
  const pairs = new URLSearchParams();
  for (const [name, value] of Object.entries(query ?? {})) {
    if (value !== undefined) pairs.set(name, String(value));
  }
  const text = pairs.toString();
  return text === '' ? '' : `?${text}`;
}
