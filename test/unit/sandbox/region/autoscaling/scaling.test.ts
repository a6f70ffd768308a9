import {
  AttachInstancesCommand,
  DetachInstancesCommand,
  ResumeProcessesCommand,
  SetInstanceProtectionCommand,
  SuspendProcessesCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateVersionCommand, RunInstancesCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { DATA, IMAGE } from '../ec2/support.ts';
import { expectError } from '../support.ts';
import {
  activitiesOf,
  describeGroup,
  GROUP,
  type GroupFixture,
  idsOf,
  instancesOf,
  setDesired,
  settle,
  startWithGroup,
  statesOf,
} from './support.ts';

async function protect({ scaling }: GroupFixture, InstanceIds: string[], ProtectedFromScaleIn = true): Promise<void> {
  await scaling.send(new SetInstanceProtectionCommand({ ...GROUP, InstanceIds, ProtectedFromScaleIn }));
}

async function terminate({ scaling }: GroupFixture, InstanceId: string, ShouldDecrementDesiredCapacity: boolean) {
  return scaling.send(new TerminateInstanceInAutoScalingGroupCommand({ InstanceId, ShouldDecrementDesiredCapacity }));
}

describe('SetDesiredCapacity', () => {
  it('scales out and in', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    await setDesired(fixture, 4);
    settle(fixture);
    expect(await statesOf(fixture)).toEqual({ InService: 4 });
    await setDesired(fixture, 2);
    settle(fixture);
    expect(await statesOf(fixture)).toEqual({ InService: 2 });
    expect(fixture.region.inventory().instances).toHaveLength(2);
  });

  it.each([
    [11, 'New SetDesiredCapacity value 11 is above max value 10 for the AutoScalingGroup.'],
    [0, 'New SetDesiredCapacity value 0 is below min value 1 for the AutoScalingGroup.'],
  ])('refuses %i', async (count, message) => {
    const fixture = await startWithGroup({ MinSize: 1 });
    await expectError(setDesired(fixture, count), 'ValidationError', message);
  });

  it('honours the cooldown only when asked to', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1, DefaultCooldown: 120 });
    await expectError(setDesired(fixture, 2, true), 'ScalingActivityInProgressFault', /blocks this action/);
    await setDesired(fixture, 2);
    fixture.region.advance(200_000);
    await setDesired(fixture, 3, true);
  });
});

