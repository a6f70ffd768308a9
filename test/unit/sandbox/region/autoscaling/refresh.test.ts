import {
  CancelInstanceRefreshCommand,
  DescribeInstanceRefreshesCommand,
  DescribeWarmPoolCommand,
  type InstanceRefresh,
  PutWarmPoolCommand,
  type RefreshPreferences,
  RollbackInstanceRefreshCommand,
  SetInstanceProtectionCommand,
  StartInstanceRefreshCommand,
  type StartInstanceRefreshCommandInput,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateVersionCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { DATA } from '../ec2/support.ts';
import { expectError } from '../support.ts';
import {
  describeGroup,
  GROUP,
  type GroupFixture,
  idsOf,
  instancesOf,
  settle,
  startWithGroup,
  update,
} from './support.ts';

const VERSION_2 = { LaunchTemplate: { LaunchTemplateName: 'web', Version: '2' } };

/** A group of so many instances of version 1, and version 2 of its template. */
async function startOutdated(count: number): Promise<GroupFixture> {
  const fixture = await startWithGroup({ DesiredCapacity: count });
  await fixture.ec2.send(
    new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: 'web', LaunchTemplateData: DATA }),
  );
  return fixture;
}

async function start(
  { scaling }: GroupFixture,
  Preferences: RefreshPreferences = {},
  input: Partial<StartInstanceRefreshCommandInput> = { DesiredConfiguration: VERSION_2 },
): Promise<void> {
  await scaling.send(
    new StartInstanceRefreshCommand({ ...GROUP, Preferences: { InstanceWarmup: 0, ...Preferences }, ...input }),
  );
}

async function refreshOf({ scaling }: GroupFixture): Promise<InstanceRefresh> {
  const { InstanceRefreshes = [] } = await scaling.send(new DescribeInstanceRefreshesCommand(GROUP));
  return InstanceRefreshes[0] ?? {};
}

async function versionsOf(fixture: GroupFixture): Promise<(string | undefined)[]> {
  return (await instancesOf(fixture)).map(({ LaunchTemplate }) => LaunchTemplate?.Version);
}

async function protect({ scaling }: GroupFixture, InstanceIds: string[], ProtectedFromScaleIn: boolean): Promise<void> {
  await scaling.send(new SetInstanceProtectionCommand({ ...GROUP, InstanceIds, ProtectedFromScaleIn }));
}

/** Moves time until the refresh has ended, and says between which counts the instances in service and in all were. */
async function watch(fixture: GroupFixture): Promise<{ inService: [number, number]; most: number }> {
  const inService: number[] = [];
  const all: number[] = [];
  for (let step = 0; step < 500; step += 1) {
    const states = (await instancesOf(fixture)).map(({ LifecycleState = '' }) => LifecycleState);
    inService.push(states.filter((state) => state === 'InService').length);
    all.push(states.filter((state) => !state.startsWith('Terminating')).length);
    if ((await refreshOf(fixture)).EndTime !== undefined) {
      return { inService: [Math.min(...inService), Math.max(...inService)], most: Math.max(...all) };
    }
    fixture.region.advance(1_000);
  }
  throw new Error(`the refresh does not end: ${JSON.stringify(await refreshOf(fixture))}`);
}

