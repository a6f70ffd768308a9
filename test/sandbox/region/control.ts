import type { Fault, FaultRule, Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import type { Answer } from './protocol.ts';
import type { Worlds } from './worlds.ts';

interface ControlContext {
  readonly worlds: Worlds;
  readonly journal: Journal;
  readonly faults: Faults;
}

/** The endpoints under `/_region/`, for tests in other processes, the demo and people with curl. */
export function answerControl(context: ControlContext, method: string, url: string, body: string): Answer {
  const { pathname, searchParams } = new URL(url, 'http://region');
  switch (`${method} ${pathname}`) {
    case 'GET /_region/health':
      return answer(200, { status: 'ok' });
    case 'GET /_region/state':
      return answer(200, context.worlds.inventory());
    case 'GET /_region/journal':
      return answer(200, context.journal.since(Number(searchParams.get('since') ?? 0)));
    case 'POST /_region/advance':
      return advance(context, parsed(body));
    case 'POST /_region/faults':
      return addFault(context, parsed(body));
    case 'DELETE /_region/faults':
      context.faults.clear();
      return answer(200, {});
    default:
      return answer(404, { message: `no control endpoint ${method} ${pathname}` });
  }
}

function advance(context: ControlContext, input: Readonly<Record<string, unknown>>): Answer {
  const seconds = input.seconds;
  if (typeof seconds !== 'number' || seconds < 0)
    return answer(400, { message: 'seconds must be a number of 0 or more' });
  context.worlds.advance(seconds * 1_000);
  return answer(200, {});
}

function addFault(context: ControlContext, input: Readonly<Record<string, unknown>>): Answer {
  const fault = faultFrom(input.fault);
  if (fault === undefined) return answer(400, { message: 'fault must be one of the faults in README.md' });
  const rule: FaultRule = {
    fault,
    ...(typeof input.operation === 'string' ? { operation: input.operation } : {}),
    ...(typeof input.times === 'number' ? { times: input.times } : {}),
    ...(typeof input.skip === 'number' ? { skip: input.skip } : {}),
  };
  context.faults.add(rule);
  return answer(200, {});
}

function faultFrom(value: unknown): Fault | undefined {
  if (!isRecord(value)) return undefined;
  const { kind, ms, code, message, status } = value;
  switch (kind) {
    case 'throttle':
    case 'serverError':
    case 'hang':
    case 'dropRequest':
    case 'dropResponse':
      return { kind };
    case 'latency':
      return typeof ms === 'number' ? { kind, ms } : undefined;
    case 'error':
      if (typeof code !== 'string') return undefined;
      return { kind, code, message: String(message ?? ''), ...(typeof status === 'number' ? { status } : {}) };
    default:
      return undefined;
  }
}

function parsed(body: string): Readonly<Record<string, unknown>> {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function answer(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` };
}
