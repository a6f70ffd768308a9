import { describe, expect, it } from 'vitest';
import {
  type AlarmDefinition,
  alarmState,
  deleteMetricAlarm,
  putMetricAlarm,
  setAlarm,
} from '../../../../sandbox/region/cloudwatch/alarms.ts';
import { datapoints, publishMetric } from '../../../../sandbox/region/cloudwatch/metrics.ts';
import type { AlarmCondition } from '../../../../sandbox/region/cloudwatch/state.ts';
import { emptyIam } from '../../../../sandbox/region/iam.ts';
import { INSTANT } from '../../../../sandbox/region/timings.ts';
import { createWorld, DEAF, type World } from '../../../../sandbox/region/world.ts';

const START = Date.UTC(2026, 0, 1);
const CPU = { namespace: 'AWS/ECS', name: 'CPUUtilization', dimensions: { ClusterName: 'main', ServiceName: 'web' } };
const CONDITION: AlarmCondition = {
  metric: CPU,
  statistic: 'Average',
  comparison: 'GreaterThanThreshold',
  threshold: 50,
  evaluationPeriods: 2,
};
const HIGH: AlarmDefinition = { name: 'high', actions: ['arn:policy'], condition: CONDITION };
const HIGH_AT_ONCE: AlarmDefinition = { ...HIGH, condition: { ...CONDITION, evaluationPeriods: 1 } };

/** A world and what its alarms have told. */
function listeningWorld(): {
  readonly world: World;
  readonly heard: string[];
  readonly pass: (minutes: number) => void;
} {
  const heard: string[] = [];
  const options = { account: '123456789012', region: 'eu-central-1', timings: INSTANT, iam: emptyIam(), start: START };
  const on = { ...DEAF, alarm: (_world: World, name: string, state: string) => void heard.push(`${name} ${state}`) };
  const world = { ...createWorld(options), on };
  const pass = (minutes: number): void => world.agenda.runUntil(world.agenda.now + minutes * 60_000);
  return { world, heard, pass };
}

describe('an alarm that is set', () => {
  it('is OK until then, and tells of the change once', () => {
    const { world, heard, pass } = listeningWorld();
    expect(alarmState(world, 'errors')).toBe('OK');
    setAlarm(world, 'errors', 'ALARM');
    setAlarm(world, 'errors', 'ALARM');
    pass(10);
    expect(heard).toEqual(['errors ALARM']);
    expect(world.cloudWatch.alarms.get('errors')).toBe('ALARM');
    setAlarm(world, 'errors', 'OK');
    expect(heard).toEqual(['errors ALARM', 'errors OK']);
  });

  it('runs its actions once a minute for as long as it is in ALARM', () => {
    const { world, heard, pass } = listeningWorld();
    putMetricAlarm(world, { name: 'errors', actions: ['arn:policy'] });
    setAlarm(world, 'errors', 'ALARM');
    pass(2);
    expect(heard).toEqual(['errors ALARM', 'errors ALARM', 'errors ALARM']);
    setAlarm(world, 'errors', 'OK');
    pass(5);
    expect(heard).toHaveLength(4);
  });

  it('goes back to what its metric says when its period ends', () => {
    const { world, heard, pass } = listeningWorld();
    putMetricAlarm(world, HIGH);
    setAlarm(world, 'high', 'ALARM');
    pass(1);
    expect(heard).toEqual(['high ALARM', 'high INSUFFICIENT_DATA']);
  });
});

