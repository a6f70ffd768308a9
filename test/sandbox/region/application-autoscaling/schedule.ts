import { type Cron, CronError, nextCron, parseCron } from './cron.ts';
import { validation } from './errors.ts';
import { instantOf } from './zoned-time.ts';

export type Schedule =
  | { readonly kind: 'at'; readonly time: number }
  | { readonly kind: 'rate'; readonly everyMs: number }
  | { readonly kind: 'cron'; readonly cron: Cron; readonly timezone: string };

const UNITS: Readonly<Record<string, number>> = { minute: 60_000, hour: 3_600_000, day: 86_400_000 };

/** Reads `at(yyyy-mm-ddThh:mm:ss)`, `rate(value unit)` or `cron(fields)`. */
export function parseSchedule(expression: string, timezone: string): Schedule {
  const [, kind, body = ''] = /^(at|rate|cron)\((.*)\)$/.exec(expression) ?? [];
  switch (kind) {
    case 'at':
      return { kind, time: atTime(body, timezone) };
    case 'rate':
      return { kind, everyMs: rate(body) };
    case 'cron':
      return { kind, cron: cron(body), timezone };
    default:
      throw invalid('expected at(...), rate(...) or cron(...)');
  }
}

/** The first time after `after`. A rate counts from `from`. */
export function nextTime(schedule: Schedule, after: number, from: number): number | undefined {
  switch (schedule.kind) {
    case 'at':
      return schedule.time > after ? schedule.time : undefined;
    case 'rate':
      return from + schedule.everyMs * (Math.max(0, Math.floor((after - from) / schedule.everyMs)) + 1);
    case 'cron':
      return nextCron(schedule.cron, after, schedule.timezone);
  }
}

function atTime(text: string, timezone: string): number {
  const match = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)$/.exec(text);
  const [year = 0, month = 0, day = 0, hour = 0, minute = 0, second = 0] = (match ?? []).slice(1).map(Number);
  const date = new Date(Date.UTC(year, month - 1, day, hour, minute, second));
  if (match === null || Number.isNaN(date.getTime()) || date.toISOString().slice(0, 19) !== text) {
    throw invalid(`Invalid AT expression: ${text}`);
  }
  return instantOf({ year, month, day, minutes: hour * 60 + minute }, timezone) + second * 1_000;
}

/** `1 minute`, but `5 minutes`. */
function rate(text: string): number {
  const [, digits = '', unit = '', plural] = /^(\d+) (minute|hour|day)(s?)$/.exec(text) ?? [];
  const value = Number(digits);
  if (value < 1 || (plural === 's') !== value > 1) throw invalid(`Invalid RATE expression: ${text}`);
  return value * (UNITS[unit] ?? 0);
}

function cron(text: string): Cron {
  try {
    return parseCron(text);
  } catch (error) {
    if (error instanceof CronError) throw invalid(`Invalid CRON expression: ${error.message}`);
    throw error;
  }
}

const invalid = (details: string): Error => validation(`Invalid schedule expression. Details: ${details}`);