describe('scale-in', () => {
  it('takes instances from the zone that has most, and of those the oldest template version', async () => {
    const fixture = await startWithGroup({
      LaunchTemplate: { LaunchTemplateName: 'web', Version: '$Latest' },
      DesiredCapacity: 1,
    });
    const [oldest = ''] = await idsOf(fixture);
    await setDesired(fixture, 3);
    settle(fixture);
    await fixture.ec2.send(
      new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: 'web', LaunchTemplateData: DATA }),
    );
    await setDesired(fixture, 6);
    settle(fixture);
    expect((await instancesOf(fixture)).map(({ LaunchTemplate }) => LaunchTemplate?.Version)).toEqual([
      '1',
      '1',
      '1',
      '2',
      '2',
      '2',
    ]);
    await setDesired(fixture, 3);
    settle(fixture);
    const left = await instancesOf(fixture);
    expect(left.map(({ LaunchTemplate }) => LaunchTemplate?.Version)).toEqual(['2', '2', '2']);
    expect(new Set(left.map(({ AvailabilityZone }) => AvailabilityZone)).size).toBe(3);
    expect(await idsOf(fixture)).not.toContain(oldest);
  });

  it.each([
    ['NewestInstance', 0],
    ['OldestInstance', 1],
  ])('by %s', async (policy, survivor) => {
    const fixture = await startWithGroup({
      DesiredCapacity: 1,
      VPCZoneIdentifier: 'subnet-1',
      TerminationPolicies: [policy],
    });
    await setDesired(fixture, 2);
    settle(fixture);
    const ids = await idsOf(fixture);
    await setDesired(fixture, 1);
    settle(fixture);
    expect(await idsOf(fixture)).toEqual([ids[survivor]]);
  });

  it('spares protected instances, and says so when only those are left', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 3 });
    const [first = '', second = ''] = await idsOf(fixture);
    await protect(fixture, [first, second]);
    await setDesired(fixture, 0);
    settle(fixture);
    expect(await idsOf(fixture)).toEqual([first, second]);
    expect((await activitiesOf(fixture)).at(0)).toMatchObject({
      StatusCode: 'Failed',
      StatusMessage: 'Could not scale to desired capacity because all remaining instances are protected from scale-in.',
    });
    await protect(fixture, [first], false);
    settle(fixture);
    expect(await idsOf(fixture)).toEqual([second]);
  });

  it('explains launches and terminations in its activities', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    const [id] = await idsOf(fixture);
    await setDesired(fixture, 0);
    settle(fixture);
    const [termination, launch] = await activitiesOf(fixture);
    expect(launch).toMatchObject({
      Description: `Launching a new EC2 instance: ${id}`,
      StatusCode: 'Successful',
      Progress: 100,
      Details: '{"Subnet ID":"subnet-1","Availability Zone":"eu-central-1a"}',
    });
    expect(launch?.Cause).toMatch(
      /^At \S+Z a user request created an AutoScalingGroup changing the desired capacity from 0 to 1\. {2}At \S+Z an instance was started in response to a difference between desired and actual capacity, increasing the capacity from 0 to 1\.$/,
    );
    expect(termination).toMatchObject({ Description: `Terminating EC2 instance: ${id}`, StatusCode: 'Successful' });
    expect(termination?.Cause).toMatch(
      /explicitly set group desired capacity changing the desired capacity from 1 to 0/,
    );
    expect(termination?.Cause).toMatch(/instance i-[0-9a-f]+ was selected for termination\.$/);
  });
});

describe('SetInstanceProtection', () => {
  it('refuses what is not in the group, and sets none of the others', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    const [id = ''] = await idsOf(fixture);
    await expectError(
      protect(fixture, [id, 'i-00000000']),
      'ValidationError',
      'The instance i-00000000 is not part of Auto Scaling group g.',
    );
    expect((await instancesOf(fixture))[0]?.ProtectedFromScaleIn).toBe(false);
    await terminate(fixture, id, false);
    await expectError(
      protect(fixture, [id]),
      'ValidationError',
      `The instance ${id} is not in InService or EnteringStandby or Standby.`,
    );
  });
});

describe('TerminateInstanceInAutoScalingGroup', () => {
  it('ends an instance, protected or not, and replaces it', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    const [id = ''] = await idsOf(fixture);
    await protect(fixture, [id]);
    const { Activity } = await terminate(fixture, id, false);
    expect(Activity).toMatchObject({ Description: `Terminating EC2 instance: ${id}`, StatusCode: 'InProgress' });
    settle(fixture);
    const ids = await idsOf(fixture);
    expect(ids).toHaveLength(1);
    expect(ids).not.toContain(id);
  });

  it('does so once, however often it is asked', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    const [id = ''] = await idsOf(fixture);
    const { Activity } = await terminate(fixture, id, false);
    const again = await terminate(fixture, id, false);
    expect(again.Activity?.ActivityId).toBe(Activity?.ActivityId);
    settle(fixture);
    const descriptions = (await activitiesOf(fixture)).map(({ Description }) => Description);
    expect(descriptions.filter((each) => each === `Terminating EC2 instance: ${id}`)).toHaveLength(1);
  });

  it('does not replace it when it lowers the desired capacity, which stays above the minimum', async () => {
    const fixture = await startWithGroup({ MinSize: 1, DesiredCapacity: 2 });
    const [first = '', second = ''] = await idsOf(fixture);
    await terminate(fixture, first, true);
    settle(fixture);
    expect(await describeGroup(fixture)).toMatchObject({ DesiredCapacity: 1 });
    expect(await idsOf(fixture)).toEqual([second]);
    await expectError(
      terminate(fixture, second, true),
      'ValidationError',
      /^Currently, desiredSize equals minSize \(1\)/,
    );
    await expectError(
      terminate(fixture, 'i-00000000', false),
      'ValidationError',
      'Instance Id not found - No managed instance found for instance ID: i-00000000',
    );
  });
});

