import { describe, expect, it } from 'vitest';
import {
  CPU,
  desired,
  pass,
  putPolicy,
  register,
  type ScalingFixture,
  startScaling,
  stepping,
} from '../application-autoscaling/support.ts';

async function post({ region }: ScalingFixture, path: string, body: unknown): Promise<number> {
  const response = await fetch(`${region.endpoint}/_region/${path}`, { method: 'POST', body: JSON.stringify(body) });
  await response.text();
  return response.status;
}

async function startStepping(): Promise<ScalingFixture & { readonly arn: string }> {
  const fixture = await startScaling(2);
  await register(fixture);
  const StepAdjustments = [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }];
  const arn = await putPolicy(fixture, 'step', stepping({ AdjustmentType: 'ChangeInCapacity', StepAdjustments }));
  return { ...fixture, arn };
}

describe('over the control endpoints', () => {
  it('an alarm is made and set, here and in no other account or region', async () => {
    const fixture = await startStepping();
    const place = { account: '210987654321', region: 'us-east-1' };
    expect(await post(fixture, 'alarms', { name: 'high', actions: [fixture.arn] })).toBe(200);
    expect(await post(fixture, 'alarms', { name: 'high', state: 'ALARM', ...place })).toBe(200);
    expect(await desired(fixture)).toBe(2);
    expect(await post(fixture, 'alarms', { name: 'high', state: 'ALARM' })).toBe(200);
    expect(await desired(fixture)).toBe(3);
  });

  it('a metric is published, and an alarm on it acts', async () => {
    const fixture = await startStepping();
    const condition = { ...CPU, comparison: 'GreaterThanThreshold', threshold: 50, evaluationPeriods: 2 };
    const alarm = { name: 'high', actions: [fixture.arn], condition, periodSeconds: 120 };
    expect(await post(fixture, 'alarms', alarm)).toBe(200);
    expect(await post(fixture, 'metrics', { ...CPU, value: 90, at: '2026-01-05T07:59:00Z' })).toBe(200);
    expect(await desired(fixture)).toBe(2);
    expect(await post(fixture, 'metrics', { ...CPU, value: 90 })).toBe(200);
    expect(await desired(fixture)).toBe(3);
    pass(fixture, 1);
    expect(await desired(fixture)).toBe(3);
  });

  it.each([
    ['alarms', { state: 'ALARM' }],
    ['alarms', { name: 'high' }],
    ['alarms', { name: 'high', state: 'RED' }],
    ['alarms', { name: 'high', actions: 'arn' }],
    ['alarms', { name: 'high', condition: { ...CPU, threshold: 1 } }],
    ['alarms', { name: 'high', actions: [], periodSeconds: 0 }],
    ['metrics', { name: 'CPUUtilization', value: 1 }],
    ['metrics', { ...CPU, value: '1' }],
    ['metrics', { ...CPU, value: 1, at: 'yesterday' }],
  ])('%s refuses %j', async (path, body) => {
    expect(await post(await startScaling(), path, body)).toBe(400);
  });
});
