import { DEFAULT_ACCOUNT, DEFAULT_REGION } from '../wire/caller.ts';
import type { World } from '../world.ts';
import { type AlarmDefinition, putMetricAlarm, setAlarm } from './alarms.ts';
import { type MetricValue, publishMetric } from './metrics.ts';
import type { AlarmState } from './state.ts';

/** Where an alarm or a metric is; the account and region of `region.env` if left out. */
export interface Place {
  readonly account?: string;
  readonly region?: string;
}

/** What a test does to CloudWatch. */
export interface CloudWatchHandle {
  setAlarm(name: string, state: AlarmState, place?: Place): void;
  /** Makes an alarm that watches a metric, or triggers scaling policies, or both. */
  putMetricAlarm(definition: AlarmDefinition, place?: Place): void;
  publishMetric(value: MetricValue, place?: Place): void;
}

export function cloudWatchHandle(worlds: { at(account: string, region: string): World }): CloudWatchHandle {
  const at = (place: Place = {}): World => worlds.at(place.account ?? DEFAULT_ACCOUNT, place.region ?? DEFAULT_REGION);
  return {
    setAlarm: (name, state, place) => setAlarm(at(place), name, state),
    putMetricAlarm: (definition, place) => putMetricAlarm(at(place), definition),
    publishMetric: (value, place) => publishMetric(at(place), value),
  };
}
