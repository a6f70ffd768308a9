import { controlAlarms, controlMetrics } from './cloudwatch/control.ts';
import { cloudWatchHandle } from './cloudwatch/handle.ts';
import { faultRuleFrom } from './control-faults.ts';
import { controlImages, controlShortages, controlSpotInterruptions } from './ec2/control.ts';
import { ec2Handle } from './ec2/handle.ts';
import { capacityHandle, controlAgents, controlFargateShortages } from './ecs/capacity/handle.ts';
import type { Faults } from './faults.ts';
import type { Journal } from './journal.ts';
import type { Rates } from './rates.ts';
import { isRecord } from './records.ts';
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
      return queryJournal(context, searchParams);
    case 'POST /_region/advance':
      return advance(context, parsed(body));
    case 'POST /_region/alarms':
      return accepted(controlAlarms(cloudWatchHandle(context.worlds.changing), parsed(body)));
    case 'POST /_region/metrics':
      return accepted(controlMetrics(cloudWatchHandle(context.worlds.changing), parsed(body)));
    case 'POST /_region/shortages':
      return accepted(controlShortages(ec2Handle(context.worlds.changing), parsed(body)));
    case 'POST /_region/images':
      return accepted(controlImages(ec2Handle(context.worlds.changing), parsed(body)));
    case 'POST /_region/spot-interruptions':
      return accepted(controlSpotInterruptions(ec2Handle(context.worlds.changing), parsed(body)));
    case 'POST /_region/agents':
      return accepted(controlAgents(capacityHandle(context.worlds.changing), parsed(body)));
    case 'POST /_region/fargate-shortages':
      return accepted(controlFargateShortages(capacityHandle(context.worlds.changing), parsed(body)));
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

/** A misspelt parameter would find everything, so it is refused. */
function queryJournal({ journal }: ControlContext, parameters: URLSearchParams): Answer {
  const query: Record<string, string | number> = {};
  for (const [name, value] of parameters) {
    if (JOURNAL_TEXTS.includes(name)) query[name] = value;
    else if (JOURNAL_NUMBERS.includes(name) && /^\d+$/.test(value)) query[name] = Number(value);
    else {
      const names = `${JOURNAL_TEXTS.join(', ')}, and the numbers ${JOURNAL_NUMBERS.join(', ')}`;
      return answer(400, { message: `${name}=${value} is no query: there are ${names}` });
    }
  }
  return answer(200, journal.query(query));
}

const JOURNAL_TEXTS = ['service', 'operation', 'account', 'region', 'outcome'];
const JOURNAL_NUMBERS = ['since', 'limit'];

function parsed(body: string): Body {
  try {
    const value: unknown = JSON.parse(body);
    return isRecord(value) ? value : {};
  } catch {
    return {};
  }
}

function answer(status: number, body: unknown): Answer {
  return { status, headers: { 'content-type': 'application/json' }, body: `${JSON.stringify(body)}\n` };
}
