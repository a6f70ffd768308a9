import { request as httpRequest, type IncomingMessage } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { AwsError } from './errors.ts';
import { readBytes } from './http.ts';
import type { Answer } from './wire/wire-protocol.ts';

/** Headers of one connection, which mean nothing on another (RFC 9110, 7.6.1), and the length, which is written anew. */
const HOP_BY_HOP = ['connection', 'keep-alive', 'transfer-encoding', 'upgrade', 'content-length'];

/** Sends a request on to another endpoint as it came, `Host` included because it is signed, and returns what that answers. */
export async function forward(
  endpoint: string,
  incoming: IncomingMessage,
  body: Buffer,
  signal: AbortSignal,
): Promise<Answer> {
  const url = new URL(incoming.url ?? '/', endpoint);
  const send = url.protocol === 'https:' ? httpsRequest : httpRequest;
  try {
    const response = await new Promise<IncomingMessage>((resolve, reject) => {
      send(url, {
        method: incoming.method,
        headers: { ...withoutHops(incoming.headers), 'content-length': body.length },
        signal,
      })
        .on('response', resolve)
        .on('error', reject)
        .end(body);
    });
    const bytes = await readBytes(response);
    return { status: response.statusCode ?? 502, headers: withoutHops(response.headers), body: bytes };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new AwsError('ServiceUnavailable', `The fallback endpoint ${endpoint} did not answer: ${reason}`, 502);
  }
}

function withoutHops(headers: IncomingMessage['headers']): Record<string, string | string[]> {
  const kept: Record<string, string | string[]> = {};
  for (const [name, value] of Object.entries(headers)) {
    if (value !== undefined && !HOP_BY_HOP.includes(name)) kept[name] = value;
  }
  return kept;
}
