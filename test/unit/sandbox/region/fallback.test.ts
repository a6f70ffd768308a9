import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders } from 'node:http';
import { describe, expect, it, onTestFinished } from 'vitest';
import { readBytes } from '../../../sandbox/region/http.ts';
import { startFixture } from './support.ts';

interface Seen {
  readonly url: string | undefined;
  readonly method: string | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** An endpoint that answers everything with one answer and keeps what it was asked. */
async function startOther(): Promise<{ readonly endpoint: string; readonly seen: Seen[] }> {
  const seen: Seen[] = [];
  const server = createServer(async (request, response) => {
    seen.push({ url: request.url, method: request.method, headers: request.headers, body: await readBytes(request) });
    response.writeHead(201, { 'x-amzn-requestid': 'other', 'content-type': 'application/octet-stream' });
    response.end(Buffer.from([0, 255, 1]));
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  const address = server.address();
  return { endpoint: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`, seen };
}

const AUTHORIZATION =
  'AWS4-HMAC-SHA256 Credential=210987654321/20260101/us-east-1/s3/aws4_request, SignedHeaders=host, Signature=x';
const BYTES = Buffer.from([200, 0, 10, 255]);

function put(endpoint: string): Promise<Response> {
  return fetch(`${endpoint}/bucket/key?acl=1`, {
    method: 'PUT',
    headers: { authorization: AUTHORIZATION, 'x-amz-meta-a': 'b' },
    body: BYTES,
  });
}

describe('a request to a service that is not modelled', () => {
  it('goes to the fallback endpoint as it is, and its answer comes back as it is', async () => {
    const other = await startOther();
    const { region } = await startFixture({ speed: 0, fallback: other.endpoint });
    const answer = await put(region.endpoint);
    expect(answer.status).toBe(201);
    expect(answer.headers.get('x-amzn-requestid')).toBe('other');
    expect(Buffer.from(await answer.arrayBuffer())).toEqual(Buffer.from([0, 255, 1]));
    expect(other.seen).toMatchObject([
      {
        url: '/bucket/key?acl=1',
        method: 'PUT',
        headers: { authorization: AUTHORIZATION, 'x-amz-meta-a': 'b', host: region.endpoint.slice('http://'.length) },
      },
    ]);
    expect(other.seen[0]?.body).toEqual(BYTES);
    expect(region.journal.entries).toMatchObject([
      { service: 's3', account: '210987654321', region: 'us-east-1', outcome: 'forwarded', effective: true },
    ]);
  });

  it('meets the same faults as others', async () => {
    const other = await startOther();
    const { region } = await startFixture({ speed: 0, fallback: other.endpoint });
    region.faults.add({ service: 's3', fault: { kind: 'dropRequest' } });
    await expect(put(region.endpoint)).rejects.toThrow();
    expect(other.seen).toEqual([]);
    region.faults.add({ service: 's3', fault: { kind: 'dropResponse' } });
    await expect(put(region.endpoint)).rejects.toThrow();
    expect(other.seen).toHaveLength(1);
  });

  it('is refused when the fallback endpoint does not answer', async () => {
    const { region } = await startFixture({ speed: 0, fallback: 'http://127.0.0.1:1' });
    const answer = await put(region.endpoint);
    expect(answer.status).toBe(502);
    expect(await answer.text()).toContain('The fallback endpoint http://127.0.0.1:1 did not answer');
  });
});
