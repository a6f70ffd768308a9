import {
  CompleteLifecycleActionCommand,
  DeleteAutoScalingGroupCommand,
  DeleteLifecycleHookCommand,
  DescribeLifecycleHooksCommand,
  PutLifecycleHookCommand,
  type PutLifecycleHookCommandInput,
  RecordLifecycleActionHeartbeatCommand,
} from '@aws-sdk/client-auto-scaling';
import { describe, expect, it } from 'vitest';
import { expectError } from '../support.ts';
import {
  activitiesOf,
  GROUP,
  type GroupFixture,
  idsOf,
  inEc2,
  settle,
  startWithGroup,
  statesOf,
  update,
} from './support.ts';

const LAUNCHING = 'autoscaling:EC2_INSTANCE_LAUNCHING';
const TERMINATING = 'autoscaling:EC2_INSTANCE_TERMINATING';

async function putHook({ scaling }: GroupFixture, input: Partial<PutLifecycleHookCommandInput>): Promise<void> {
  await scaling.send(new PutLifecycleHookCommand({ ...GROUP, LifecycleHookName: 'drain', ...input }));
}

async function complete({ scaling }: GroupFixture, InstanceId: string, result: string, hook = 'drain'): Promise<void> {
  await scaling.send(
    new CompleteLifecycleActionCommand({
      ...GROUP,
      LifecycleHookName: hook,
      InstanceId,
      LifecycleActionResult: result,
    }),
  );
}

/** One instance that waits for the hook `drain` while it ends. */
async function startTerminating(input: Partial<PutLifecycleHookCommandInput> = {}): Promise<[GroupFixture, string]> {
  const fixture = await startWithGroup({ DesiredCapacity: 1 });
  await putHook(fixture, {
    LifecycleTransition: TERMINATING,
    HeartbeatTimeout: 300,
    DefaultResult: 'CONTINUE',
    ...input,
  });
  const [id = ''] = await idsOf(fixture);
  await update(fixture, { DesiredCapacity: 0 });
  settle(fixture);
  return [fixture, id];
}

describe('a launching hook', () => {
  it('holds an instance that runs until it continues', async () => {
    const fixture = await startWithGroup({
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [{ LifecycleHookName: 'drain', LifecycleTransition: LAUNCHING }],
    });
    const [id = ''] = await idsOf(fixture);
    expect(await statesOf(fixture)).toEqual({ 'Pending:Wait': 1 });
    expect((await activitiesOf(fixture))[0]?.StatusCode).toBe('MidLifecycleAction');
    await complete(fixture, id, 'CONTINUE');
    expect(await statesOf(fixture)).toEqual({ InService: 1 });
    expect((await activitiesOf(fixture))[0]?.StatusCode).toBe('Successful');
  });

  it('that is abandoned ends the instance, and another one is launched', async () => {
    const fixture = await startWithGroup({
      DesiredCapacity: 1,
      LifecycleHookSpecificationList: [{ LifecycleHookName: 'drain', LifecycleTransition: LAUNCHING }],
    });
    const [id = ''] = await idsOf(fixture);
    await complete(fixture, id, 'ABANDON');
    settle(fixture);
    expect((await inEc2(fixture, id))?.State?.Name).toBe('terminated');
    expect(await statesOf(fixture)).toEqual({ 'Pending:Wait': 1 });
    expect(await idsOf(fixture)).not.toContain(id);
  });
});

