import { once } from 'node:events';
import { createServer, type IncomingHttpHeaders, type IncomingMessage, type ServerResponse } from 'node:http';
import { text } from 'node:stream/consumers';
import { isMutation } from '../../sandbox/region/index.ts';
import type { AwsEndpoint } from '../../support/operator-bed.ts';
import { answerForm, formCallOf } from './form-calls.ts';

type Members = Readonly<Record<string, unknown>>;

export interface Call {
  readonly operation: string;
  readonly input: Members;
}

export interface Reply {
  readonly status: number;
  readonly output: Members;
}

/** What stands between the operator and AWS for one operation: it may change the call, the answer, or answer by itself. */
export type Correction = (call: Call, ask: (call: Call) => Promise<Reply>) => Promise<Reply>;

/** Stands before whatever plays AWS, remembers what the operator did, and applies the corrections. */
export interface Frontage extends AwsEndpoint {
  /** How many mutations the operator has sent so far. */
  mark(): number;
  /** Operations of the mutations that the operator has sent after `mark`, oldest first. */
  mutations(mark: number): readonly string[];
  stop(): Promise<void>;
}

const ecsTarget = 'AmazonEC2ContainerServiceV20141113.';

/** Starts one on a free port. Services other than ECS, EC2 and Auto Scaling, and what has no correction, are passed on as they are. */
export async function startFrontage(
  upstream: AwsEndpoint,
  corrections: ReadonlyMap<string, readonly Correction[]> = new Map(),
): Promise<Frontage> {
  const sent: string[] = [];
  const inTurn = oneAtATime();
  const server = createServer((incoming, response) => {
    serve(incoming, response).catch((error: unknown) => {
      response.writeHead(502, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify({ __type: 'FrontageError', message: String(error) }));
    });
  });

  async function serve(incoming: IncomingMessage, response: ServerResponse): Promise<void> {
    const body = await text(incoming);
    const { headers } = incoming;
    const target = String(headers['x-amz-target'] ?? '');
    const form = formCallOf(headers, body);
    const operation = form?.operation ?? (target.startsWith(ecsTarget) ? target.slice(ecsTarget.length) : undefined);
    // The operator names itself in its user agent; a test's own client does not.
    const isOperator = String(headers['user-agent']).includes('ecs-operator');
    if (operation !== undefined && isOperator && isMutation({ operation })) sent.push(operation);
    if (form !== undefined && corrections.has(form.operation)) {
      const answer = await answerForm(form, body, upstream, (call, ask) => corrected(corrections, call, ask));
      response.writeHead(answer.status, answer.headers).end(answer.body);
    } else if (form === undefined && operation !== undefined) {
      const reply = await corrected(corrections, { operation, input: JSON.parse(body) }, (call) =>
        inTurn(async () => {
          const addressed = { ...headers, 'x-amz-target': ecsTarget + call.operation };
          const answer = await forward(upstream.endpoint, addressed, JSON.stringify(call.input));
          return { status: answer.status, output: parsed(answer.body) };
        }),
      );
      response.writeHead(reply.status, { 'content-type': 'application/x-amz-json-1.1' });
      response.end(JSON.stringify(reply.output));
    } else {
      const answer = await forward(upstream.endpoint + (incoming.url ?? '/'), headers, body);
      response.writeHead(answer.status, { 'content-type': answer.type }).end(answer.body);
    }
  }

  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the frontage has no TCP port');
  const endpoint = `http://127.0.0.1:${address.port}`;
  return {
    endpoint,
    env: { ...upstream.env, AWS_ENDPOINT_URL: endpoint },
    mark: () => sent.length,
    mutations: (mark) => sent.slice(mark),
    async stop() {
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

/**
 * Each begins when the one before it has ended. moto keeps in one table for all its threads whether `include: [TAGS]` was asked for
 * (`_exclude_from_response` writes to an attribute of the class): answered together with a call that does not ask for them, one that does
 * gets none, and its resource looks like nobody's.
 */
function oneAtATime(): <T>(work: () => Promise<T>) => Promise<T> {
  let last: Promise<unknown> = Promise.resolve();
  return (work) => {
    const result = last.then(work, work);
    last = result;
    return result;
  };
}

/** The first correction of an operation is the outermost. */
function corrected(
  corrections: ReadonlyMap<string, readonly Correction[]>,
  call: Call,
  ask: (call: Call) => Promise<Reply>,
): Promise<Reply> {
  const layers = corrections.get(call.operation) ?? [];
  const outermost = layers.reduceRight<(call: Call) => Promise<Reply>>(
    (inner, layer) => (one) => layer(one, inner),
    ask,
  );
  return outermost(call);
}

async function forward(url: string, headers: IncomingHttpHeaders, body: string) {
  // fetch sets these by itself.
  const { host: _host, connection: _connection, 'content-length': _length, ...rest } = headers;
  const passed = Object.entries(rest).map(([name, value]): [string, string] => [name, String(value)]);
  const answer = await fetch(url, { method: 'POST', headers: passed, body });
  const type = answer.headers.get('content-type') ?? 'text/plain';
  return { status: answer.status, type, body: await answer.text() };
}

/** moto answers with an HTML page where it fails itself; that is no AWS answer, and must read as an error here. */
function parsed(body: string): Members {
  try {
    return body === '' ? {} : JSON.parse(body);
  } catch {
    return { __type: 'InternalFailure', message: body.slice(0, 500) };
  }
}
