import type { World } from '../world.ts';
import { lookAtAlarm } from './alarms.ts';
import { statisticOf } from './judge.ts';
import type { CloudWatchState, Metric, MetricState, Statistic } from './state.ts';

/** A value that somebody measured; now, unless `at` says otherwise. */
export interface MetricValue extends Metric {
  readonly value: number;
  readonly at?: Date;
}

/** How long values are kept: longer than any alarm looks back. */
const RETENTION_MS = 24 * 3_600_000;

/** Stores a value and lets the alarms that watch its metric look at it at once. */
export function publishMetric(world: World, input: MetricValue): void {
  const metric = metricOf(world.cloudWatch, input);
  const at = input.at?.getTime() ?? world.agenda.now;
  const { values } = metric;
  const place = values.findLastIndex((entry) => entry.at <= at) + 1;
  values.splice(place, 0, { at, value: input.value });
  const kept = values.findIndex((entry) => entry.at > world.agenda.now - RETENTION_MS);
  if (kept > 0) values.splice(0, kept);
  for (const name of [...metric.alarms]) {
    const alarm = world.cloudWatch.metricAlarms.get(name);
    if (alarm !== undefined) lookAtAlarm(world, alarm);
  }
}

/** The metric's entry, made when first named. */
export function metricOf(state: CloudWatchState, metric: Metric): MetricState {
  const key = keyOf(metric);
  let found = state.metrics.get(key);
  if (found === undefined) {
    found = { values: [], alarms: new Set() };
    state.metrics.set(key, found);
  }
  return found;
}

/**
 * The statistic over each of the last periods, oldest first. The present period counts as soon as it has a value: ECS publishes one value
 * a minute, so nothing more is to come in it.
 */
export function datapoints(
  world: World,
  metric: Metric,
  query: { readonly statistic: Statistic; readonly periodMs: number; readonly periods: number },
): (number | undefined)[] {
  const present = Math.floor(world.agenda.now / query.periodMs);
  const byPeriod = new Map<number, number[]>();
  for (const { at, value } of metricOf(world.cloudWatch, metric).values) {
    const period = Math.floor(at / query.periodMs);
    if (period < present - query.periods || period > present) continue;
    const values = byPeriod.get(period) ?? [];
    values.push(value);
    byPeriod.set(period, values);
  }
  const first = (byPeriod.has(present) ? present : present - 1) - query.periods + 1;
  return Array.from({ length: query.periods }, (_, index) =>
    statisticOf(query.statistic, byPeriod.get(first + index) ?? []),
  );
}

/** When the newest value so far was measured. */
export function newestValueAt(world: World, metric: Metric): number | undefined {
  return metricOf(world.cloudWatch, metric).values.findLast(({ at }) => at <= world.agenda.now)?.at;
}

function keyOf({ namespace, name, dimensions }: Metric): string {
  return JSON.stringify([namespace, name, Object.entries(dimensions ?? {}).sort(([a], [b]) => (a < b ? -1 : 1))]);
}
