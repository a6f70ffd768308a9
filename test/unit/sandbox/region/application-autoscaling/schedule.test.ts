import { describe, expect, it } from 'vitest';
import { nextTime, parseSchedule } from '../../../../sandbox/region/application-autoscaling/schedule.ts';

/** The first times after `after`, as ISO strings without seconds. */
function times(expression: string, after: string, count: number, timezone = 'UTC'): string[] {
  const schedule = parseSchedule(expression, timezone);
  const from = Date.parse(after);
  const found: string[] = [];
  for (
    let at = nextTime(schedule, from, from);
    at !== undefined && found.length < count;
    at = nextTime(schedule, at, from)
  ) {
    found.push(new Date(at).toISOString().slice(0, 16));
  }
  return found;
}

describe('a cron expression', () => {
  it.each([
    ['cron(15 12 * * ? *)', ['2026-01-05T12:15', '2026-01-06T12:15']],
    ['cron(0/20 9 * * ? *)', ['2026-01-05T09:00', '2026-01-05T09:20', '2026-01-05T09:40', '2026-01-06T09:00']],
    [
      'cron(0 8 ? * MON-FRI *)',
      ['2026-01-06T08:00', '2026-01-07T08:00', '2026-01-08T08:00', '2026-01-09T08:00', '2026-01-12T08:00'],
    ],
    ['cron(0 8 ? * 1,7 *)', ['2026-01-10T08:00', '2026-01-11T08:00']],
    ['cron(0 10,18 1 * ? *)', ['2026-02-01T10:00', '2026-02-01T18:00', '2026-03-01T10:00']],
    ['cron(0 0 L * ? *)', ['2026-01-31T00:00', '2026-02-28T00:00']],
    ['cron(0 0 31 * ? *)', ['2026-01-31T00:00', '2026-03-31T00:00']],
    ['cron(0 0 29 FEB ? *)', ['2028-02-29T00:00', '2032-02-29T00:00']],
    ['cron(0 0 ? * 6L *)', ['2026-01-30T00:00', '2026-02-27T00:00']],
    ['cron(0 0 ? * 3#1 *)', ['2026-01-06T00:00', '2026-02-03T00:00']],
    ['cron(0 0 1W * ? *)', ['2026-02-02T00:00', '2026-03-02T00:00', '2026-04-01T00:00']],
    ['cron(0 0 15W 8 ? *)', ['2026-08-14T00:00', '2027-08-16T00:00']],
    ['cron(30 6 1 1 ? 2027)', ['2027-01-01T06:30']],
    ['cron(0 0 30 2 ? *)', []],
  ])('%s is next due at %j', (expression, expected) => {
    expect(times(expression, '2026-01-05T08:00:00Z', expected.length + (expected.length < 2 ? 1 : 0))).toEqual(
      expected,
    );
  });

  it('is of its time zone, summer time or not', () => {
    expect(times('cron(0 8 29,30 3,10 ? 2026)', '2026-03-28T12:00:00Z', 2, 'Europe/Berlin')).toEqual([
      '2026-03-29T06:00',
      '2026-03-30T06:00',
    ]);
    expect(times('cron(0 8 24,25 10 ? 2026)', '2026-10-01T00:00:00Z', 2, 'Europe/Berlin')).toEqual([
      '2026-10-24T06:00',
      '2026-10-25T07:00',
    ]);
  });

  it('is due once on the day that an hour is left out or repeated', () => {
    expect(times('cron(30 2 * * ? *)', '2026-03-28T12:00:00Z', 2, 'Europe/Berlin')).toEqual([
      '2026-03-29T01:30',
      '2026-03-30T00:30',
    ]);
    expect(times('cron(30 2 * * ? *)', '2026-10-24T12:00:00Z', 2, 'Europe/Berlin')).toEqual([
      '2026-10-25T00:30',
      '2026-10-26T01:30',
    ]);
  });

  it.each([
    ['cron(0 16 * * MON-FRI *)', /exactly one of Day-of-month and Day-of-week must be '\?'/],
    ['cron(0 16 ? * ? *)', /exactly one/],
    ['cron(0 16 ? MON * *)', /Invalid CRON expression: Invalid Month value: 'MON'/],
    ['cron(60 16 * * ? *)', /Invalid Minutes value: '60'/],
    ['cron(0 24 * * ? *)', /Invalid Hours value: '24'/],
    ['cron(0 5-3 * * ? *)', /Invalid Hours value: '5-3'/],
    ['cron(0/0 5 * * ? *)', /Invalid Minutes value: '0'/],
    ['cron(0 16 * * *)', /expected 6 fields, found 5/],
  ])('%s is refused', (expression, message) => {
    expect(() => parseSchedule(expression, 'UTC')).toThrow(message);
    expect(() => parseSchedule(expression, 'UTC')).toThrow(/^Invalid schedule expression. Details: /);
  });
});

describe('other schedules', () => {
  it('at(...) is due once, in its time zone', () => {
    expect(times('at(2026-07-01T08:30:00)', '2026-01-05T08:00:00Z', 2)).toEqual(['2026-07-01T08:30']);
    expect(times('at(2026-07-01T08:30:00)', '2026-01-05T08:00:00Z', 2, 'America/New_York')).toEqual([
      '2026-07-01T12:30',
    ]);
    expect(times('at(2025-07-01T08:30:00)', '2026-01-05T08:00:00Z', 2)).toEqual([]);
  });

  it('rate(...) is due after each of its periods', () => {
    expect(times('rate(90 minutes)', '2026-01-05T08:00:00Z', 2)).toEqual(['2026-01-05T09:30', '2026-01-05T11:00']);
    expect(times('rate(1 day)', '2026-01-05T08:00:00Z', 1)).toEqual(['2026-01-06T08:00']);
  });

  it.each([
    '',
    '0 8 * * *',
    'at(tomorrow)',
    'at(2026-02-30T08:00:00)',
    'rate(0 minutes)',
    'rate(1 minutes)',
    'rate(5 minute)',
    'rate(5 weeks)',
  ])('%j is refused', (expression) => {
    expect(() => parseSchedule(expression, 'UTC')).toThrow(/^Invalid schedule expression/);
  });
});
