import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { type Clock, sleep } from '../../../src/clock.ts';
import { answerControl } from './control.ts';
import { AwsError } from './errors.ts';
import { forward } from './fallback.ts';
import type { Fault, Faults } from './faults.ts';
import { readBytes } from './http.ts';
import { isMutation, type Journal, type JournalEntry } from './journal.ts';
import { type Call, readCall } from './protocol.ts';
import type { Rates } from './rates.ts';
import type { Answer } from './wire/wire-protocol.ts';
import type { WorldSource, Worlds } from './worlds.ts';

export interface ServerContext {
  readonly clock: Clock;
  readonly worlds: Worlds;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly rates: Rates;
  /** See `RegionOptions`. */
  readonly strict: boolean;
  /** An endpoint for the services that the region does not model. */
  readonly fallback: string | undefined;
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
  const body = await readBytes(request);
  if (request.url?.startsWith('/_region/')) {
    send(response, answerControl(context, request.method ?? 'GET', request.url, body.toString()));
    return;
  }
  const call = readCall(context, request.headers, body.toString());
  const { journal, faults } = context;
  const entry = journal.open({
    service: call.service,
    operation: call.operation,
    input: call.input,
    account: call.caller.account,
    region: call.caller.region,
    accessKey: call.caller.accessKey,
    identity: call.caller.arn,
    ...(call.caller.externalId === undefined ? {} : { externalId: call.caller.externalId }),
    userAgent: request.headers['user-agent'] ?? '',
    simulatedAt: context.worlds.now,
  });
  const cut = faults.hooked && (await faults.cuts(entry, 'before'));
  const fault = cut ? DROP_REQUEST : faults.take(entry);
  const perform = performer(context, call, entry, request, body);
  const result = fault === undefined ? await perform() : await performFaulty(context, call, fault, perform);
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

/** Runs a call in the worlds given, those of the present if none are. */
type Perform = (worlds?: WorldSource) => Result | Promise<Result>;

function performer(
  context: ServerContext,
  call: Call,
  entry: JournalEntry,
  request: IncomingMessage,
  body: Buffer,
): Perform {
  const { fallback, worlds, rates, signal } = context;
  if (!call.modelled && fallback !== undefined) {
    return () => answered(call, 'forwarded', () => forward(fallback, request, body, signal));
  }
  return (source = worlds) => {
    if (!rates.allow(entry, worlds.now)) return refuse(call, call.refusals.throttled());
    if (isMutation(entry)) worlds.beforeMutation(entry.account, entry.region);
    try {
      return { kind: 'answered', answer: call.run(source), outcome: 'ok', effective: true };
    } catch (error) {
      return refuse(call, awsError(error));
    }
  };
}

async function answered(call: Call, outcome: string, run: () => Promise<Answer>): Promise<Result> {
  try {
    return { kind: 'answered', answer: await run(), outcome, effective: true };
  } catch (error) {
    return refuse(call, awsError(error));
  }
}

async function performFaulty(context: ServerContext, call: Call, fault: Fault, perform: Perform): Promise<Result> {
  switch (fault.kind) {
    case 'throttle':
      return refuse(call, call.refusals.throttled());
    case 'serverError':
      return refuse(call, call.refusals.unavailable());
    case 'error':
      return refuse(call, new AwsError(fault.code, fault.message, fault.status ?? 400));
    case 'accessDenied':
      return refuse(call, call.refusals.denied(deniedSentence(call, fault.resource ?? '*')));
    case 'latency': {
      const result = await perform();
      await sleep(context.clock, fault.ms, context.signal);
      return result;
    }
    case 'hang':
      return { kind: 'hung' };
    case 'dropRequest':
      return { kind: 'dropped', effective: false };
    case 'stale':
      return perform(fault.past);
    case 'lag':
      return perform(context.worlds.past(fault.ms, ['request', 'time']));
    case 'eventual':
      return perform(context.worlds.past(fault.ms, ['request']));
    case 'dropResponse': {
      const result = await perform();
      return { kind: 'dropped', effective: result.kind === 'answered' && result.effective };
    }
  }
}

/** In IAM's words. */
function deniedSentence({ service, operation, caller }: Call, resource: string): string {
  const action = `${service}:${operation}`;
  return (
    `User: ${caller.arn} is not authorized to perform: ${action} on resource: ${resource} ` +
    `because no identity-based policy allows the ${action} action`
  );
}

const awsError = (error: unknown): AwsError => (error instanceof AwsError ? error : bug(error));

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
  const body = typeof answer.body === 'string' ? Buffer.from(answer.body) : answer.body;
  response.writeHead(answer.status, { ...answer.headers, 'content-length': body.length });
  response.end(body);
}