describe('an alarm that watches a metric', () => {
  it('is in ALARM as soon as the last period it needs has a breaching value', () => {
    const { world, heard, pass } = listeningWorld();
    putMetricAlarm(world, HIGH);
    expect(alarmState(world, 'high')).toBe('INSUFFICIENT_DATA');
    publishMetric(world, { ...CPU, value: 80 });
    pass(1);
    expect(heard).toEqual([]);
    publishMetric(world, { ...CPU, value: 80 });
    expect(heard).toEqual(['high ALARM']);
  });

  it('judges the statistic of a period, not each value', () => {
    const { world, heard, pass } = listeningWorld();
    putMetricAlarm(world, HIGH_AT_ONCE);
    publishMetric(world, { ...CPU, value: 40 });
    publishMetric(world, { ...CPU, value: 55 });
    pass(1);
    expect(heard).toEqual(['high OK']);
  });

  it('needs nobody to publish in time: values may come late and in any order', () => {
    const { world } = listeningWorld();
    putMetricAlarm(world, HIGH);
    publishMetric(world, { ...CPU, value: 90, at: new Date(START - 30_000) });
    publishMetric(world, { ...CPU, value: 90, at: new Date(START - 90_000) });
    expect(alarmState(world, 'high')).toBe('ALARM');
  });

  it('ignores metrics whose dimensions differ, whatever their order', () => {
    const { world } = listeningWorld();
    putMetricAlarm(world, HIGH_AT_ONCE);
    publishMetric(world, { ...CPU, dimensions: { ClusterName: 'main' }, value: 90 });
    publishMetric(world, { ...CPU, dimensions: { ClusterName: 'main', ServiceName: 'other' }, value: 90 });
    expect(alarmState(world, 'high')).toBe('INSUFFICIENT_DATA');
    publishMetric(world, { ...CPU, dimensions: { ServiceName: 'web', ClusterName: 'main' }, value: 90 });
    expect(alarmState(world, 'high')).toBe('ALARM');
  });

  it('knows nothing any more once values stop, and then leaves the agenda empty', () => {
    const { world, pass } = listeningWorld();
    putMetricAlarm(world, HIGH);
    publishMetric(world, { ...CPU, value: 90 });
    pass(1);
    publishMetric(world, { ...CPU, value: 90 });
    pass(4);
    expect(alarmState(world, 'high')).toBe('INSUFFICIENT_DATA');
    expect(world.agenda.size).toBe(0);
  });

  it('says nothing after it was deleted', () => {
    const { world, heard, pass } = listeningWorld();
    putMetricAlarm(world, HIGH);
    publishMetric(world, { ...CPU, value: 90 });
    pass(1);
    deleteMetricAlarm(world, 'high');
    publishMetric(world, { ...CPU, value: 90 });
    pass(5);
    expect(heard).toEqual([]);
  });

  it('looks at the metric of its last definition only', () => {
    const { world } = listeningWorld();
    putMetricAlarm(world, HIGH_AT_ONCE);
    const condition = { ...CONDITION, evaluationPeriods: 1, metric: { ...CPU, name: 'Other' } };
    putMetricAlarm(world, { ...HIGH, condition });
    publishMetric(world, { ...CPU, value: 90 });
    expect(alarmState(world, 'high')).toBe('INSUFFICIENT_DATA');
  });
});

describe('datapoints of a metric', () => {
  it('are one statistic a period, oldest first, with gaps', () => {
    const { world, pass } = listeningWorld();
    publishMetric(world, { ...CPU, value: 10 });
    publishMetric(world, { ...CPU, value: 20 });
    pass(2);
    publishMetric(world, { ...CPU, value: 30 });
    expect(datapoints(world, CPU, { statistic: 'Sum', periodMs: 60_000, periods: 3 })).toEqual([30, undefined, 30]);
    expect(datapoints(world, CPU, { statistic: 'Average', periodMs: 180_000, periods: 1 })).toEqual([20]);
  });

  it('leave out the present period for as long as it has no value', () => {
    const { world, pass } = listeningWorld();
    publishMetric(world, { ...CPU, value: 10 });
    pass(1);
    expect(datapoints(world, CPU, { statistic: 'Sum', periodMs: 60_000, periods: 2 })).toEqual([undefined, 10]);
  });

  it('are forgotten after a day', () => {
    const { world, pass } = listeningWorld();
    publishMetric(world, { ...CPU, value: 10 });
    pass(25 * 60);
    publishMetric(world, { ...CPU, value: 20 });
    const day = { statistic: 'Sum', periodMs: 86_400_000, periods: 2 } as const;
    expect(datapoints(world, CPU, day)).toEqual([undefined, 20]);
  });
});
