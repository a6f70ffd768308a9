import { fromUnknown, OperatorError } from '../errors.ts';
import { redactText } from '../redact.ts';
import { autoScalingRules } from './autoscalingerrors.ts';
import { capacityProviderRules } from './capacityprovidererrors.ts';
import type { Rule } from './errorrule.ts';
import { generalRules } from './errorrules.ts';

/** What is special before what is general: the first row that matches decides. */
const rules: readonly Rule[] = [...capacityProviderRules, ...autoScalingRules, ...generalRules];

const byStatus: readonly (Pick<Rule, 'disposition' | 'reason' | 'advice' | 'heals'> & {
  readonly matches: (status: number) => boolean;
})[] = [
  {
    matches: (status) => status === 429,
    disposition: 'throttled',
    reason: 'Throttled',
    advice: 'The call is repeated when the rate limit allows it.',
  },
  {
    matches: (status) => status >= 500,
    disposition: 'failed',
    reason: 'AWSServerError',
    advice: 'The fault is on the side of AWS; the call is repeated with backoff.',
  },
];

/** Turns what the SDK threw while it sent `operation` into the one error type of this program. */
export function fromAws(error: unknown, operation: string): OperatorError {
  if (error instanceof OperatorError) return error;
  const facts = readError(error);
  if (facts === undefined) return fromUnknown(error);
  const rule =
    rules.find((row) => matches(row, facts, operation)) ??
    byStatus.find((row) => facts.status !== undefined && row.matches(facts.status));
  const details = {
    cause: error,
    operation,
    requestId: facts.requestId,
    retryAfterMs: facts.retryAfterMs,
  };
  const said = `${operation}: ${facts.message === '' ? facts.code : facts.message}`.replace(/[^.!?]$/, '$&.');
  if (rule === undefined) {
    // An AWS code that nobody classified yet. A plain Error is a bug on our side and keeps its own reason.
    if (facts.requestId === undefined && facts.status === undefined) return fromUnknown(error);
    return new OperatorError('failed', 'AWSError', `${said} (${facts.code})`, details);
  }
  if (rule.disposition === 'absent' && /^(Create|Register|Run|Start)/.test(operation)) {
    // What is being made cannot be what is missing.
    return new OperatorError('blocked', 'DependencyNotFound', `${said} What it refers to has to exist first.`, details);
  }
  const advice = rule.advice.replace('{action}', deniedAction(facts.message) ?? `the action of ${operation}`);
  return new OperatorError(rule.disposition, rule.reason, `${said} ${advice}`, { ...details, heals: rule.heals });
}

function matches(rule: Rule, { code, message }: ErrorFacts, operation: string): boolean {
  const { message: text = /^/, operation: asked = /^/ } = rule;
  return rule.code.test(code) && text.test(message) && asked.test(operation);
}

/** How often the SDK tried, as it notes on the error. */
export function attemptsOf(error: unknown): number {
  return readError(error)?.attempts ?? 1;
}

/** HTTP status of the answer that the error stands for. */
export function statusOf(error: unknown): number | undefined {
  return readError(error)?.status;
}

interface ErrorFacts {
  readonly code: string;
  readonly message: string;
  readonly status: number | undefined;
  readonly requestId: string | undefined;
  readonly attempts: number | undefined;
  readonly retryAfterMs: number | undefined;
}

/** What the SDK puts on an error. Node's own errors have the useful word in `code`, AWS's in `name`. */
function readError(error: unknown): ErrorFacts | undefined {
  if (!(error instanceof Error)) return undefined;
  const metadata = member(error, '$metadata');
  const status = member(metadata, 'httpStatusCode');
  const requestId = member(metadata, 'requestId');
  const attempts = member(metadata, 'attempts');
  const errno = member(error, 'code');
  const code = typeof errno === 'string' && /^[A-Z][A-Z0-9_]+$/.test(errno) ? errno : error.name;
  return {
    code: code.replace(/(.)(Exception|Fault)$/, '$1'),
    message: withoutEncoding(error.message),
    status: typeof status === 'number' ? status : undefined,
    requestId: typeof requestId === 'string' ? requestId : undefined,
    attempts: typeof attempts === 'number' ? attempts : undefined,
    retryAfterMs: retryAfter(error),
  };
}

/**
 * EC2 ends a denial with a long text that only an administrator can decode, and that differs each time: no condition could settle on it.
 * After a wrong signature AWS repeats the headers that should have been signed, the session token among them.
 */
function withoutEncoding(message: string): string {
  const said = message.replace(/\s*Encoded authorization failure message: \S+/i, '');
  return redactText(said.replace(/\s*The Canonical String for this request should have been[\s\S]*/i, '')).trim();
}

function retryAfter(error: Error): number | undefined {
  const header = member(member(member(error, '$response'), 'headers'), 'retry-after');
  const seconds = typeof header === 'string' ? Number(header) : Number.NaN;
  return Number.isFinite(seconds) ? seconds * 1000 : undefined;
}

function member(value: unknown, key: string): unknown {
  return typeof value === 'object' && value !== null ? Reflect.get(value, key) : undefined;
}

/** `User: … is not authorized to perform: ecs:CreateService on resource: …` (ecs-guide-3 L43290). */
function deniedAction(message: string): string | undefined {
  return /not authorized to perform: ([\w-]+:\w+)/.exec(message)?.[1];
}
