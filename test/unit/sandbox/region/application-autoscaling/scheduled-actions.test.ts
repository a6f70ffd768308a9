import {
  DeleteScheduledActionCommand,
  DescribeScheduledActionsCommand,
  PutScheduledActionCommand,
  type PutScheduledActionCommandInput,
} from '@aws-sdk/client-application-auto-scaling';
import { describe, expect, it } from 'vitest';
import { expectError } from '../support.ts';
import {
  activities,
  CPU,
  CPU_50,
  desired,
  minutes,
  pass,
  publish,
  putPolicy,
  register,
  type ScalingFixture,
  START,
  startScaling,
  tracking,
  WEB,
} from './support.ts';

async function put({ scaling }: ScalingFixture, input: Partial<PutScheduledActionCommandInput>): Promise<void> {
  await scaling.send(new PutScheduledActionCommand({ ...WEB, ScheduledActionName: 'plan', ...input }));
}

async function startScheduled(count: number, input: Partial<PutScheduledActionCommandInput>): Promise<ScalingFixture> {
  const fixture = await startScaling(count);
  await register(fixture);
  await put(fixture, input);
  return fixture;
}

const HOUR = 60;

describe('a scheduled action (AS-14)', () => {
  it('raises the minimum at its time, and the count with it', async () => {
    const fixture = await startScheduled(2, {
      Schedule: 'at(2026-01-05T09:00:00)',
      ScalableTargetAction: { MinCapacity: 5 },
    });
    pass(fixture, HOUR - 1);
    expect(await desired(fixture)).toBe(2);
    pass(fixture, 1);
    expect(await desired(fixture)).toBe(5);
  });

  it('lowers the maximum every evening and raises it every morning, in its time zone', async () => {
    const fixture = await startScheduled(8, {
      ScheduledActionName: 'evening',
      Schedule: 'cron(0 18 * * ? *)',
      Timezone: 'Europe/Berlin',
      ScalableTargetAction: { MinCapacity: 1, MaxCapacity: 2 },
    });
    await put(fixture, {
      ScheduledActionName: 'morning',
      Schedule: 'cron(0 8 * * ? *)',
      Timezone: 'Europe/Berlin',
      ScalableTargetAction: { MinCapacity: 6, MaxCapacity: 10 },
    });
    for (let day = 0; day < 2; day += 1) {
      pass(fixture, 9 * HOUR);
      expect(await desired(fixture)).toBe(2);
      pass(fixture, 14 * HOUR);
      expect(await desired(fixture)).toBe(6);
      pass(fixture, HOUR);
    }
  });

  it('moves the bounds that policies then scale within', async () => {
    const fixture = await startScheduled(4, { Schedule: 'rate(1 hour)', ScalableTargetAction: { MaxCapacity: 20 } });
    await putPolicy(fixture, 'cpu', tracking(CPU_50));
    pass(fixture, HOUR);
    publish(fixture, CPU, minutes(3, 200));
    expect(await desired(fixture)).toBe(16);
  });

  it('does nothing while scheduled scaling is suspended, and goes on after it', async () => {
    const fixture = await startScheduled(2, { Schedule: 'rate(1 hour)', ScalableTargetAction: { MinCapacity: 5 } });
    await register(fixture, { SuspendedState: { ScheduledScalingSuspended: true } });
    pass(fixture, HOUR);
    expect(await desired(fixture)).toBe(2);
    await register(fixture, { SuspendedState: { ScheduledScalingSuspended: false } });
    pass(fixture, HOUR);
    expect(await desired(fixture)).toBe(5);
  });

  it('counts from its start time and not beyond its end', async () => {
    const at = (hours: number): Date => new Date(START.getTime() + hours * 3_600_000);
    const fixture = await startScheduled(2, {
      Schedule: 'rate(1 hour)',
      StartTime: at(5),
      EndTime: at(7),
      ScalableTargetAction: { MinCapacity: 5 },
    });
    pass(fixture, 6 * HOUR - 1);
    expect(await desired(fixture)).toBe(2);
    pass(fixture, 1);
    expect(await desired(fixture)).toBe(5);
    await register(fixture, { MinCapacity: 1 });
    pass(fixture, 10 * HOUR);
    expect((await activities(fixture)).filter(({ Cause }) => Cause?.startsWith('scheduled'))).toHaveLength(2);
  });

  it('leaves the bounds when they would not fit together, and says so', async () => {
    const fixture = await startScheduled(2, { Schedule: 'rate(1 hour)', ScalableTargetAction: { MinCapacity: 50 } });
    pass(fixture, HOUR);
    expect(await desired(fixture)).toBe(2);
    expect(await activities(fixture)).toMatchObject([
      {
        StatusCode: 'Failed',
        StatusMessage: expect.stringContaining('Maximum capacity cannot be less than minimum capacity'),
      },
    ]);
  });

  it('is replaced when it is put again, keeping what is left out except times', async () => {
    const fixture = await startScheduled(2, {
      Schedule: 'at(2026-01-05T09:00:00)',
      StartTime: START,
      ScalableTargetAction: { MinCapacity: 5 },
    });
    await put(fixture, { Schedule: 'at(2026-01-05T10:00:00)' });
    const { ScheduledActions = [] } = await fixture.scaling.send(new DescribeScheduledActionsCommand(WEB));
    expect(ScheduledActions).toEqual([
      {
        ...WEB,
        ScheduledActionName: 'plan',
        ScheduledActionARN: expect.stringMatching(
          /^arn:aws:autoscaling:eu-central-1:123456789012:scheduledAction:[-0-9a-f]{36}:resource\/ecs\/service\/main\/web:scheduledActionName\/plan$/,
        ),
        Schedule: 'at(2026-01-05T10:00:00)',
        ScalableTargetAction: { MinCapacity: 5 },
        CreationTime: START,
      },
    ]);
    pass(fixture, HOUR);
    expect(await desired(fixture)).toBe(2);
    pass(fixture, HOUR);
    expect(await desired(fixture)).toBe(5);
  });

  it('does nothing after it was deleted', async () => {
    const fixture = await startScheduled(2, { Schedule: 'rate(1 hour)', ScalableTargetAction: { MinCapacity: 5 } });
    await fixture.scaling.send(new DeleteScheduledActionCommand({ ...WEB, ScheduledActionName: 'plan' }));
    pass(fixture, 3 * HOUR);
    expect(await desired(fixture)).toBe(2);
    await expect(fixture.scaling.send(new DescribeScheduledActionsCommand(WEB))).resolves.toMatchObject({
      ScheduledActions: [],
    });
  });

  it.each([
    [{ Schedule: 'rate(1 hour)' }, 'At least one of minimum capacity and maximum capacity should be provided'],
    [{ ScalableTargetAction: { MinCapacity: 1 } }, /Schedule must be specified/],
    [
      { Schedule: 'rate(1 hour)', Timezone: 'Mars/Olympus', ScalableTargetAction: { MinCapacity: 1 } },
      /Invalid timezone/,
    ],
    [{ Schedule: '0 8 * * *', ScalableTargetAction: { MinCapacity: 1 } }, /Invalid schedule expression/],
    [{ Schedule: 'rate(1 hour)', ScalableTargetAction: { MinCapacity: 3, MaxCapacity: 2 } }, /Maximum capacity cannot/],
    [
      { Schedule: 'rate(1 hour)', StartTime: START, EndTime: START, ScalableTargetAction: { MinCapacity: 3 } },
      /start time/,
    ],
    [
      { ScheduledActionName: 'a:b', Schedule: 'rate(1 hour)', ScalableTargetAction: { MinCapacity: 1 } },
      /scheduledActionName/,
    ],
  ])('is refused with %j', async (input, message) => {
    const fixture = await startScaling();
    await register(fixture);
    await expectError(put(fixture, input), 'ValidationException', message);
    await expect(fixture.scaling.send(new DescribeScheduledActionsCommand(WEB))).resolves.toMatchObject({
      ScheduledActions: [],
    });
  });
});
