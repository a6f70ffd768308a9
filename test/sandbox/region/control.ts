import { controlAlarms, controlMetrics } from './cloudwatch/control.ts';
import { cloudWatchHandle } from './cloudwatch/handle.ts';
import { faultRuleFrom } from './control-faults.ts';
import { controlShortages, controlSpotInterruptions } from './ec2/control.ts';
import { ec2Handle } from './ec2/handle.ts';
import { capacityHandle, controlAgents } from './ecs/capacity/handle.ts';
import type { Faults } from './faults.ts';
import type { Journal, JournalQuery } from './journal.ts';
import type { Rates } from './rates.ts';
import type { Answer } from './wire/wire-protocol.ts';
import type { Worlds } from './worlds.ts';

interface ControlContext {
  readonly worlds: Worlds;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly rates: Rates;
}

type Body = Readonly<Record<string, unknown>>;

/** The endpoints under `/_region/`, for tests in other processes, the demo and people with curl. */
export function answerControl(context: ControlContext, method: string, url: string, body: string): Answer {
  const { pathname, searchParams } = new URL(url, 'http://region');
  switch (`${method} ${pathname}`) {
    case 'GET /_region/health':
      return answer(200, { status: 'ok' });
    case 'GET /_region/state':
      return answer(200, context.worlds.inventory());
    case 'GET /_region/journal':
      return answer(200, context.journal.query(queryOf(searchParams)));
    case 'POST /_region/advance':
      return advance(context, parsed(body));
    case 'POST /_region/alarms':
      return accepted(controlAlarms(cloudWatchHandle(context.worlds), parsed(body)));
    case 'POST /_region/metrics':
      return accepted(controlMetrics(cloudWatchHandle(context.worlds), parsed(body)));
    case 'POST /_region/shortages':
      return accepted(controlShortages(ec2Handle(context.worlds), parsed(body)));
    case 'POST /_region/spot-interruptions':
      return accepted(controlSpotInterruptions(ec2Handle(context.worlds), parsed(body)));
    case 'POST /_region/agents':
      return accepted(controlAgents(capacityHandle(context.worlds), parsed(body)));
    case 'POST /_region/faults':
      return addFault(context, parsed(body));
    case 'DELETE /_region/faults':
      return removeFaults(context, searchParams.get('id'));
    case 'POST /_region/rates':
      return setRates(context, parsed(body));
    default:
      return answer(404, { message: `no control endpoint ${method} ${pathname}` });
  }
}

function advance(context: ControlContext, input: Body): Answer {
  const seconds = input.seconds;
  if (typeof seconds !== 'number' || seconds < 0)
    return answer(400, { message: 'seconds must be a number of 0 or more' });
  context.worlds.advance(seconds * 1_000);
  return answer(200, {});
}

/** What a control function says is wrong with its body, if anything. */
function accepted(refusal: string | undefined): Answer {
  return refusal === undefined ? answer(200, {}) : answer(400, { message: refusal });
}

function addFault({ faults }: ControlContext, body: Body): Answer {
  const rule = faultRuleFrom(body);
  return typeof rule === 'string' ? answer(400, { message: rule }) : answer(200, { id: faults.addRule(rule) });
}

/** The rule that is named, or all. */
function removeFaults({ faults }: ControlContext, id: string | null): Answer {
  if (id === null) faults.clear();
  else if (!faults.remove(Number(id))) return answer(404, { message: `no rule ${id}` });
  return answer(200, {});
}

function setRates({ rates }: ControlContext, { scale }: Body): Answer {
  if (scale !== 'published' && scale !== 'unlimited' && !(typeof scale === 'number' && scale > 0)) {
    return answer(400, { message: "scale must be 'published', 'unlimited' or a number above 0" });
  }
  rates.use(scale);
  return answer(200, {});
}

function queryOf(parameters: URLSearchParams): JournalQuery {
  const query: Record<string, string | number> = {};
  for (const name of ['service', 'operation', 'account', 'outcome']) {
    const value = parameters.get(name);
    if (value !== null) query[name] = value;
  }
  for (const name of ['since', 'limit']) if (parameters.has(name)) query[name] = Number(parameters.get(name));
  return query;
}

function parsed(body: string): Body {
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
