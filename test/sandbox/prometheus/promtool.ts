import type { AlertCase } from './alert-cases.ts';
import { type Alert, spokenLabels } from './rules.ts';

/**
 * What `promtool test rules` reads. An alert that fires must have every label that its texts speak of: one that its expression has
 * aggregated away would leave a hole in the sentence.
 */
export function promtoolTest(ruleFile: string, alerts: readonly Alert[], cases: readonly AlertCase[]): object {
  const firing = (name: string): string => {
    const spoken = alerts.filter(({ alert }) => alert === name).flatMap(spokenLabels);
    const matchers = [`alertname="${name}"`, 'alertstate="firing"', ...spoken.map((label) => `${label}!=""`)];
    return `count(ALERTS{${matchers.join(', ')}})`;
  };
  return {
    rule_files: [ruleFile],
    evaluation_interval: '1m',
    tests: cases.map(({ alert, when, fires: expected, atMinute, series }) => ({
      name: `${alert} ${expected ? 'fires' : 'is quiet'} when ${when}`,
      interval: '1m',
      input_series: series.map(([name, values]) => ({ series: name, values })),
      promql_expr_test: [
        {
          expr: expected ? firing(alert) : `count(ALERTS{alertname="${alert}", alertstate="firing"})`,
          eval_time: `${atMinute}m`,
          exp_samples: expected ? [{ labels: '{}', value: 1 }] : [],
        },
      ],
    })),
  };
}
