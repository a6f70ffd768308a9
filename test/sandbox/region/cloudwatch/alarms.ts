import type { World } from '../world.ts';
import { judge } from './judge.ts';
import { datapoints, metricOf, newestValueAt } from './metrics.ts';
import type { AlarmCondition, AlarmState, MetricAlarmState } from './state.ts';

const MINUTE_MS = 60_000;

/** An alarm as a test or a scaling policy makes it. */
export interface AlarmDefinition {
  readonly name: string;
  readonly condition?: AlarmCondition;
  /** A minute if left out. */
  readonly periodMs?: number;
  /** ARNs of the scaling policies that it triggers. */
  readonly actions?: readonly string[];
}

export const alarmArn = ({ region, account }: World, name: string): string =>
  `arn:aws:cloudwatch:${region}:${account}:alarm:${name}`;

export function alarmState(world: World, name: string): AlarmState {
  return world.cloudWatch.alarms.get(name) ?? 'OK';
}

/** Says in which state an alarm is. One that watches a metric goes back to what its metric says at its next look. */
export function setAlarm(world: World, name: string, state: AlarmState): void {
  const alarm = world.cloudWatch.metricAlarms.get(name);
  if (state !== alarmState(world, name)) change(world, name, alarm, state);
  if (alarm !== undefined) expectLook(world, alarm);
}

/** Makes an alarm, or makes it anew. It knows nothing until it first looks at its metric. */
export function putMetricAlarm(world: World, definition: AlarmDefinition): void {
  deleteMetricAlarm(world, definition.name);
  const alarm: MetricAlarmState = {
    name: definition.name,
    condition: definition.condition,
    periodMs: definition.periodMs ?? MINUTE_MS,
    actions: definition.actions ?? [],
    actedFor: -1,
    awaited: false,
  };
  world.cloudWatch.metricAlarms.set(alarm.name, alarm);
  world.cloudWatch.alarms.set(alarm.name, 'INSUFFICIENT_DATA');
  if (alarm.condition !== undefined) {
    metricOf(world.cloudWatch, alarm.condition.metric).alarms.add(alarm.name);
    lookAtAlarm(world, alarm);
  }
}

export function deleteMetricAlarm(world: World, name: string): void {
  const alarm = world.cloudWatch.metricAlarms.get(name);
  if (alarm?.condition !== undefined) metricOf(world.cloudWatch, alarm.condition.metric).alarms.delete(name);
  world.cloudWatch.metricAlarms.delete(name);
  world.cloudWatch.alarms.delete(name);
}

/** Figures that the alarm looks at, oldest first; empty if it watches no metric. */
export function figures(world: World, alarm: MetricAlarmState): (number | undefined)[] {
  const { condition, periodMs } = alarm;
  if (condition === undefined) return [];
  const { statistic, evaluationPeriods: periods } = condition;
  return datapoints(world, condition.metric, { statistic, periodMs, periods });
}

/** One look of an alarm at its metric. While it is in ALARM its actions are run once for every period, as auto scaling's are. */
export function lookAtAlarm(world: World, alarm: MetricAlarmState): void {
  const { condition } = alarm;
  const present = alarmState(world, alarm.name);
  const wanted =
    condition === undefined
      ? present
      : (judge(figures(world, alarm), condition.comparison, condition.threshold) ?? present);
  if (wanted !== present) change(world, alarm.name, alarm, wanted);
  else if (wanted === 'ALARM' && alarm.actedFor < newestPeriod(world, alarm)) act(world, alarm);
  expectLook(world, alarm);
}

function change(world: World, name: string, alarm: MetricAlarmState | undefined, state: AlarmState): void {
  world.cloudWatch.alarms.set(name, state);
  if (alarm !== undefined) alarm.actedFor = newestPeriod(world, alarm);
  world.on.alarm(world, name, state);
}

function act(world: World, alarm: MetricAlarmState): void {
  alarm.actedFor = newestPeriod(world, alarm);
  world.on.alarm(world, alarm.name, 'ALARM');
}

/** The next look is due when the period ends, as long as there is something to see. */
function expectLook(world: World, alarm: MetricAlarmState): void {
  const busy =
    (alarmState(world, alarm.name) === 'ALARM' && (alarm.actions.length > 0 || alarm.condition !== undefined)) ||
    figures(world, alarm).some((value) => value !== undefined);
  if (alarm.awaited || !busy) return;
  alarm.awaited = true;
  world.agenda.after((periodOf(world, alarm) + 1) * alarm.periodMs - world.agenda.now, () => {
    alarm.awaited = false;
    if (world.cloudWatch.metricAlarms.get(alarm.name) === alarm) lookAtAlarm(world, alarm);
  });
}

/** The last period that has a value; the present one for an alarm that watches nothing. */
function newestPeriod(world: World, alarm: MetricAlarmState): number {
  const at = alarm.condition === undefined ? undefined : newestValueAt(world, alarm.condition.metric);
  return at === undefined ? periodOf(world, alarm) : Math.floor(at / alarm.periodMs);
}

function periodOf(world: World, alarm: MetricAlarmState): number {
  return Math.floor(world.agenda.now / alarm.periodMs);
}
