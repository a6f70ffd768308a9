import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';

export interface Page {
  readonly status: number;
  readonly contentType: string;
  readonly body: string;
}

/** By path. */
export type Routes = Readonly<Record<string, () => Promise<Page>>>;

export interface HttpServer {
  /** The one that was taken, where port 0 was asked for. */
  readonly port: number;
  /** Answers nobody any more and holds no connection. */
  close(): Promise<void>;
}

/** Probes and scrapes are small and quick; who sends slowly is neither. */
const LIMIT_MS = 5_000;

/** Serves a few pages by GET and HEAD, and nothing else. Rejects when the address cannot be listened on. */
export async function listen(
  address: { readonly host: string | undefined; readonly port: number },
  routes: Routes,
): Promise<HttpServer> {
  const server = createServer(
    { requestTimeout: LIMIT_MS, headersTimeout: LIMIT_MS, keepAliveTimeout: LIMIT_MS, maxHeaderSize: 8_192 },
    (request, response) => void answer(routes, request, response),
  );
  await listening(server, address);
  const taken = server.address();
  return {
    port: typeof taken === 'object' && taken !== null ? taken.port : address.port,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        server.closeAllConnections();
      }),
  };
}

function listening(server: Server, { host, port }: Parameters<typeof listen>[0]): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once('error', reject);
    server.listen({ port, ...(host === undefined ? {} : { host }) }, () => {
      server.off('error', reject);
      resolve();
    });
  });
}

async function answer(routes: Routes, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { status, contentType, body } = await pageFor(routes, request);
  response.writeHead(status, {
    'content-type': contentType,
    'content-length': Buffer.byteLength(body),
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    ...(status === 405 ? { allow: 'GET, HEAD' } : {}),
  });
  response.end(request.method === 'HEAD' ? undefined : body);
}

async function pageFor(routes: Routes, { method, url = '/' }: IncomingMessage): Promise<Page> {
  const route = routes[url.split('?', 1)[0] ?? ''];
  if (route === undefined) return plain(404, 'not found\n');
  if (method !== 'GET' && method !== 'HEAD') return plain(405, 'only GET and HEAD\n');
  try {
    return await route();
  } catch (error) {
    return plain(500, `${error instanceof Error ? error.message : String(error)}\n`);
  }
}

export function plain(status: number, body: string): Page {
  return { status, contentType: 'text/plain; charset=utf-8', body };
}
