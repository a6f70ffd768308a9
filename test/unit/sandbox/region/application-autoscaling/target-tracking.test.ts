import {
  DeleteScalingPolicyCommand,
  DescribeScalingPoliciesCommand,
  PutScalingPolicyCommand,
} from '@aws-sdk/client-application-auto-scaling';
import { DescribeServicesCommand, UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { register as registerTaskDefinition } from '../support.ts';
import {
  activities,
  alarmsOf,
  CPU,
  CPU_50,
  desired,
  MEMORY,
  MEMORY_50,
  minutes,
  notScaled,
  pass,
  publish,
  putPolicy,
  register,
  type ScalingFixture,
  startScaling,
  tracking,
  WEB,
} from './support.ts';

async function startTracking(count: number, policy = CPU_50): Promise<ScalingFixture> {
  const fixture = await startScaling(count);
  await register(fixture);
  await putPolicy(fixture, 'cpu', tracking(policy));
  return fixture;
}

describe('a target tracking policy scales out (AS-06)', () => {
  it('in proportion to the metric, in the third minute above the target', async () => {
    const fixture = await startTracking(2);
    publish(fixture, CPU, minutes(2, 80));
    expect(await desired(fixture)).toBe(2);
    pass(fixture, 1);
    publish(fixture, CPU, [80]);
    // 2 * 80 / 50 = 3.2
    expect(await desired(fixture)).toBe(4);
  });

  it('not at the target, and not when a minute is missing', async () => {
    const fixture = await startTracking(2);
    publish(fixture, CPU, minutes(5, 50));
    expect(await desired(fixture)).toBe(2);
    pass(fixture, 1);
    publish(fixture, CPU, minutes(2, 90));
    pass(fixture, 2);
    publish(fixture, CPU, minutes(2, 90));
    expect(await desired(fixture)).toBe(2);
  });

  it('to the maximum capacity and no further', async () => {
    const fixture = await startTracking(5);
    publish(fixture, CPU, minutes(3, 400));
    expect(await desired(fixture)).toBe(10);
    publish(fixture, CPU, minutes(3, 400));
    expect(await desired(fixture)).toBe(10);
    expect(await notScaled(fixture)).toEqual(['AlreadyAtMaxCapacity']);
  });

  it('during the cooldown only by what exceeds the last step (AS-09)', async () => {
    const fixture = await startTracking(2);
    publish(fixture, CPU, minutes(3, 100));
    expect(await desired(fixture)).toBe(4);
    pass(fixture, 1);
    publish(fixture, CPU, minutes(3, 100));
    expect(await desired(fixture)).toBe(4);
    pass(fixture, 1);
    publish(fixture, CPU, [150]);
    expect(await desired(fixture)).toBe(6);
  });

  it('again from the new count when the cooldown of five minutes is over', async () => {
    const fixture = await startTracking(2);
    publish(fixture, CPU, minutes(7, 100));
    expect(await desired(fixture)).toBe(4);
    pass(fixture, 1);
    publish(fixture, CPU, [100]);
    expect(await desired(fixture)).toBe(8);
  });

  it('after a cooldown of its own', async () => {
    const fixture = await startTracking(2, { ...CPU_50, ScaleOutCooldown: 60 });
    publish(fixture, CPU, minutes(4, 100));
    expect(await desired(fixture)).toBe(8);
  });

  it('from no tasks to one at least (AS-11)', async () => {
    const fixture = await startScaling(0);
    await register(fixture, { MinCapacity: 0 });
    await putPolicy(fixture, 'cpu', tracking(CPU_50));
    publish(fixture, CPU, minutes(3, 60));
    expect(await desired(fixture)).toBe(1);
  });

  it('also while a deployment is under way (AS-12)', async () => {
    const fixture = await startTracking(2);
    await registerTaskDefinition(fixture.ecs, 'slow', 'sim/slow:60m');
    await fixture.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'slow' }));
    publish(fixture, CPU, minutes(3, 100));
    expect(await desired(fixture)).toBe(4);
  });

  it('counting tasks that run, not those that only start (AS-11)', async () => {
    const fixture = await startTracking(2, { ...CPU_50, ScaleOutCooldown: 0 });
    await registerTaskDefinition(fixture.ecs, 'slow', 'sim/slow:60m');
    await fixture.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'slow' }));
    publish(fixture, CPU, minutes(10, 100));
    expect(await desired(fixture)).toBe(4);
  });
});