describe('an instance refresh', () => {
  it.each<[string, RefreshPreferences, [number, number], number]>([
    ['half of them at a time', { MinHealthyPercentage: 50 }, [2, 4], 4],
    ['all at once', { MinHealthyPercentage: 0 }, [0, 4], 4],
    ['one at a time where the percentage would allow none', { MinHealthyPercentage: 90 }, [3, 4], 4],
    [
      'one after its replacement where a maximum of 100 leaves no room',
      { MinHealthyPercentage: 100, MaxHealthyPercentage: 100 },
      [4, 5],
      5,
    ],
    ['after launching the new ones', { MinHealthyPercentage: 100, MaxHealthyPercentage: 150 }, [4, 6], 6],
  ])('replaces all instances, %s', async (_what, preferences, inService, most) => {
    const fixture = await startOutdated(4);
    await start(fixture, preferences);
    expect(await watch(fixture)).toEqual({ inService, most });
    expect(await versionsOf(fixture)).toEqual(['2', '2', '2', '2']);
    expect(await refreshOf(fixture)).toMatchObject({
      Status: 'Successful',
      PercentageComplete: 100,
      InstancesToUpdate: 0,
      Preferences: { ...preferences, SkipMatching: false, AutoRollback: false, ScaleInProtectedInstances: 'Wait' },
    });
    settle(fixture);
    expect(fixture.region.inventory().instances).toHaveLength(4);
  });

  it('gives the group its desired configuration only once it has succeeded', async () => {
    const fixture = await startOutdated(2);
    await start(fixture);
    fixture.region.advance(5_000);
    expect((await describeGroup(fixture)).LaunchTemplate?.Version).toBe('1');
    await watch(fixture);
    expect((await describeGroup(fixture)).LaunchTemplate?.Version).toBe('2');
  });

  it('lets nobody change what is launched while it goes to a desired configuration', async () => {
    const fixture = await startOutdated(2);
    await start(fixture);
    await expectError(
      update(fixture, VERSION_2),
      'ValidationError',
      /^An active instance refresh with a desired configuration exists/,
    );
    await update(fixture, { DesiredCapacity: 3 });
    await watch(fixture);
    expect(await versionsOf(fixture)).toEqual(['2', '2', '2']);
  });

  it('replaces with what the group says where no configuration is given', async () => {
    const fixture = await startOutdated(2);
    await update(fixture, VERSION_2);
    await start(fixture, {}, {});
    await watch(fixture);
    expect(await versionsOf(fixture)).toEqual(['2', '2']);
  });

  it('skips instances that match, if it is to', async () => {
    const fixture = await startOutdated(2);
    await update(fixture, { ...VERSION_2, DesiredCapacity: 3 });
    settle(fixture);
    const before = await idsOf(fixture);
    await start(fixture, { SkipMatching: true });
    await watch(fixture);
    expect((await idsOf(fixture)).filter((id) => before.includes(id))).toEqual([before[2]]);
  });

  it('waits for new instances to warm up and says so', async () => {
    const fixture = await startOutdated(1);
    await start(fixture, { InstanceWarmup: 100 });
    fixture.region.advance(30_000);
    const [id = ''] = await idsOf(fixture);
    expect(await refreshOf(fixture)).toMatchObject({
      Status: 'InProgress',
      StatusReason: `Waiting for instances to warm up before continuing. For example: ${id.slice(2)} is warming up.`,
      PercentageComplete: 0,
      InstancesToUpdate: 0,
    });
    fixture.region.advance(90_000);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'Successful' });
  });

  it('replaces the instances of the warm pool too', async () => {
    const fixture = await startOutdated(1);
    await fixture.scaling.send(new PutWarmPoolCommand({ ...GROUP, MaxGroupPreparedCapacity: 3 }));
    settle(fixture);
    await start(fixture);
    await watch(fixture);
    settle(fixture);
    const { Instances = [] } = await fixture.scaling.send(new DescribeWarmPoolCommand(GROUP));
    expect(Instances.map(({ LaunchTemplate }) => LaunchTemplate?.Version)).toEqual(['2', '2']);
  });

  it('of an empty group has succeeded at once', async () => {
    const fixture = await startOutdated(0);
    await start(fixture);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'Pending' });
    fixture.region.advance(500);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'Successful', PercentageComplete: 100 });
  });

  it('bakes before it has succeeded', async () => {
    const fixture = await startOutdated(1);
    await start(fixture, { BakeTime: 300 });
    fixture.region.advance(60_000);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'Baking' });
    fixture.region.advance(300_000);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'Successful' });
  });

  it('stops at checkpoints, and for good at the last one below 100', async () => {
    const fixture = await startOutdated(4);
    await start(fixture, { CheckpointPercentages: [25, 50], CheckpointDelay: 600, MinHealthyPercentage: 0 });
    fixture.region.advance(60_000);
    expect(await versionsOf(fixture)).toEqual(['1', '1', '1', '2']);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'InProgress', PercentageComplete: 25 });
    fixture.region.advance(600_000);
    expect(await versionsOf(fixture)).toEqual(['1', '1', '2', '2']);
    fixture.region.advance(1_200_000);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'Successful' });
    expect(await versionsOf(fixture)).toEqual(['1', '1', '2', '2']);
  });
});

describe('a refresh of instances that are protected from scale-in (MD-03)', () => {
  it('waits for the protection to end', async () => {
    const fixture = await startOutdated(2);
    const ids = await idsOf(fixture);
    await protect(fixture, ids, true);
    await start(fixture);
    settle(fixture);
    expect(await idsOf(fixture)).toEqual(ids);
    expect((await refreshOf(fixture)).StatusReason).toMatch(/protected from scale-in/);
    await protect(fixture, ids, false);
    await watch(fixture);
    expect(await versionsOf(fixture)).toEqual(['2', '2']);
  });

  it('fails after an hour in which nothing could be replaced', async () => {
    const fixture = await startOutdated(1);
    await protect(fixture, await idsOf(fixture), true);
    await start(fixture);
    fixture.region.advance(3_599_000);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'InProgress' });
    fixture.region.advance(2_000);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'Failed', StatusReason: /protected from scale-in/ });
  });

  it.each([
    ['Ignore', ['1', '2']],
    ['Refresh', ['2', '2']],
  ] as const)('with %s does not wait', async (ScaleInProtectedInstances, versions) => {
    const fixture = await startOutdated(2);
    const [first = ''] = await idsOf(fixture);
    await protect(fixture, [first], true);
    await start(fixture, { ScaleInProtectedInstances });
    await watch(fixture);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'Successful' });
    expect(await versionsOf(fixture)).toEqual(versions);
  });
});

