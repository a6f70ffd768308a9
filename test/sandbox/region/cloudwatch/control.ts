import { isRecord } from '../records.ts';
import { whereaboutsFrom } from '../whereabouts.ts';
import type { AlarmDefinition } from './alarms.ts';
import type { CloudWatchHandle } from './handle.ts';
import { ALARM_STATES, type AlarmCondition, type Comparison, type Metric, type Statistic } from './state.ts';

type Body = Readonly<Record<string, unknown>>;

const STATISTICS: readonly Statistic[] = ['Average', 'Minimum', 'Maximum', 'SampleCount', 'Sum'];
const COMPARISONS: readonly Comparison[] = [
  'GreaterThanThreshold',
  'GreaterThanOrEqualToThreshold',
  'LessThanThreshold',
  'LessThanOrEqualToThreshold',
];

/** `POST /_region/alarms`: sets the state of an alarm; with `actions` or a `condition` it makes the alarm first. Returns what is wrong with the body. */
export function controlAlarms(cloudWatch: CloudWatchHandle, body: Body): string | undefined {
  const { name } = body;
  if (typeof name !== 'string') return 'name must be a string';
  const state = ALARM_STATES.find((candidate) => candidate === body.state);
  if (body.state !== undefined && state === undefined) return `state must be one of ${ALARM_STATES.join(', ')}`;
  const makes = body.actions !== undefined || body.condition !== undefined;
  if (!makes && state === undefined) return 'state, actions or condition must be given';
  const definition = definitionFrom(name, body);
  if (typeof definition === 'string') return definition;
  const where = whereaboutsFrom(body);
  if (makes) cloudWatch.putMetricAlarm(definition, where);
  if (state !== undefined) cloudWatch.setAlarm(name, state, where);
  return undefined;
}

function definitionFrom(name: string, body: Body): AlarmDefinition | string {
  const { actions = [], periodSeconds = 60 } = body;
  const condition = body.condition === undefined ? undefined : conditionFrom(body.condition);
  if (body.condition !== undefined && condition === undefined) return 'condition must be as in README.md';
  if (!isStrings(actions)) return 'actions must be ARNs of scaling policies';
  if (!isPositive(periodSeconds)) return 'periodSeconds must be a number above 0';
  return { name, actions, periodMs: periodSeconds * 1_000, ...(condition === undefined ? {} : { condition }) };
}

/** `POST /_region/metrics`: publishes one value. Returns what is wrong with the body. */
export function controlMetrics(cloudWatch: CloudWatchHandle, body: Body): string | undefined {
  const metric = metricFrom(body);
  if (metric === undefined) return 'namespace, name and dimensions must name a metric';
  if (typeof body.value !== 'number') return 'value must be a number';
  const at = body.at === undefined ? undefined : new Date(String(body.at));
  if (at !== undefined && Number.isNaN(at.getTime())) return 'at must be a date';
  cloudWatch.publishMetric(
    { ...metric, value: body.value, ...(at === undefined ? {} : { at }) },
    whereaboutsFrom(body),
  );
  return undefined;
}

function conditionFrom(value: unknown): AlarmCondition | undefined {
  if (!isRecord(value)) return undefined;
  const metric = metricFrom(value);
  const statistic = STATISTICS.find((candidate) => candidate === (value.statistic ?? 'Average'));
  const comparison = COMPARISONS.find((candidate) => candidate === value.comparison);
  const { threshold, evaluationPeriods = 1 } = value;
  if (metric === undefined || statistic === undefined || comparison === undefined) return undefined;
  if (typeof threshold !== 'number' || !isPositive(evaluationPeriods)) return undefined;
  return { metric, statistic, comparison, threshold, evaluationPeriods };
}

function metricFrom({ namespace, name, dimensions = {} }: Body): Metric | undefined {
  if (typeof namespace !== 'string' || typeof name !== 'string' || !isRecord(dimensions)) return undefined;
  const named: Record<string, string> = {};
  for (const [key, value] of Object.entries(dimensions)) named[key] = String(value);
  return { namespace, name, dimensions: named };
}

const isPositive = (value: unknown): value is number => typeof value === 'number' && value > 0;

const isStrings = (value: unknown): value is string[] =>
  Array.isArray(value) && value.every((entry) => typeof entry === 'string');
