/** A date of the calendar, and the time of day in minutes; of no particular zone. */
export interface LocalTime {
  readonly year: number;
  /** 1 to 12. */
  readonly month: number;
  readonly day: number;
  readonly minutes: number;
}

const FORMATS = new Map<string, Intl.DateTimeFormat>();

export function isTimezone(timezone: string): boolean {
  try {
    formatOf(timezone);
    return true;
  } catch {
    return false;
  }
}

/** What the clock on the wall shows. */
export function localTime(at: number, timezone: string): LocalTime {
  const parts = new Map(
    formatOf(timezone)
      .formatToParts(at)
      .map(({ type, value }) => [type, Number(value)]),
  );
  const part = (type: Intl.DateTimeFormatPartTypes): number => parts.get(type) ?? 0;
  return { year: part('year'), month: part('month'), day: part('day'), minutes: part('hour') * 60 + part('minute') };
}

/**
 * When the clock shows this time. In the hour that a change to summer time leaves out, it is the time an hour later; in the one that the
 * change back repeats, it is the first.
 */
export function instantOf(local: LocalTime, timezone: string): number {
  const asUtc = utc(local);
  const offsetAt = (at: number): number => utc(localTime(at, timezone)) - at;
  const early = asUtc - offsetAt(asUtc - 24 * 3_600_000);
  const late = asUtc - offsetAt(asUtc + 24 * 3_600_000);
  const exact = [early, late].filter((at) => utc(localTime(at, timezone)) === asUtc);
  return exact.length > 0 ? Math.min(...exact) : Math.max(early, late);
}

function utc({ year, month, day, minutes }: LocalTime): number {
  return Date.UTC(year, month - 1, day, 0, minutes);
}

function formatOf(timezone: string): Intl.DateTimeFormat {
  let format = FORMATS.get(timezone);
  if (format === undefined) {
    format = new Intl.DateTimeFormat('en-US', {
      timeZone: timezone,
      calendar: 'gregory',
      hourCycle: 'h23',
      year: 'numeric',
      month: 'numeric',
      day: 'numeric',
      hour: 'numeric',
      minute: 'numeric',
    });
    FORMATS.set(timezone, format);
  }
  return format;
}
