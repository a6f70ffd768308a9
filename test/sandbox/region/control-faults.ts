import type { Fault, FaultRule } from './faults.ts';
import { isRecord } from './records.ts';

type Body = Readonly<Record<string, unknown>>;
type Check<T> = (value: unknown) => value is T;

/** The rule that the body of `POST /_region/faults` describes, or what is wrong with it. */
export function faultRuleFrom({ fault: described, ...options }: Body): FaultRule | string {
  const fault = isRecord(described) ? faultFrom(described) : undefined;
  if (fault === undefined) return 'fault must be one of the faults in README.md, with its members';
  const picked = pick(options, {
    service: isString,
    operation: isString,
    account: isString,
    input: isRecord,
    share: isShare,
    times: isCount,
    skip: isCount,
  });
  return picked === undefined
    ? 'beside fault, a rule has service, operation and account (strings), input (members with their values), ' +
        'share (0 to 1), times and skip (0 or more)'
    : { fault, ...picked };
}

/** All but `stale`, which needs a past that only the same process has. */
function faultFrom({ kind, ...members }: Body): Fault | undefined {
  switch (kind) {
    case 'throttle':
    case 'serverError':
    case 'hang':
    case 'dropRequest':
    case 'dropResponse':
      return { kind };
    case 'accessDenied': {
      const picked = pick(members, { resource: isString });
      return picked && { kind, ...picked };
    }
    case 'latency': {
      const { ms, ...others } = members;
      const picked = pick(others, { maxMs: isCount });
      return isCount(ms) ? picked && { kind, ms, ...picked } : undefined;
    }
    case 'lag':
    case 'eventual':
      return isCount(members.ms) ? { kind, ms: members.ms } : undefined;
    case 'error': {
      const { code, message = '', ...others } = members;
      const picked = pick(others, { status: isCount });
      return isString(code) && isString(message) ? picked && { kind, code, message, ...picked } : undefined;
    }
    default:
      return undefined;
  }
}

/** The members of `body` that are there; undefined if one of them is wrong, or not one of those. */
function pick<T>(body: Body, checks: { readonly [K in keyof T]: Check<T[K]> }): Partial<T> | undefined {
  const picked: Partial<T> = {};
  for (const name of Object.keys(body)) if (!Object.hasOwn(checks, name)) return undefined;
  for (const name in checks) {
    const value = body[name];
    if (value === undefined) continue;
    if (!checks[name](value)) return undefined;
    picked[name] = value;
  }
  return picked;
}

const isString = (value: unknown): value is string => typeof value === 'string';

const isCount = (value: unknown): value is number => typeof value === 'number' && value >= 0;

const isShare = (value: unknown): value is number => isCount(value) && value <= 1;
