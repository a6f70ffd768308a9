import type { AlarmState, Comparison, Statistic } from './state.ts';

/** One figure for the values of one period; `undefined` if there are none. */
export function statisticOf(statistic: Statistic, values: readonly number[]): number | undefined {
  if (values.length === 0) return undefined;
  const sum = values.reduce((total, value) => total + value, 0);
  switch (statistic) {
    case 'Average':
      return sum / values.length;
    case 'Minimum':
      return Math.min(...values);
    case 'Maximum':
      return Math.max(...values);
    case 'SampleCount':
      return values.length;
    case 'Sum':
      return sum;
  }
}

/**
 * The state that the last periods call for, or `undefined` to stay as it is. Missing data is treated as missing: a gap among breaching
 * periods proves nothing, and with no data at all there is nothing to say.
 */
export function judge(
  datapoints: readonly (number | undefined)[],
  comparison: Comparison,
  threshold: number,
): AlarmState | undefined {
  const known = datapoints.filter((value) => value !== undefined);
  if (known.length === 0) return 'INSUFFICIENT_DATA';
  if (known.some((value) => !breaches(value, comparison, threshold))) return 'OK';
  return known.length === datapoints.length ? 'ALARM' : undefined;
}

function breaches(value: number, comparison: Comparison, threshold: number): boolean {
  switch (comparison) {
    case 'GreaterThanThreshold':
      return value > threshold;
    case 'GreaterThanOrEqualToThreshold':
      return value >= threshold;
    case 'LessThanThreshold':
      return value < threshold;
    case 'LessThanOrEqualToThreshold':
      return value <= threshold;
  }
}
