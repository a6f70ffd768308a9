import { instantOf, localTime } from './zoned-time.ts';

/** `cron(minutes hours day-of-month month day-of-week year)`, read. */
export interface Cron {
  readonly minutes: readonly number[];
  readonly hours: readonly number[];
  readonly months: ReadonlySet<number>;
  readonly years: ReadonlySet<number>;
  readonly isDay: (date: CalendarDate) => boolean;
}

interface CalendarDate {
  readonly year: number;
  readonly month: number;
  readonly day: number;
}

/** What is wrong with an expression, in words that can follow `Invalid CRON expression: `. */
export class CronError extends Error {
  override readonly name = 'CronError';
}

interface Field {
  readonly name: string;
  readonly min: number;
  readonly max: number;
  readonly names?: readonly string[];
}

const MINUTES: Field = { name: 'Minutes', min: 0, max: 59 };
const HOURS: Field = { name: 'Hours', min: 0, max: 23 };
const DAY_OF_MONTH: Field = { name: 'Day-of-month', min: 1, max: 31 };
const MONTH: Field = {
  name: 'Month',
  min: 1,
  max: 12,
  names: ['JAN', 'FEB', 'MAR', 'APR', 'MAY', 'JUN', 'JUL', 'AUG', 'SEP', 'OCT', 'NOV', 'DEC'],
};
/** From Sunday, which is 1. */
const DAY_OF_WEEK: Field = {
  name: 'Day-of-week',
  min: 1,
  max: 7,
  names: ['SUN', 'MON', 'TUE', 'WED', 'THU', 'FRI', 'SAT'],
};
const YEAR: Field = { name: 'Year', min: 1970, max: 2199 };

/** Twice the distance between two 29ths of February, so that any day that exists is found. */
const HORIZON_DAYS = 16 * 366;

export function parseCron(fields: string): Cron {
  const parts = fields.trim().split(/\s+/);
  const [minutes = '', hours = '', dayOfMonth = '', month = '', dayOfWeek = '', year = ''] = parts;
  if (parts.length !== 6) throw new CronError(`expected 6 fields, found ${parts.length}`);
  if ((dayOfMonth === '?') === (dayOfWeek === '?')) {
    throw new CronError("exactly one of Day-of-month and Day-of-week must be '?'");
  }
  return {
    minutes: numbers(minutes, MINUTES),
    hours: numbers(hours, HOURS),
    months: new Set(numbers(month, MONTH)),
    years: new Set(numbers(year, YEAR)),
    isDay: dayOfWeek === '?' ? dayOfMonthTest(dayOfMonth) : dayOfWeekTest(dayOfWeek),
  };
}

/** The first time after `after`, or `undefined` if there is none. */
export function nextCron(cron: Cron, after: number, timezone: string): number | undefined {
  const start = localTime(after, timezone);
  for (let offset = 0; offset < HORIZON_DAYS; offset += 1) {
    const date = new Date(Date.UTC(start.year, start.month - 1, start.day + offset));
    const day = { year: date.getUTCFullYear(), month: date.getUTCMonth() + 1, day: date.getUTCDate() };
    if (!cron.years.has(day.year) || !cron.months.has(day.month) || !cron.isDay(day)) continue;
    for (const hour of cron.hours) {
      for (const minute of cron.minutes) {
        const at = instantOf({ ...day, minutes: hour * 60 + minute }, timezone);
        if (at > after) return at;
      }
    }
  }
  return undefined;
}

function dayOfMonthTest(expression: string): (date: CalendarDate) => boolean {
  if (expression === 'L') return (date) => date.day === lastDay(date);
  const weekday = /^(\d+|L)W$/.exec(expression);
  if (weekday !== null) {
    const wanted = weekday[1] === 'L' ? undefined : single(weekday[1] ?? '', DAY_OF_MONTH);
    return (date) => date.day === nearestWeekday(date, Math.min(wanted ?? 31, lastDay(date)));
  }
  const days = new Set(numbers(expression, DAY_OF_MONTH));
  return (date) => days.has(date.day);
}

function dayOfWeekTest(expression: string): (date: CalendarDate) => boolean {
  const last = /^(\w+)L$/.exec(expression);
  if (last !== null) {
    const wanted = single(last[1] ?? '', DAY_OF_WEEK);
    return (date) => weekdayOf(date) === wanted && date.day > lastDay(date) - 7;
  }
  const nth = /^(\w+)#([1-5])$/.exec(expression);
  if (nth !== null) {
    const wanted = single(nth[1] ?? '', DAY_OF_WEEK);
    return (date) => weekdayOf(date) === wanted && Math.ceil(date.day / 7) === Number(nth[2]);
  }
  const days = new Set(numbers(expression, DAY_OF_WEEK));
  return (date) => days.has(weekdayOf(date));
}

/** All values of a field, in order: `*`, numbers and names, ranges, steps and lists of these. */
function numbers(expression: string, field: Field): number[] {
  const found = new Set<number>();
  for (const part of expression.split(',')) {
    const [range = '', step] = part.split('/');
    const [from, to] = bounds(range, field, step !== undefined);
    const by = step === undefined ? 1 : single(step, { ...field, min: 1 });
    for (let value = from; value <= to; value += by) found.add(value);
  }
  return [...found].sort((a, b) => a - b);
}

function bounds(range: string, field: Field, stepped: boolean): readonly [number, number] {
  if (range === '*') return [field.min, field.max];
  const [first = '', last] = range.split('-');
  const from = single(first, field);
  if (last === undefined) return [from, stepped ? field.max : from];
  const to = single(last, field);
  if (to < from) throw invalid(range, field);
  return [from, to];
}

function single(text: string, field: Field): number {
  const place = field.names?.indexOf(text.toUpperCase()) ?? -1;
  const value = place >= 0 ? place + field.min : /^\d+$/.test(text) ? Number(text) : Number.NaN;
  if (!(value >= field.min && value <= field.max)) throw invalid(text, field);
  return value;
}

const invalid = (text: string, field: Field): CronError => new CronError(`Invalid ${field.name} value: '${text}'`);

const lastDay = ({ year, month }: CalendarDate): number => new Date(Date.UTC(year, month, 0)).getUTCDate();

const weekdayOf = ({ year, month, day }: CalendarDate): number =>
  new Date(Date.UTC(year, month - 1, day)).getUTCDay() + 1;

/** Monday to Friday, in the same month. */
function nearestWeekday(date: CalendarDate, day: number): number {
  switch (weekdayOf({ ...date, day })) {
    case 1:
      return day < lastDay(date) ? day + 1 : day - 2;
    case 7:
      return day > 1 ? day - 1 : day + 2;
    default:
      return day;
  }
}