describe('a terminating hook', () => {
  it('holds an instance that still runs until it continues', async () => {
    const [fixture, id] = await startTerminating();
    expect(await statesOf(fixture)).toEqual({ 'Terminating:Wait': 1 });
    expect((await inEc2(fixture, id))?.State?.Name).toBe('running');
    await complete(fixture, id, 'CONTINUE');
    expect(await statesOf(fixture)).toEqual({ 'Terminating:Proceed': 1 });
    settle(fixture);
    expect(await statesOf(fixture)).toEqual({});
    expect((await inEc2(fixture, id))?.State?.Name).toBe('terminated');
  });

  it('ends by its time-out, which heartbeats move', async () => {
    const [fixture, id] = await startTerminating();
    fixture.region.advance(200_000);
    await fixture.scaling.send(
      new RecordLifecycleActionHeartbeatCommand({ ...GROUP, LifecycleHookName: 'drain', InstanceId: id }),
    );
    fixture.region.advance(290_000);
    expect(await statesOf(fixture)).toEqual({ 'Terminating:Wait': 1 });
    fixture.region.advance(20_000);
    expect(await statesOf(fixture)).toEqual({});
  });

  it('cannot be moved beyond the global time-out of a hundred times its own', async () => {
    const [fixture, id] = await startTerminating({ HeartbeatTimeout: 30 });
    // `settle` was longer than the time-out: so beat from the start.
    expect(await statesOf(fixture)).toEqual({});
    await update(fixture, { DesiredCapacity: 1 });
    settle(fixture);
    const [next = ''] = await idsOf(fixture);
    expect(next).not.toBe(id);
    await update(fixture, { DesiredCapacity: 0 });
    fixture.region.advance(1_000);
    for (let beats = 0; beats < 149; beats += 1) {
      fixture.region.advance(20_000);
      await fixture.scaling.send(
        new RecordLifecycleActionHeartbeatCommand({ ...GROUP, LifecycleHookName: 'drain', InstanceId: next }),
      );
    }
    expect(await statesOf(fixture)).toEqual({ 'Terminating:Wait': 1 });
    fixture.region.advance(25_000);
    expect(await statesOf(fixture)).toEqual({});
  });

  it('waits for all others, but not after an ABANDON (MD-04)', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 2 });
    for (const LifecycleHookName of ['drain', 'other']) {
      await putHook(fixture, { LifecycleHookName, LifecycleTransition: TERMINATING });
    }
    const [first = '', second = ''] = await idsOf(fixture);
    await update(fixture, { DesiredCapacity: 0 });
    settle(fixture);
    await complete(fixture, first, 'CONTINUE');
    await complete(fixture, second, 'ABANDON');
    expect(await statesOf(fixture)).toEqual({ 'Terminating:Wait': 1, 'Terminating:Proceed': 1 });
    await complete(fixture, first, 'CONTINUE', 'other');
    settle(fixture);
    expect(await statesOf(fixture)).toEqual({});
  });

  it('ends with its hook when that is deleted', async () => {
    const [fixture] = await startTerminating();
    await fixture.scaling.send(new DeleteLifecycleHookCommand({ ...GROUP, LifecycleHookName: 'drain' }));
    settle(fixture);
    expect(await statesOf(fixture)).toEqual({});
  });

  it('does not hold a group that is deleted by force', async () => {
    const [fixture] = await startTerminating();
    await fixture.scaling.send(new DeleteAutoScalingGroupCommand({ ...GROUP, ForceDelete: true }));
    settle(fixture);
    expect(fixture.region.inventory()).toMatchObject({ autoScalingGroups: [], instances: [] });
  });
});

describe('lifecycle hooks', () => {
  it('have their defaults, and an update changes only what it names', async () => {
    const fixture = await startWithGroup({});
    await putHook(fixture, { LifecycleTransition: LAUNCHING, NotificationMetadata: 'x' });
    await putHook(fixture, { HeartbeatTimeout: 60 });
    const { LifecycleHooks = [] } = await fixture.scaling.send(new DescribeLifecycleHooksCommand(GROUP));
    expect(LifecycleHooks).toEqual([
      {
        AutoScalingGroupName: 'g',
        LifecycleHookName: 'drain',
        LifecycleTransition: LAUNCHING,
        DefaultResult: 'ABANDON',
        HeartbeatTimeout: 60,
        GlobalTimeout: 6_000,
        NotificationMetadata: 'x',
      },
    ]);
  });

  it.each([
    ['no transition', {}, /LifecycleTransition/],
    ['an unknown transition', { LifecycleTransition: 'autoscaling:SLEEP' }, /autoscaling:SLEEP/],
    ['a time-out of ten seconds', { LifecycleTransition: LAUNCHING, HeartbeatTimeout: 10 }, /between 30 and 7200/],
    ['an unknown result', { LifecycleTransition: LAUNCHING, DefaultResult: 'MAYBE' }, /MAYBE/],
  ])('are refused with %s', async (_what, input, message) => {
    const fixture = await startWithGroup({});
    await expectError(putHook(fixture, input), 'ValidationError', message);
  });

  it('are not completed for an instance that does not wait', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    await putHook(fixture, { LifecycleTransition: TERMINATING });
    const [id = ''] = await idsOf(fixture);
    await expectError(
      complete(fixture, id, 'CONTINUE'),
      'ValidationError',
      `No active Lifecycle Action found with instance ID ${id}`,
    );
  });
});