describe('instances that are not launched by the group', () => {
  it('can be attached, which raises the desired capacity, and detached, which leaves them running', async () => {
    const fixture = await startWithGroup({ MaxSize: 1 });
    const { ec2, scaling, region } = fixture;
    const run = { ImageId: IMAGE, InstanceType: 'm5.large', SubnetId: 'subnet-2', MinCount: 2, MaxCount: 2 } as const;
    const { Instances = [] } = await ec2.send(new RunInstancesCommand(run));
    const [first = '', second = ''] = Instances.map(({ InstanceId = '' }) => InstanceId);
    const attach = (id: string) => scaling.send(new AttachInstancesCommand({ ...GROUP, InstanceIds: [id] }));
    await expectError(attach(first), 'ValidationError', /must be in 'running' state/);
    settle(fixture);
    await attach(first);
    await expectError(attach(first), 'ValidationError', /already part of an AutoScalingGroup/);
    await expectError(attach(second), 'ValidationError', /would exceed its max-size/);
    settle(fixture);
    expect(await describeGroup(fixture)).toMatchObject({ DesiredCapacity: 1 });
    expect(await idsOf(fixture)).toEqual([first]);
    const detach = { ...GROUP, InstanceIds: [first], ShouldDecrementDesiredCapacity: true };
    const { Activities = [] } = await scaling.send(new DetachInstancesCommand(detach));
    expect(Activities.map(({ Description }) => Description)).toEqual([`Detaching EC2 instance: ${first}`]);
    settle(fixture);
    expect(await describeGroup(fixture)).toMatchObject({ DesiredCapacity: 0, Instances: [] });
    expect(region.inventory().instances).toEqual([first, second]);
  });

  it('are replaced where they are detached without lowering the desired capacity', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    const [id = ''] = await idsOf(fixture);
    const detach = { ...GROUP, InstanceIds: [id], ShouldDecrementDesiredCapacity: false };
    await fixture.scaling.send(new DetachInstancesCommand(detach));
    settle(fixture);
    expect(await statesOf(fixture)).toEqual({ InService: 1 });
    expect(await idsOf(fixture)).not.toContain(id);
    expect(fixture.region.inventory().instances).toHaveLength(2);
  });
});

describe('suspended processes', () => {
  it('keep a group from launching and terminating until they are resumed', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    const { scaling } = fixture;
    await scaling.send(new SuspendProcessesCommand({ ...GROUP, ScalingProcesses: ['Launch', 'Terminate'] }));
    expect((await describeGroup(fixture)).SuspendedProcesses?.map(({ ProcessName }) => ProcessName)).toEqual([
      'Launch',
      'Terminate',
    ]);
    await setDesired(fixture, 2);
    settle(fixture);
    expect(await statesOf(fixture)).toEqual({ InService: 1 });
    await setDesired(fixture, 0);
    settle(fixture);
    expect(await statesOf(fixture)).toEqual({ InService: 1 });
    await scaling.send(new ResumeProcessesCommand({ ...GROUP, ScalingProcesses: ['Terminate'] }));
    settle(fixture);
    expect(await statesOf(fixture)).toEqual({});
    await expectError(
      scaling.send(new SuspendProcessesCommand({ ...GROUP, ScalingProcesses: ['Sleep'] })),
      'ValidationError',
    );
  });
});
