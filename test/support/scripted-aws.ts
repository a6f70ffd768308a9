import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { performance } from 'node:perf_hooks';

export interface AwsRequest {
  readonly operation: string;
  readonly input: Record<string, unknown>;
  readonly atMs: number;
  readonly region: string;
  readonly userAgent: string;
}

/** What the server does with one request. */
export type AwsReply =
  | { readonly kind: 'json'; readonly body: object }
  | { readonly kind: 'xml'; readonly body: string }
  | {
      readonly kind: 'error';
      readonly code: string;
      readonly message: string;
      readonly status?: number;
      readonly headers?: Record<string, string>;
    }
  /** Accepts and never answers. */
  | { readonly kind: 'hang' }
  /** Closes the connection without an answer. */
  | { readonly kind: 'drop' };

export type AwsScript = (request: AwsRequest) => AwsReply | Promise<AwsReply>;

export interface ScriptedAws {
  readonly requests: readonly AwsRequest[];
  /** Connections ever opened. */
  readonly connections: number;
  /** The most requests that were unanswered at one moment. */
  readonly mostAtOnce: number;
  script: AwsScript;
  operations(): string[];
  close(): Promise<void>;
}

export const json = (body: object): AwsReply => ({ kind: 'json', body });
export const awsError = (code: string, message = 'no', status = 400): AwsReply => ({
  kind: 'error',
  code,
  message,
  status,
});

/** Of the keys in the environment. */
export const scriptedAccount = '123456789012';

/** What GetCallerIdentity answers. */
export function identityOf(account: string): AwsReply {
  const body = `<GetCallerIdentityResponse xmlns="https://sts.amazonaws.com/doc/2011-06-15/"><GetCallerIdentityResult>
    <Arn>arn:aws:iam::${account}:user/u</Arn><UserId>u</UserId><Account>${account}</Account></GetCallerIdentityResult></GetCallerIdentityResponse>`;
  return { kind: 'xml', body };
}

export interface ScriptedAwsOptions {
  /** True: the script hears of GetCallerIdentity too. Left out, the server answers it by itself, and it is not among the requests. */
  readonly scriptsIdentity?: boolean;
}

/**
 * A server that says what the test says, in the protocols of ECS (AWS JSON 1.1) and STS (AWS Query). Sets the environment that
 * the SDK finds endpoint and credentials by.
 */
export async function startScriptedAws(
  script: AwsScript,
  { scriptsIdentity = false }: ScriptedAwsOptions = {},
): Promise<ScriptedAws> {
  const requests: AwsRequest[] = [];
  const sockets = new Set<Socket>();
  const seen = { connections: 0, now: 0, most: 0 };
  const server = createServer((request, response) => {
    void serve(request, response);
  });
  server.on('connection', (socket) => {
    seen.connections += 1;
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });

  const serve = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const received = await receive(request);
    if (received.operation === 'GetCallerIdentity' && !scriptsIdentity) {
      answer(response, identityOf(scriptedAccount), 0);
      return;
    }
    requests.push(received);
    seen.now += 1;
    seen.most = Math.max(seen.most, seen.now);
    const reply = await scripted.script(received);
    seen.now -= 1;
    answer(response, reply, requests.length);
  };

  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  Object.assign(process.env, {
    AWS_ENDPOINT_URL: `http://127.0.0.1:${port}`,
    AWS_ACCESS_KEY_ID: 'AKIATEST',
    AWS_SECRET_ACCESS_KEY: 'secret',
  });

  const scripted: ScriptedAws = {
    requests,
    script,
    get connections() {
      return seen.connections;
    },
    get mostAtOnce() {
      return seen.most;
    },
    operations: () => requests.map(({ operation }) => operation),
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return scripted;
}

async function receive(request: IncomingMessage): Promise<AwsRequest> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const body = Buffer.concat(chunks).toString();
  const target = request.headers['x-amz-target'];
  const common = {
    atMs: performance.now(),
    region: /Credential=[^/]+\/\d+\/([^/]+)\//.exec(request.headers.authorization ?? '')?.[1] ?? '',
    userAgent: request.headers['user-agent'] ?? '',
  };
  if (typeof target === 'string') {
    return { operation: target.slice(target.indexOf('.') + 1), input: JSON.parse(body), ...common };
  }
  const form = new URLSearchParams(body);
  return { operation: form.get('Action') ?? '', input: Object.fromEntries(form), ...common };
}

function answer(response: ServerResponse, reply: AwsReply, serial: number): void {
  const requestId = `request-${serial}`;
  switch (reply.kind) {
    case 'json':
      response.writeHead(200, { 'content-type': 'application/x-amz-json-1.1', 'x-amzn-requestid': requestId });
      response.end(JSON.stringify(reply.body));
      return;
    case 'xml':
      response.writeHead(200, { 'content-type': 'text/xml', 'x-amzn-requestid': requestId });
      response.end(reply.body);
      return;
    case 'error':
      response.writeHead(reply.status ?? 400, {
        'content-type': 'application/x-amz-json-1.1',
        'x-amzn-requestid': requestId,
        ...reply.headers,
      });
      response.end(JSON.stringify({ __type: reply.code, message: reply.message }));
      return;
    case 'hang':
      return;
    case 'drop':
      response.socket?.destroy();
      return;
    default:
      reply satisfies never;
  }
}
