import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Clock, sleep } from '../../../src/clock.ts';
import { answerControl } from './control.ts';
import { AwsError } from './errors.ts';
import type { Fault, Faults } from './faults.ts';
import type { Journal, JournalEntry } from './journal.ts';
import { type Answer, type Call, readCall } from './protocol.ts';
import type { Worlds } from './worlds.ts';

export interface ServerContext {
  readonly clock: Clock;
  readonly worlds: Worlds;
  readonly journal: Journal;
  readonly faults: Faults;
  /** Aborted when the region stops, so that no delayed answer keeps it. */
  readonly signal: AbortSignal;
}

export function createRegionServer(context: ServerContext): Server {
  return createServer({ keepAliveTimeout: 120_000 }, (request, response) => {
    serve(context, request, response).catch((error: unknown) => {
      // The caller hung up, the region stops, or a test's hook threw: there is nobody to answer properly.
      if (!context.signal.aborted && !response.destroyed) response.destroy(error instanceof Error ? error : undefined);
    });
  });
}

async function serve(context: ServerContext, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const body = await readBody(request);
  if (request.url?.startsWith('/_region/')) {
    send(response, answerControl(context, request.method ?? 'GET', request.url, body));
    return;
  }
  const call = readCall(request.headers, body);
  const { journal, faults } = context;
  const entry = journal.open({
    service: call.service,
    operation: call.operation,
    input: call.input,
    account: call.caller.account,
    region: call.caller.region,
    accessKey: call.caller.accessKey,
    userAgent: request.headers['user-agent'] ?? '',
  });
  const cut = faults.hooked && (await faults.cuts(entry, 'before'));
  const fault = cut ? DROP_REQUEST : faults.take(entry);
  const result = fault === undefined ? perform(context, call) : await performFaulty(context, call, fault);
  // The outcome is known before the answer leaves, so that a hook may look at it.
  markEffect(journal, entry, result);
  if (result.kind === 'answered' && faults.hooked && (await faults.cuts(entry, 'after'))) {
    const dropped: Result = { kind: 'dropped', effective: result.effective };
    markEffect(journal, entry, dropped);
    finish(context, request, response, dropped);
    return;
  }
  finish(context, request, response, result);
}

const DROP_REQUEST: Fault = { kind: 'dropRequest' };

type Result =
  | { readonly kind: 'answered'; readonly answer: Answer; readonly outcome: string; readonly effective: boolean }
  | { readonly kind: 'dropped'; readonly effective: boolean }
  | { readonly kind: 'hung' };

function perform(context: ServerContext, call: Call): Result {
  try {
    return { kind: 'answered', answer: call.run(context.worlds), outcome: 'ok', effective: true };
  } catch (error) {
    return refuse(call, error instanceof AwsError ? error : bug(error));
  }
}

async function performFaulty(context: ServerContext, call: Call, fault: Fault): Promise<Result> {
  switch (fault.kind) {
    case 'throttle':
      return refuse(call, new AwsError('ThrottlingException', 'Rate exceeded'));
    case 'serverError':
      return refuse(call, new AwsError('ServerException', 'Service Unavailable. Please try again later.', 500));
    case 'error':
      return refuse(call, new AwsError(fault.code, fault.message, fault.status ?? 400));
    case 'latency': {
      const result = perform(context, call);
      await sleep(context.clock, fault.ms, context.signal);
      return result;
    }
    case 'hang':
      return { kind: 'hung' };
    case 'dropRequest':
      return { kind: 'dropped', effective: false };
    case 'stale':
      return perform({ ...context, worlds: fault.past }, call);
    case 'dropResponse': {
      const result = perform(context, call);
      return { kind: 'dropped', effective: result.kind === 'answered' && result.effective };
    }
  }
}

/** A mistake in the simulation itself: the stack goes to the caller, because a test that fails shows it. */
function bug(error: unknown): AwsError {
  const text = error instanceof Error ? (error.stack ?? error.message) : String(error);
  return new AwsError('ServerException', `The simulated region failed: ${text}`, 500);
}

function refuse(call: Call, error: AwsError): Result {
  return { kind: 'answered', answer: call.refuse(error), outcome: error.code, effective: false };
}

function markEffect(journal: Journal, entry: JournalEntry, result: Result): void {
  switch (result.kind) {
    case 'answered':
      journal.close(entry, result.outcome, result.effective);
      return;
    case 'dropped':
      journal.close(entry, 'dropped', result.effective);
      return;
    case 'hung':
      journal.close(entry, 'dropped', false);
  }
}

function finish(context: ServerContext, request: IncomingMessage, response: ServerResponse, result: Result): void {
  switch (result.kind) {
    case 'answered':
      send(response, result.answer);
      return;
    case 'dropped':
      request.socket.destroy();
      return;
    case 'hung':
      // The connection stays open until the caller gives up or the region stops.
      context.signal.addEventListener('abort', () => request.socket.destroy(), { once: true });
  }
}

function send(response: ServerResponse, answer: Answer): void {
  if (response.destroyed) return;
  response.writeHead(answer.status, { ...answer.headers, 'content-length': Buffer.byteLength(answer.body) });
  response.end(answer.body);
}

async function readBody(request: IncomingMessage): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk);
  return Buffer.concat(chunks).toString('utf8');
}
