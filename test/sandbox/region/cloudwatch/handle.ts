import { type Whereabouts, worldAt } from '../whereabouts.ts';
import type { WorldSource } from '../worlds.ts';
import { type AlarmDefinition, putMetricAlarm, setAlarm } from './alarms.ts';
import { type MetricValue, publishMetric } from './metrics.ts';
import type { AlarmState } from './state.ts';

/** What a test does to CloudWatch. */
export interface CloudWatchHandle {
  setAlarm(name: string, state: AlarmState, where?: Whereabouts): void;
  /** Makes an alarm that watches a metric, or triggers scaling policies, or both. */
  putMetricAlarm(definition: AlarmDefinition, where?: Whereabouts): void;
  publishMetric(value: MetricValue, where?: Whereabouts): void;
}

export function cloudWatchHandle(worlds: WorldSource): CloudWatchHandle {
  return {
    setAlarm: (name, state, where) => setAlarm(worldAt(worlds, where), name, state),
    putMetricAlarm: (definition, where) => putMetricAlarm(worldAt(worlds, where), definition),
    publishMetric: (value, where) => publishMetric(worldAt(worlds, where), value),
  };
}
