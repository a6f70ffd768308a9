/** Metrics and alarms, as far as somebody here looks at them. Tests publish; there is no CloudWatch protocol. */
export interface CloudWatchState {
  /** The state of an alarm by name. One that was never set is OK. */
  readonly alarms: Map<string, AlarmState>;
  /** Alarms that watch a metric or that do something, by name. The others have a state and no more. */
  readonly metricAlarms: Map<string, MetricAlarmState>;
  /** By namespace, name and dimensions. */
  readonly metrics: Map<string, MetricState>;
}

export type AlarmState = 'OK' | 'ALARM' | 'INSUFFICIENT_DATA';

export const ALARM_STATES: readonly AlarmState[] = ['OK', 'ALARM', 'INSUFFICIENT_DATA'];

/** Which metric: the dimensions are part of its name, and none may be left out. */
export interface Metric {
  readonly namespace: string;
  readonly name: string;
  readonly dimensions?: Readonly<Record<string, string>>;
}

export type Statistic = 'Average' | 'Minimum' | 'Maximum' | 'SampleCount' | 'Sum';

export type Comparison =
  | 'GreaterThanThreshold'
  | 'GreaterThanOrEqualToThreshold'
  | 'LessThanThreshold'
  | 'LessThanOrEqualToThreshold';

export interface MetricState {
  /** Oldest first. */
  readonly values: { readonly at: number; readonly value: number }[];
  /** Names of the alarms that watch it. */
  readonly alarms: Set<string>;
}

/** What an alarm compares with what. */
export interface AlarmCondition {
  readonly metric: Metric;
  readonly statistic: Statistic;
  readonly comparison: Comparison;
  readonly threshold: number;
  readonly evaluationPeriods: number;
}

export interface MetricAlarmState {
  readonly name: string;
  /** Without one, only `setAlarm` changes its state. */
  readonly condition: AlarmCondition | undefined;
  readonly periodMs: number;
  /** ARNs of scaling policies. */
  readonly actions: readonly string[];
  /** The period whose value its actions were last run for, in periods since 1970. */
  actedFor: number;
  /** True while its next look is on the agenda. */
  awaited: boolean;
}

export function emptyCloudWatch(): CloudWatchState {
  return { alarms: new Map(), metricAlarms: new Map(), metrics: new Map() };
}