describe('a target tracking policy scales in', () => {
  it('in the fifteenth minute below nine tenths of the target', async () => {
    const fixture = await startTracking(8);
    publish(fixture, CPU, minutes(14, 20));
    expect(await desired(fixture)).toBe(8);
    pass(fixture, 1);
    publish(fixture, CPU, [20]);
    // 8 * 20 / 50 = 3.2
    expect(await desired(fixture)).toBe(4);
  });

  it('just below nine tenths of it, but not at them', async () => {
    const fixture = await startTracking(10);
    publish(fixture, CPU, minutes(30, 45));
    expect(await activities(fixture)).toEqual([]);
    publish(fixture, CPU, minutes(16, 44));
    expect(await desired(fixture)).toBe(9);
  });

  it('not for want of data (AS-06)', async () => {
    const fixture = await startTracking(8);
    publish(fixture, CPU, minutes(10, 20));
    pass(fixture, 60);
    expect(await desired(fixture)).toBe(8);
  });

  it('to the minimum capacity and no further', async () => {
    const fixture = await startTracking(8);
    publish(fixture, CPU, minutes(15, 0));
    expect(await desired(fixture)).toBe(1);
    publish(fixture, CPU, minutes(10, 0));
    expect(await desired(fixture)).toBe(1);
    expect(await notScaled(fixture)).toEqual(['AlreadyAtMinCapacity']);
  });

  it('once in its cooldown, which a scale-out breaks (AS-09)', async () => {
    const fixture = await startTracking(10);
    publish(fixture, CPU, minutes(19, 25));
    expect(await desired(fixture)).toBe(5);
    pass(fixture, 1);
    publish(fixture, CPU, [25]);
    expect(await desired(fixture)).toBe(3);
    pass(fixture, 1);
    publish(fixture, CPU, minutes(3, 100));
    expect(await desired(fixture)).toBe(6);
  });

  it('not when the fewer tasks would be above the target again', async () => {
    const fixture = await startTracking(2);
    publish(fixture, CPU, minutes(16, 40));
    expect(await desired(fixture)).toBe(2);
    expect(await notScaled(fixture)).toEqual(['AutoScalingAnticipatedFlapping']);
  });

  it('not with DisableScaleIn, which leaves it one alarm', async () => {
    const fixture = await startTracking(8, { ...CPU_50, DisableScaleIn: true });
    expect(await alarmsOf(fixture, 'cpu')).toEqual([expect.stringContaining('AlarmHigh')]);
    publish(fixture, CPU, minutes(20, 10));
    expect(await desired(fixture)).toBe(8);
  });

  it('not while a deployment is under way, and again after it (AS-12)', async () => {
    const fixture = await startTracking(8);
    await registerTaskDefinition(fixture.ecs, 'slow', 'sim/slow:20m');
    await fixture.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'slow' }));
    publish(fixture, CPU, minutes(16, 20));
    expect(await desired(fixture)).toBe(8);
    expect(await notScaled(fixture)).toEqual(['TargetServicePutResourceAsUnscalable']);
    publish(fixture, CPU, minutes(10, 20));
    const { services } = await fixture.ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    expect(services?.[0]?.deployments?.[0]?.rolloutState).toBe('COMPLETED');
    expect(await desired(fixture)).toBe(4);
  });
});

describe('several target tracking policies (AS-04)', () => {
  async function startTwo(count: number): Promise<ScalingFixture> {
    const fixture = await startTracking(count);
    await putPolicy(fixture, 'memory', tracking(MEMORY_50));
    return fixture;
  }

  /** One value of each metric in every minute. */
  function publishBoth(fixture: ScalingFixture, count: number, cpu: number, memory: number): void {
    for (let minute = 0; minute < count; minute += 1) {
      publish(fixture, CPU, [cpu]);
      publish(fixture, MEMORY, [memory]);
      pass(fixture, 1);
    }
  }

  it('scale out as far as the one that wants most', async () => {
    const fixture = await startTwo(2);
    publishBoth(fixture, 3, 100, 200);
    expect(await desired(fixture)).toBe(8);
  });

  it('scale in only when all want to, and then least', async () => {
    const fixture = await startTwo(10);
    publishBoth(fixture, 20, 10, 47);
    expect(await desired(fixture)).toBe(10);
    publishBoth(fixture, 16, 10, 40);
    expect(await desired(fixture)).toBe(8);
  });

  it('let one with DisableScaleIn have no say in scaling in', async () => {
    const fixture = await startTwo(10);
    await putPolicy(fixture, 'memory', tracking({ ...MEMORY_50, DisableScaleIn: true }));
    publishBoth(fixture, 16, 25, 47);
    expect(await desired(fixture)).toBe(5);
  });

  it('must watch different metrics', async () => {
    const fixture = await startTwo(2);
    await expect(putPolicy(fixture, 'again', tracking({ ...CPU_50, TargetValue: 70 }))).rejects.toMatchObject({
      name: 'ValidationException',
      message: 'Only one TargetTrackingScaling policy for a given metric specification is allowed.',
    });
  });
});

