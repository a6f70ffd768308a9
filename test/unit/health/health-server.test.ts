import { createConnection } from 'node:net';
import { afterEach, describe, expect, test } from 'vitest';
import { type HttpServer, listen, plain } from '../../../src/http-server.ts';

let server: HttpServer | undefined;
afterEach(() => server?.close());

const address = { host: '127.0.0.1', port: 0 };
const routes = {
  '/page': async () => plain(200, 'here\n'),
  '/broken': async () => {
    throw new Error('it broke');
  },
};

async function start(): Promise<string> {
  server = await listen(address, routes);
  return `http://127.0.0.1:${server.port}`;
}

describe('the server of metrics and health', () => {
  test.each([
    ['GET', '/page', 200, 'here\n'],
    ['GET', '/page?verbose', 200, 'here\n'],
    ['HEAD', '/page', 200, ''],
    ['POST', '/page', 405, 'only GET and HEAD\n'],
    ['DELETE', '/page', 405, 'only GET and HEAD\n'],
    ['GET', '/', 404, 'not found\n'],
    ['GET', '/page/', 404, 'not found\n'],
    ['GET', '/broken', 500, 'it broke\n'],
  ])('answers %s %s with %i', async (method, path, status, body) => {
    const response = await fetch((await start()) + path, { method });
    expect([response.status, await response.text()]).toEqual([status, body]);
  });

  test('lets a client that keeps its connection go when it closes', async () => {
    const url = await start();
    await (await fetch(`${url}/page`)).text();
    const idle = createConnection(Number(new URL(url).port), '127.0.0.1');
    await new Promise((resolve) => idle.once('connect', resolve));
    const gone = new Promise((resolve) => idle.once('close', resolve));
    await server?.close();
    await gone;
    await expect(fetch(`${url}/page`)).rejects.toThrow('fetch failed');
  });

  test('cannot be had twice on one port', async () => {
    await start();
    await expect(listen({ host: '127.0.0.1', port: server?.port ?? 0 }, routes)).rejects.toMatchObject({
      code: 'EADDRINUSE',
    });
  });
});
