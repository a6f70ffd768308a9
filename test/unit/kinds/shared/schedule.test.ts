import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { durationMs, isOpen, nextTime } from '../../../../src/kinds/shared/schedule.ts';

const at = (time: string): number => Date.parse(time);
const iso = (time: number): string => new Date(time).toISOString().replace(':00.000Z', 'Z');
const next = (schedule: string, after: string, timeZone?: string) =>
  iso(nextTime(schedule, at(after), timeZone, 'spec.imageSelector'));
const openAt = (now: string, schedule: string, duration: string, timeZone?: string) =>
  isOpen({ schedule, duration, timeZone }, at(now), 'spec.instanceRefresh.window');

const MINUTE = 60_000;
const zones = fc.constantFrom('UTC', 'Europe/Berlin', 'America/New_York', 'Australia/Lord_Howe', 'Asia/Kolkata');
/** Moments of 2026, the clock changes of the zones among them. */
const moments = fc.oneof(
  fc.integer({ min: at('2026-01-01T00:00:00Z'), max: at('2027-01-01T00:00:00Z') }),
  fc
    .tuple(
      fc.constantFrom(
        '2026-03-08T07:00Z',
        '2026-03-29T01:00Z',
        '2026-04-04T15:00Z',
        '2026-10-25T01:00Z',
        '2026-11-01T06:00Z',
      ),
      fc.integer({ min: -240 * MINUTE, max: 240 * MINUTE }),
    )
    .map(([change, offset]) => at(change) + offset),
);
const schedules = fc.oneof(
  fc.tuple(fc.nat(59), fc.nat(23)).map(([minute, hour]) => `${minute} ${hour} * * *`),
  fc.tuple(fc.nat(59), fc.nat(3)).map(([minute, hour]) => `${minute} ${hour} * * *`),
  fc.constantFrom('*/7 * * * *', '30 2 * * 0', '0 3 1 * *', '0 22 * * MON-FRI', '0,30 1-3 * * *'),
);

describe('the next time of a schedule', () => {
  test.each([
    ['is strictly later', '0 3 * * *', '2026-01-03T03:00Z', undefined, '2026-01-04T03:00Z'],
    ['is on the same day', '0 3 * * *', '2026-01-03T02:59:59.999Z', undefined, '2026-01-03T03:00Z'],
    ['takes names of days', '0 3 * * SUN', '2026-01-03T03:00Z', undefined, '2026-01-04T03:00Z'],
    ['is told in the time zone', '0 3 * * *', '2026-01-03T03:00Z', 'America/New_York', '2026-01-03T08:00Z'],
    ['follows summer time', '0 3 * * *', '2026-07-03T03:00Z', 'America/New_York', '2026-07-03T07:00Z'],
    ['finds a leap day', '0 0 29 2 *', '2026-01-01T00:00Z', undefined, '2028-02-29T00:00Z'],
    [
      'comes after the gap when the clocks go forward over it',
      '30 2 * * *',
      '2026-03-28T12:00Z',
      'Europe/Berlin',
      '2026-03-29T01:00Z',
    ],
    [
      'comes once on the day when the clocks go back over it',
      '30 2 * * *',
      '2026-10-25T00:30Z',
      'Europe/Berlin',
      '2026-10-26T01:30Z',
    ],
  ])('%s', (_what, schedule, after, timeZone, expected) => {
    expect(next(schedule, after, timeZone)).toBe(expected);
  });

  test('is later than what was asked for, and nothing lies between', () => {
    fc.assert(
      fc.property(
        schedules,
        zones,
        moments,
        fc.double({ min: 0, max: 1, noNaN: true }),
        (schedule, zone, after, part) => {
          const found = nextTime(schedule, after, zone, 'spec');
          expect(found).toBeGreaterThan(after);
          expect(found % MINUTE).toBe(0);
          const between = after + Math.floor((found - 1 - after) * part);
          expect(nextTime(schedule, between, zone, 'spec')).toBe(found);
        },
      ),
    );
  });

  test('a daily time comes once a day, clock changes or not', () => {
    fc.assert(
      fc.property(fc.nat(59), fc.nat(23), zones, (minute, hour, zone) => {
        let count = 0;
        const end = at('2027-01-01T12:00:30Z');
        for (let time = at('2026-01-01T12:00:30Z'); time < end; count++) {
          time = nextTime(`${minute} ${hour} * * *`, time, zone, 'spec');
        }
        expect(count - 1).toBe(365);
      }),
      { numRuns: 10 },
    );
  });
});

