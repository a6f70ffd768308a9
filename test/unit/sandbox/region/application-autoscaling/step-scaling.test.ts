import {
  DeleteScalingPolicyCommand,
  DescribeScalingPoliciesCommand,
  type StepScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import {
  alarmsOf,
  CPU,
  desired,
  minutes,
  notScaled,
  pass,
  publish,
  putPolicy,
  register,
  type ScalingFixture,
  startScaling,
  stepping,
  WEB,
} from './support.ts';

const ADD_ONE: StepScalingPolicyConfiguration = {
  AdjustmentType: 'ChangeInCapacity',
  StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 1 }],
};

const REMOVE_ONE: StepScalingPolicyConfiguration = {
  AdjustmentType: 'ChangeInCapacity',
  StepAdjustments: [{ MetricIntervalUpperBound: 0, ScalingAdjustment: -1 }],
};

/** A service whose alarm `alarm` triggers a step policy. */
async function startStepping(
  count: number,
  configuration: Parameters<typeof stepping>[0],
): Promise<ScalingFixture & { readonly arn: string }> {
  const fixture = await startScaling(count);
  await register(fixture, { MaxCapacity: 20 });
  const arn = await putPolicy(fixture, 'step', stepping(configuration));
  fixture.region.putMetricAlarm({ name: 'alarm', actions: [arn] });
  return { ...fixture, arn };
}

describe('a step scaling policy', () => {
  it('adds a task when its alarm is set: of ten, eleven (AS-07)', async () => {
    const fixture = await startStepping(10, ADD_ONE);
    fixture.region.setAlarm('alarm', 'ALARM');
    expect(await desired(fixture)).toBe(11);
  });

  it('removes one', async () => {
    const fixture = await startStepping(10, REMOVE_ONE);
    fixture.region.setAlarm('alarm', 'ALARM');
    expect(await desired(fixture)).toBe(9);
  });

  it('does nothing when the alarm is OK or knows nothing', async () => {
    const fixture = await startStepping(10, ADD_ONE);
    fixture.region.setAlarm('alarm', 'OK');
    fixture.region.setAlarm('alarm', 'INSUFFICIENT_DATA');
    expect(await desired(fixture)).toBe(10);
  });

  it('goes on once a cooldown for as long as the alarm stays in ALARM', async () => {
    const fixture = await startStepping(10, { ...ADD_ONE, Cooldown: 120 });
    fixture.region.setAlarm('alarm', 'ALARM');
    pass(fixture, 1);
    expect(await desired(fixture)).toBe(11);
    pass(fixture, 1);
    expect(await desired(fixture)).toBe(12);
    fixture.region.setAlarm('alarm', 'OK');
    pass(fixture, 10);
    expect(await desired(fixture)).toBe(12);
  });

  it('takes the step that the size of the breach calls for', async () => {
    const fixture = await startStepping(4, {
      AdjustmentType: 'PercentChangeInCapacity',
      StepAdjustments: [
        { MetricIntervalLowerBound: 0, MetricIntervalUpperBound: 20, ScalingAdjustment: 25 },
        { MetricIntervalLowerBound: 20, ScalingAdjustment: 100 },
      ],
      Cooldown: 600,
    });
    fixture.region.putMetricAlarm({
      name: 'alarm',
      actions: [fixture.arn],
      condition: {
        metric: CPU,
        statistic: 'Average',
        comparison: 'GreaterThanOrEqualToThreshold',
        threshold: 60,
        evaluationPeriods: 1,
      },
    });
    publish(fixture, CPU, [79]);
    expect(await desired(fixture)).toBe(5);
    pass(fixture, 1);
    // Within the cooldown the larger step counts from the four tasks that were (AS-09).
    publish(fixture, CPU, [80]);
    expect(await desired(fixture)).toBe(8);
  });

  it('scales in by steps below the threshold', async () => {
    const fixture = await startStepping(10, {
      AdjustmentType: 'ChangeInCapacity',
      StepAdjustments: [
        { MetricIntervalUpperBound: 0, MetricIntervalLowerBound: -10, ScalingAdjustment: -1 },
        { MetricIntervalUpperBound: -10, ScalingAdjustment: -4 },
      ],
    });
    fixture.region.putMetricAlarm({
      name: 'alarm',
      actions: [fixture.arn],
      condition: {
        metric: CPU,
        statistic: 'Average',
        comparison: 'LessThanThreshold',
        threshold: 25,
        evaluationPeriods: 2,
      },
    });
    publish(fixture, CPU, minutes(2, 15));
    expect(await desired(fixture)).toBe(6);
  });

  it('sets an exact count, within the bounds, and says when it is there already', async () => {
    const fixture = await startStepping(10, {
      AdjustmentType: 'ExactCapacity',
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 99 }],
      Cooldown: 0,
    });
    fixture.region.setAlarm('alarm', 'ALARM');
    expect(await desired(fixture)).toBe(20);
    const exact: StepScalingPolicyConfiguration = {
      AdjustmentType: 'ExactCapacity',
      StepAdjustments: [{ MetricIntervalLowerBound: 0, ScalingAdjustment: 7 }],
    };
    await putPolicy(fixture, 'step', stepping(exact));
    pass(fixture, 1);
    expect(await desired(fixture)).toBe(7);
    pass(fixture, 1);
    expect(await desired(fixture)).toBe(7);
    expect(await notScaled(fixture)).toEqual(['AlreadyAtDesiredCapacity']);
  });

  it('shows the alarms that somebody points at it, and leaves them when it goes', async () => {
    const fixture = await startStepping(10, ADD_ONE);
    expect(await alarmsOf(fixture, 'step')).toEqual(['alarm']);
    await fixture.scaling.send(new DeleteScalingPolicyCommand({ ...WEB, PolicyName: 'step' }));
    fixture.region.setAlarm('alarm', 'ALARM');
    expect(await desired(fixture)).toBe(10);
    await putPolicy(fixture, 'step', stepping(ADD_ONE));
    expect(await alarmsOf(fixture, 'step')).toEqual(['alarm']);
  });

  it('keeps the configuration that an update leaves out', async () => {
    const fixture = await startStepping(10, ADD_ONE);
    await putPolicy(fixture, 'step', {});
    await expect(fixture.scaling.send(new DescribeScalingPoliciesCommand(WEB))).resolves.toMatchObject({
      ScalingPolicies: [{ PolicyType: 'StepScaling', StepScalingPolicyConfiguration: ADD_ONE }],
    });
  });
});

