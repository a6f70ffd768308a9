import { describe, expect, it } from 'vitest';
import { judge, statisticOf } from '../../../../sandbox/region/cloudwatch/judge.ts';

describe('a statistic over one period', () => {
  it.each([
    ['Average', 4],
    ['Minimum', 1],
    ['Maximum', 9],
    ['SampleCount', 3],
    ['Sum', 12],
  ] as const)('%s of 1, 2 and 9 is %d', (statistic, expected) => {
    expect(statisticOf(statistic, [1, 2, 9])).toBe(expected);
  });

  it('is unknown where nothing was published, also as a count', () => {
    expect(statisticOf('SampleCount', [])).toBeUndefined();
  });
});

describe('the state of an alarm', () => {
  it.each([
    ['is ALARM when every period breaches', [51, 60, 70], 'ALARM'],
    ['is OK when one of them does not', [51, 50, 70], 'OK'],
    ['stays when a period is missing among breaching ones', [51, undefined, 70], undefined],
    ['is OK when a period that is known does not breach, whatever is missing', [undefined, 50, undefined], 'OK'],
    ['is INSUFFICIENT_DATA without any data', [undefined, undefined, undefined], 'INSUFFICIENT_DATA'],
  ] as const)('%s', (_name, datapoints, expected) => {
    expect(judge(datapoints, 'GreaterThanThreshold', 50)).toBe(expected);
  });

  it.each([
    ['GreaterThanThreshold', 50, 'OK'],
    ['GreaterThanOrEqualToThreshold', 50, 'ALARM'],
    ['GreaterThanOrEqualToThreshold', 49, 'OK'],
    ['LessThanThreshold', 50, 'OK'],
    ['LessThanThreshold', 49, 'ALARM'],
    ['LessThanOrEqualToThreshold', 50, 'ALARM'],
    ['LessThanOrEqualToThreshold', 51, 'OK'],
  ] as const)('with %s and threshold 50, %d is %s', (comparison, value, expected) => {
    expect(judge([value], comparison, 50)).toBe(expected);
  });
});