describe('the end of a refresh before its time', () => {
  it('by cancelling leaves the other instances as they are', async () => {
    const fixture = await startOutdated(4);
    await start(fixture);
    await expectError(
      start(fixture),
      'InstanceRefreshInProgressFault',
      'An Instance Refresh is already in progress and blocks the execution of this Instance Refresh.',
    );
    fixture.region.advance(15_000);
    await fixture.scaling.send(new CancelInstanceRefreshCommand(GROUP));
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'Cancelling' });
    settle(fixture);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'Cancelled' });
    expect(await versionsOf(fixture)).toContain('1');
    expect(await idsOf(fixture)).toHaveLength(4);
    await expectError(
      fixture.scaling.send(new CancelInstanceRefreshCommand(GROUP)),
      'ActiveInstanceRefreshNotFoundFault',
    );
  });

  it('by a rollback brings back what was there', async () => {
    const fixture = await startOutdated(4);
    await start(fixture);
    fixture.region.advance(30_000);
    expect(await versionsOf(fixture)).toContain('2');
    await fixture.scaling.send(new RollbackInstanceRefreshCommand(GROUP));
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'RollbackInProgress' });
    await watch(fixture);
    expect(await refreshOf(fixture)).toMatchObject({
      Status: 'RollbackSuccessful',
      RollbackDetails: { RollbackReason: 'Rollback due to user request.' },
    });
    expect(await versionsOf(fixture)).toEqual(['1', '1', '1', '1']);
    expect((await describeGroup(fixture)).LaunchTemplate?.Version).toBe('1');
  });

  it('cannot be a rollback without a desired configuration', async () => {
    const fixture = await startOutdated(1);
    await start(fixture, {}, {});
    await expectError(
      fixture.scaling.send(new RollbackInstanceRefreshCommand(GROUP)),
      'IrreversibleInstanceRefreshFault',
    );
  });

  it('comes by an alarm that it watches', async () => {
    const fixture = await startOutdated(2);
    await start(fixture, { InstanceWarmup: 600, AlarmSpecification: { Alarms: ['errors'] } });
    settle(fixture);
    fixture.region.setAlarm('other', 'ALARM');
    settle(fixture);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'InProgress' });
    fixture.region.setAlarm('errors', 'ALARM');
    settle(fixture);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'Failed', StatusReason: /errors/ });
    expect((await describeGroup(fixture)).LaunchTemplate?.Version).toBe('1');
  });

  it('is a rollback of itself where it is to be', async () => {
    const fixture = await startOutdated(2);
    await fixture.ec2.send(
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateName: 'web',
        LaunchTemplateData: { ...DATA, InstanceType: 'c5.large' },
      }),
    );
    fixture.region.setShortage({ instanceType: 'c5.large' }, true);
    await start(
      fixture,
      { AutoRollback: true },
      { DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: 'web', Version: '3' } } },
    );
    fixture.region.advance(3_700_000);
    expect(await refreshOf(fixture)).toMatchObject({ Status: 'RollbackSuccessful' });
    expect(await versionsOf(fixture)).toEqual(['1', '1']);
  });
});

describe('StartInstanceRefresh', () => {
  it.each<[string, RefreshPreferences, Partial<StartInstanceRefreshCommandInput> | undefined]>([
    ['a minimum above 100', { MinHealthyPercentage: 101 }, undefined],
    ['a maximum below 100', { MinHealthyPercentage: 50, MaxHealthyPercentage: 99 }, undefined],
    ['a maximum without a minimum', { MaxHealthyPercentage: 110 }, undefined],
    ['a delay without checkpoints', { CheckpointDelay: 60 }, undefined],
    ['percentages too far apart', { MinHealthyPercentage: 50, MaxHealthyPercentage: 200 }, undefined],
    ['checkpoints that go down', { CheckpointPercentages: [50, 20] }, undefined],
    ['auto rollback to nothing', { AutoRollback: true }, {}],
    ['an unknown way with protected instances', { ScaleInProtectedInstances: 'Maybe' as never }, undefined],
    [
      'an unknown version',
      {},
      { DesiredConfiguration: { LaunchTemplate: { LaunchTemplateName: 'web', Version: '9' } } },
    ],
  ])('refuses %s', async (_what, preferences, input) => {
    const fixture = await startOutdated(1);
    await expectError(start(fixture, preferences, input), 'ValidationError');
    expect(await refreshOf(fixture)).toEqual({});
  });
});