describe('a step configuration is refused', () => {
  const step = (lower: number | undefined, upper: number | undefined) => ({
    ...(lower === undefined ? {} : { MetricIntervalLowerBound: lower }),
    ...(upper === undefined ? {} : { MetricIntervalUpperBound: upper }),
    ScalingAdjustment: 1,
  });

  it.each([
    ['without steps', [], /At least one step adjustment/],
    [
      'without any bound',
      [step(undefined, undefined)],
      /Both lower and upper bounds of a step adjustment cannot be left unspecified/,
    ],
    ['with bounds in the wrong order', [step(5, 5)], /must be less than its upper bound/],
    [
      'with nothing above its highest step',
      [step(0, 10)],
      /There must be a step adjustment with an unspecified upper bound/,
    ],
    [
      'with nothing below its lowest step',
      [step(-10, 0)],
      /There must be a step adjustment with an unspecified lower bound/,
    ],
    [
      'with two steps without end',
      [step(0, undefined), step(10, undefined)],
      /at most one step adjustment with an unspecified upper/,
    ],
    ['with steps that overlap', [step(0, 10), step(5, undefined)], /cannot overlap/],
    ['with a gap', [step(0, 10), step(15, undefined)], /gap/],
  ] as const)('%s', async (_name, StepAdjustments, message) => {
    const fixture = await startScaling();
    await register(fixture);
    const put = putPolicy(
      fixture,
      'step',
      stepping({ AdjustmentType: 'ChangeInCapacity', StepAdjustments: [...StepAdjustments] }),
    );
    await expect(put).rejects.toThrow(message);
    await expect(put).rejects.toMatchObject({ name: 'ValidationException' });
  });

  it('with more than twenty steps', async () => {
    const fixture = await startScaling();
    await register(fixture);
    const StepAdjustments = Array.from({ length: 21 }, (_, index) => step(index, index === 20 ? undefined : index + 1));
    const configuration = { AdjustmentType: 'ChangeInCapacity', StepAdjustments } as const;
    await expect(putPolicy(fixture, 'step', stepping(configuration))).rejects.toMatchObject({
      name: 'LimitExceededException',
    });
    await putPolicy(fixture, 'step', stepping({ ...configuration, StepAdjustments: StepAdjustments.slice(1) }));
  });

  it('with a magnitude that only percentages have', async () => {
    const fixture = await startScaling();
    await register(fixture);
    await expect(putPolicy(fixture, 'step', stepping({ ...ADD_ONE, MinAdjustmentMagnitude: 2 }))).rejects.toThrow(
      /MinAdjustmentMagnitude/,
    );
  });
});