describe('the metric of a target tracking policy (AS-03)', () => {
  it('may be the request count of a load balancer', async () => {
    const ResourceLabel = 'app/lb/f37c06a68c1748aa/targetgroup/tg/6d4ea56ca2d6a18d';
    const fixture = await startTracking(2, {
      TargetValue: 1_000,
      PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget', ResourceLabel },
    });
    const metric = {
      namespace: 'AWS/ApplicationELB',
      name: 'RequestCountPerTarget',
      dimensions: { LoadBalancer: 'app/lb/f37c06a68c1748aa', TargetGroup: 'targetgroup/tg/6d4ea56ca2d6a18d' },
    };
    for (const minute of [1, 2, 3]) {
      // Of this metric the sum counts.
      publish(fixture, metric, [900]);
      publish(fixture, metric, [600]);
      if (minute < 3) pass(fixture, 1);
    }
    expect(await desired(fixture)).toBe(3);
  });

  it('may be any other', async () => {
    const fixture = await startTracking(2, {
      TargetValue: 10,
      CustomizedMetricSpecification: {
        Namespace: 'App',
        MetricName: 'Backlog',
        Dimensions: [{ Name: 'Queue', Value: 'jobs' }],
        Statistic: 'Maximum',
      },
    });
    for (let minute = 0; minute < 3; minute += 1) {
      fixture.region.publishMetric({ namespace: 'App', name: 'Backlog', dimensions: { Queue: 'jobs' }, value: 20 });
      fixture.region.publishMetric({ namespace: 'App', name: 'Backlog', dimensions: { Queue: 'jobs' }, value: 1 });
      pass(fixture, 1);
    }
    expect(await desired(fixture)).toBe(4);
  });

  it.each([
    ['none', {}, /Exactly one of/],
    [
      'two',
      { ...CPU_50, CustomizedMetricSpecification: { MetricName: 'm', Namespace: 'n', Statistic: 'Sum' } },
      /Exactly/,
    ],
    [
      'that of another service',
      { PredefinedMetricSpecification: { PredefinedMetricType: 'RDSReaderAverageCPUUtilization' } },
      /not valid for service namespace ecs/,
    ],
    [
      'a request count without its label',
      { PredefinedMetricSpecification: { PredefinedMetricType: 'ALBRequestCountPerTarget' } },
      /Resource label should be specified/,
    ],
    ['half a metric', { CustomizedMetricSpecification: { MetricName: 'm' } }, /must be specified/],
  ] as const)('may not be %s', async (_name, configuration, message) => {
    const fixture = await startScaling();
    await register(fixture);
    await expect(putPolicy(fixture, 'cpu', tracking({ TargetValue: 50, ...configuration }))).rejects.toThrow(message);
    await expect(fixture.scaling.send(new DescribeScalingPoliciesCommand(WEB))).resolves.toMatchObject({
      ScalingPolicies: [],
    });
  });

  it('must have a target above nothing', async () => {
    const fixture = await startScaling();
    await register(fixture);
    await expect(putPolicy(fixture, 'cpu', tracking({ ...CPU_50, TargetValue: 0 }))).rejects.toThrow(/TargetValue/);
  });
});

describe('the alarms of a target tracking policy (AS-05)', () => {
  it('are made with it, named after it, and keep their names when it changes', async () => {
    const fixture = await startTracking(2);
    const names = await alarmsOf(fixture, 'cpu');
    expect(names).toEqual([
      expect.stringMatching(/^TargetTracking-service\/main\/web-AlarmHigh-[-0-9a-f]{36}$/),
      expect.stringMatching(/^TargetTracking-service\/main\/web-AlarmLow-[-0-9a-f]{36}$/),
    ]);
    await putPolicy(fixture, 'cpu', tracking({ ...CPU_50, TargetValue: 70 }));
    expect(await alarmsOf(fixture, 'cpu')).toEqual(names);
    publish(fixture, CPU, minutes(3, 60));
    expect(await desired(fixture)).toBe(2);
  });

  it('go with it', async () => {
    const fixture = await startTracking(2);
    await fixture.scaling.send(new DeleteScalingPolicyCommand({ ...WEB, PolicyName: 'cpu' }));
    publish(fixture, CPU, minutes(5, 100));
    expect(await desired(fixture)).toBe(2);
    expect(await activities(fixture)).toEqual([]);
  });

  it('are told when the policy is put', async () => {
    const fixture = await startScaling();
    await register(fixture);
    const put = new PutScalingPolicyCommand({ ...WEB, PolicyName: 'cpu', ...tracking(CPU_50) });
    const { Alarms = [] } = await fixture.scaling.send(put);
    expect(Alarms.map(({ AlarmARN }) => AlarmARN)).toEqual(
      Alarms.map(({ AlarmName }) => `arn:aws:cloudwatch:eu-central-1:123456789012:alarm:${AlarmName}`),
    );
    expect(Alarms).toHaveLength(2);
  });
});
