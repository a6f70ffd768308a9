import { DescribeScalingActivitiesCommand } from '@aws-sdk/client-application-auto-scaling';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { register as registerTaskDefinition } from '../support.ts';
import {
  activities,
  alarmsOf,
  CPU,
  CPU_50,
  minutes,
  pass,
  publish,
  putPolicy,
  register,
  START,
  setCount,
  startScaling,
  tracking,
  WEB,
} from './support.ts';

describe('a scaling activity', () => {
  it('is in progress until ECS has as many tasks as it was asked for', async () => {
    const fixture = await startScaling(2);
    await register(fixture);
    await putPolicy(fixture, 'cpu', tracking(CPU_50));
    publish(fixture, CPU, minutes(3, 100));
    const [alarm] = await alarmsOf(fixture, 'cpu');
    const common = {
      ...WEB,
      ActivityId: expect.stringMatching(/^[-0-9a-f]{36}$/),
      Description: 'Setting desired count to 4.',
      Cause: `monitor alarm ${alarm} in state ALARM triggered policy cpu`,
      StartTime: new Date(START.getTime() + 120_000),
    };
    expect(await activities(fixture)).toEqual([
      {
        ...common,
        StatusCode: 'InProgress',
        StatusMessage: 'Successfully set desired count to 4. Waiting for change to be fulfilled by ecs.',
      },
    ]);
    pass(fixture, 1);
    expect(await activities(fixture)).toEqual([
      {
        ...common,
        EndTime: new Date(START.getTime() + 121_000),
        StatusCode: 'Successful',
        StatusMessage: 'Successfully set desired count to 4. Change successfully fulfilled by ecs.',
      },
    ]);
  });

  it('is overridden when somebody else changes the count', async () => {
    const fixture = await startScaling(2);
    await register(fixture, { MinCapacity: 4 });
    await setCount(fixture, 3);
    pass(fixture, 1);
    expect(await activities(fixture)).toMatchObject([{ StatusCode: 'Overridden' }]);
  });

  it('is unfulfilled when the tasks do not come', async () => {
    const fixture = await startScaling(0);
    await fixture.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'missing:1' }));
    await register(fixture, { MinCapacity: 2 });
    pass(fixture, 20);
    expect(await activities(fixture)).toMatchObject([{ StatusCode: 'InProgress' }]);
    pass(fixture, 20);
    expect(await activities(fixture)).toMatchObject([{ StatusCode: 'Unfulfilled' }]);
  });

  it('of an alarm that led to nothing is shown on request, once, with the reason', async () => {
    const fixture = await startScaling(10);
    await register(fixture);
    await putPolicy(fixture, 'cpu', tracking(CPU_50));
    publish(fixture, CPU, minutes(8, 100));
    expect(await activities(fixture)).toMatchObject([
      {
        Description: 'Attempting to scale due to alarm triggered',
        StatusCode: 'Failed',
        NotScaledReasons: [{ Code: 'AlreadyAtMaxCapacity', MaxCapacity: 10 }],
      },
    ]);
    await expect(fixture.scaling.send(new DescribeScalingActivitiesCommand(WEB))).resolves.toMatchObject({
      ScalingActivities: [],
    });
  });

  it('is kept for six weeks, newest first, in pages', async () => {
    const fixture = await startScaling(1);
    for (const MinCapacity of [2, 3, 4, 5]) {
      await register(fixture, { MinCapacity });
      pass(fixture, 24 * 60 * 14);
    }
    // The first was forgotten when the last one came, six weeks after it.
    expect((await activities(fixture)).map(({ Description }) => Description)).toEqual([
      'Setting desired count to 5.',
      'Setting desired count to 4.',
      'Setting desired count to 3.',
    ]);
    const first = await fixture.scaling.send(
      new DescribeScalingActivitiesCommand({ ServiceNamespace: 'ecs', MaxResults: 2 }),
    );
    const rest = await fixture.scaling.send(
      new DescribeScalingActivitiesCommand({
        ServiceNamespace: 'ecs',
        MaxResults: 2,
        NextToken: first.NextToken ?? '',
      }),
    );
    expect(first.ScalingActivities).toHaveLength(2);
    expect(rest.ScalingActivities).toHaveLength(1);
    expect(rest.NextToken).toBeUndefined();
  });

  it('counts as scaling by Application Auto Scaling, which is a change like UpdateService', async () => {
    const fixture = await startScaling(2);
    await registerTaskDefinition(fixture.ecs, 'web', 'nginx:2');
    await register(fixture, { MinCapacity: 3 });
    pass(fixture, 1);
    expect(await activities(fixture)).toMatchObject([{ StatusCode: 'Successful' }]);
  });
});