describe('a window', () => {
  test.each([
    ['opens at its moment', '2026-01-03T22:00Z', true],
    ['is not open just before', '2026-01-03T21:59:59.999Z', false],
    ['stays open over midnight', '2026-01-04T02:29:59.999Z', true],
    ['is closed at its end', '2026-01-04T02:30Z', false],
  ])('%s', (_what, now, open) => {
    expect(openAt(now, '0 22 * * *', '4h30m').open).toBe(open);
  });

  test('says when it closes and when it opens', () => {
    expect(openAt('2026-01-03T23:00Z', '0 22 * * *', '4h30m')).toEqual({
      open: true,
      until: at('2026-01-04T02:30Z'),
      next: at('2026-01-04T22:00Z'),
    });
    expect(openAt('2026-01-03T12:00Z', '0 22 * * *', '4h30m')).toEqual({ open: false, next: at('2026-01-03T22:00Z') });
  });

  test('lasts as long as it says when the clocks change in it', () => {
    expect(openAt('2026-03-29T02:59Z', '0 1 * * *', '3h', 'Europe/Berlin').open).toBe(true);
    expect(openAt('2026-03-29T03:00Z', '0 1 * * *', '3h', 'Europe/Berlin').open).toBe(false);
  });

  test('that opens again before it closes is open all the time', () => {
    fc.assert(
      fc.property(moments, (now) => {
        expect(isOpen({ schedule: '0 * * * *', duration: '61m' }, now, 'spec').open).toBe(true);
      }),
    );
  });

  test('is open exactly if one of its moments lies no longer back than it lasts', () => {
    fc.assert(
      fc.property(schedules, zones, moments, fc.integer({ min: 1, max: 3000 }), (schedule, timeZone, now, minutes) => {
        const opening = isOpen({ schedule, timeZone, duration: `${minutes}m` }, now, 'spec');
        const first = nextTime(schedule, now - minutes * MINUTE, timeZone, 'spec');
        expect(opening.open).toBe(first <= now);
        expect(opening.next).toBe(nextTime(schedule, now, timeZone, 'spec'));
        if (opening.open) expect(opening.until - now).toBeLessThanOrEqual(minutes * MINUTE);
      }),
    );
  });
});

describe('a duration', () => {
  test.each([
    ['90s', 90_000],
    ['30m', 1_800_000],
    ['4h30m', 16_200_000],
    ['1d12h', 129_600_000],
    ['1d2h3m4s', 93_784_000],
  ])('%s', (duration, ms) => {
    expect(durationMs(duration, 'spec.window.duration')).toBe(ms);
  });

  test.each(['', '4', 'h', '30m4h', '4h 30m', '-1h', '1.5h', '0s', '1w', '9999999999999999d'])(
    '%j is refused',
    (duration) => {
      expect(() => durationMs(duration, 'spec.instanceRefresh.window.duration')).toThrow(
        expect.objectContaining({
          disposition: 'terminal',
          reason: 'InvalidSchedule',
          message: `spec.instanceRefresh.window.duration "${duration}" is not a duration. Write one such as 30m, 4h30m or 1d.`,
        }),
      );
    },
  );
});

describe('what is no schedule is refused, naming the field', () => {
  test.each([
    ['0 3 * *', undefined, 'spec.imageSelector.schedule "0 3 * *" does not have five cron fields'],
    ['0 0 3 * * *', undefined, 'spec.imageSelector.schedule "0 0 3 * * *" does not have five cron fields'],
    ['@daily', undefined, 'does not have five cron fields'],
    ['2026-01-01T00:00:00', undefined, 'does not have five cron fields'],
    ['? 3 * * *', undefined, 'does not have five cron fields'],
    ['', undefined, 'does not have five cron fields'],
    [
      '61 3 * * *',
      undefined,
      'spec.imageSelector.schedule "61 3 * * *" is not a cron schedule: Invalid value for minute: 61',
    ],
    ['0 0 30 2 *', undefined, 'spec.imageSelector.schedule "0 0 30 2 *" names a date that there never is.'],
    ['0 3 * * *', 'Mars/Base', 'spec.imageSelector.timeZone "Mars/Base" is not the name of a time zone.'],
  ])('%j %s', (schedule, timeZone, message) => {
    expect(() => nextTime(schedule, 0, timeZone, 'spec.imageSelector')).toThrow(
      expect.objectContaining({
        disposition: 'terminal',
        reason: 'InvalidSchedule',
        message: expect.stringContaining(message),
      }),
    );
  });
});
