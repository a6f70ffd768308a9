import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { text } from 'node:stream/consumers';

/** A span as OTLP's JSON form has it, with its attributes as a record. */
export interface ReceivedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId: string | undefined;
  readonly kind: number;
  readonly startMs: number;
  readonly endMs: number;
  /** 2 for an error. */
  readonly status: { readonly code?: number; readonly message?: string };
  readonly attributes: Readonly<Record<string, unknown>>;
}

export interface OtlpReceiver {
  readonly endpoint: string;
  readonly spans: readonly ReceivedSpan[];
  /** Attributes of the last sender. */
  readonly resource: Readonly<Record<string, unknown>>;
  /** What came over the wire, with headers. */
  readonly bodies: readonly string[];
  /** What requests are answered with; 200 at first. */
  status: number;
  close(): Promise<void>;
}

interface Attribute {
  readonly key: string;
  readonly value: Readonly<Record<string, unknown>>;
}

interface WireSpan extends Omit<ReceivedSpan, 'attributes' | 'startMs' | 'endMs'> {
  readonly startTimeUnixNano: string;
  readonly endTimeUnixNano: string;
  readonly attributes?: readonly Attribute[];
}

interface Export {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly Attribute[] };
    readonly scopeSpans: readonly { readonly spans: readonly WireSpan[] }[];
  }[];
}

/** A real receiver of OTLP/HTTP with JSON. */
export async function startOtlpReceiver(): Promise<OtlpReceiver> {
  const spans: ReceivedSpan[] = [];
  const bodies: string[] = [];
  const server = createServer(async (request, response) => {
    const body = await text(request);
    bodies.push(`${request.method} ${request.url}\n${JSON.stringify(request.headers)}\n${body}`);
    if (receiver.status === 200) accept(JSON.parse(body));
    response.writeHead(receiver.status, { 'content-type': 'application/json' }).end('{}');
  });
  const accept = ({ resourceSpans }: Export): void => {
    for (const { resource, scopeSpans } of resourceSpans) {
      receiver.resource = recordOf(resource.attributes);
      for (const scope of scopeSpans) spans.push(...scope.spans.map(spanOf));
    }
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  // The server listens on TCP, so its address is one.
  const { port } = server.address() as AddressInfo;
  const receiver: OtlpReceiver & { resource: Readonly<Record<string, unknown>> } = {
    endpoint: `http://127.0.0.1:${port}`,
    spans,
    resource: {},
    bodies,
    status: 200,
    async close() {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
  return receiver;
}

function spanOf({ attributes = [], startTimeUnixNano, endTimeUnixNano, ...span }: WireSpan): ReceivedSpan {
  return {
    ...span,
    // Proto3's JSON may leave out what is empty, or write it.
    parentSpanId: span.parentSpanId === '' ? undefined : span.parentSpanId,
    startMs: Number(startTimeUnixNano) / 1e6,
    endMs: Number(endTimeUnixNano) / 1e6,
    attributes: recordOf(attributes),
  };
}

function recordOf(attributes: readonly Attribute[]): Readonly<Record<string, unknown>> {
  return Object.fromEntries(attributes.map(({ key, value }) => [key, Object.values(value)[0]]));
}
