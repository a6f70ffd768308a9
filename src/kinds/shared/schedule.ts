import { Cron } from 'croner';
import { OperatorError } from '../../errors.ts';

/** From each moment of a schedule, for a while. */
export interface TimeWindow {
  /** Five cron fields. */
  readonly schedule: string;
  /** Such as `4h30m`. */
  readonly duration: string;
  /** IANA name; UTC by default. */
  readonly timeZone?: string | undefined;
}

/** Whether a window is open. Times are milliseconds since 1970. */
export type Opening =
  | {
      readonly open: true;
      /** When it closes, unless it has opened once more by then. */
      readonly until: number;
      /** When it opens once more. */
      readonly next: number;
    }
  | { readonly open: false; readonly until?: undefined; readonly next: number };

/**
 * The first moment of the schedule after `after`. Where the clocks go forward, a daily time that does not exist comes when they
 * have; where they go back, a daily time that comes twice counts once. `field` is where the spec holds `schedule` and `timeZone`.
 */
export function nextTime(schedule: string, after: number, timeZone: string | undefined, field: string): number {
  const next = cronOf(schedule, timeZone, field).nextRun(new Date(after));
  if (next === null) throw invalid(`${field}.schedule "${schedule}" names a date that there never is.`);
  return next.getTime();
}

/** Whether the window is open at `now`: from its moment on, that one included, to the end of its duration, that one not. */
export function isOpen(window: TimeWindow, now: number, field: string): Opening {
  const { schedule, timeZone, duration } = window;
  const lasts = durationMs(duration, `${field}.duration`);
  const next = nextTime(schedule, now, timeZone, field);
  // One millisecond on, because the search leaves out the very moment that it starts from.
  const [latest] = cronOf(schedule, timeZone, field).previousRuns(1, new Date(now + 1));
  const until = latest === undefined ? now : latest.getTime() + lasts;
  return until > now ? { open: true, until, next } : { open: false, next };
}

const UNITS_MS = { d: 86_400_000, h: 3_600_000, m: 60_000, s: 1_000 };

/** `4h30m` in milliseconds: days, hours, minutes and seconds, each at most once and in this order. `field` is where the spec holds it. */
export function durationMs(duration: string, field: string): number {
  const match = /^(?=\d)(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(duration);
  const [, days, hours, minutes, seconds] = match ?? [];
  const total =
    Number(days ?? 0) * UNITS_MS.d +
    Number(hours ?? 0) * UNITS_MS.h +
    Number(minutes ?? 0) * UNITS_MS.m +
    Number(seconds ?? 0) * UNITS_MS.s;
  if (match === null || total === 0 || !Number.isSafeInteger(total)) {
    throw invalid(`${field} "${duration}" is not a duration. Write one such as 30m, 4h30m or 1d.`);
  }
  return total;
}

function cronOf(schedule: string, timeZone: string | undefined, field: string): Cron {
  assertTimeZone(timeZone, field);
  const fields = schedule.trim().split(/\s+/);
  // croner would take dates and `@daily` too, and put the present time for `?`, which would mean another time in every pass.
  if (fields.length !== 5 || schedule.includes('?')) {
    throw invalid(`${field}.schedule "${schedule}" does not have five cron fields, such as "0 3 * * 1".`);
  }
  try {
    return new Cron(schedule, { mode: '5-part', timezone: timeZone ?? 'UTC' });
  } catch (error) {
    const why = error instanceof Error ? error.message.replace(/^CronPattern: /, '') : String(error);
    throw invalid(`${field}.schedule "${schedule}" is not a cron schedule: ${why}`, error);
  }
}

/** croner looks at the time zone only when it searches, and says so at length. */
function assertTimeZone(timeZone: string | undefined, field: string): void {
  if (timeZone === undefined) return;
  try {
    new Intl.DateTimeFormat('en', { timeZone });
  } catch (error) {
    throw invalid(
      `${field}.timeZone "${timeZone}" is not the name of a time zone. Write one such as Europe/Berlin.`,
      error,
    );
  }
}

function invalid(message: string, cause?: unknown): OperatorError {
  return new OperatorError('terminal', 'InvalidSchedule', message, { cause });
}
