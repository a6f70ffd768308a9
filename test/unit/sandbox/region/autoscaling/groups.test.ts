import {
  CreateAutoScalingGroupCommand,
  type CreateAutoScalingGroupCommandInput,
  DeleteAutoScalingGroupCommand,
  DescribeAccountLimitsCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeScalingActivitiesCommand,
} from '@aws-sdk/client-auto-scaling';
import { DeleteLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { expectError } from '../support.ts';
import {
  activitiesOf,
  createGroup,
  describeGroup,
  GROUP,
  idsOf,
  inEc2,
  instancesOf,
  settle,
  startGroups,
  startWithGroup,
  statesOf,
  update,
} from './support.ts';

describe('CreateAutoScalingGroup', () => {
  it('launches the desired instances, which come into service once they run', async () => {
    const fixture = await startGroups();
    await createGroup(fixture, { DesiredCapacity: 2 });
    expect(await statesOf(fixture)).toEqual({});
    fixture.region.advance(500);
    expect(await statesOf(fixture)).toEqual({ Pending: 2 });
    fixture.region.advance(10_000);
    expect(await statesOf(fixture)).toEqual({ InService: 2 });
  });

  it('answers with what AWS fills in and with what was given', async () => {
    const fixture = await startWithGroup({
      MinSize: 1,
      DefaultInstanceWarmup: 30,
      TerminationPolicies: ['OldestInstance'],
    });
    const group = await describeGroup(fixture);
    expect(group).toMatchObject({
      LaunchTemplate: { LaunchTemplateId: fixture.template, LaunchTemplateName: 'web', Version: '1' },
      MinSize: 1,
      MaxSize: 10,
      DesiredCapacity: 1,
      DefaultCooldown: 300,
      DefaultInstanceWarmup: 30,
      HealthCheckType: 'EC2',
      HealthCheckGracePeriod: 0,
      NewInstancesProtectedFromScaleIn: false,
      TerminationPolicies: ['OldestInstance'],
      AvailabilityZones: ['eu-central-1a', 'eu-central-1b', 'eu-central-1c'],
      VPCZoneIdentifier: 'subnet-1,subnet-2,subnet-3',
      SuspendedProcesses: [],
      Tags: [],
    });
    expect(group.Status).toBeUndefined();
    expect(group.AutoScalingGroupARN).toMatch(
      /^arn:aws:autoscaling:eu-central-1:123456789012:autoScalingGroup:[0-9a-f-]{36}:autoScalingGroupName\/g$/,
    );
    expect(group.Instances?.[0]).toMatchObject({
      LifecycleState: 'InService',
      HealthStatus: 'Healthy',
      ProtectedFromScaleIn: false,
      LaunchTemplate: { LaunchTemplateName: 'web', Version: '1' },
    });
  });

  it('gives instances the tags that are to be propagated, and those of AWS', async () => {
    const fixture = await startWithGroup({
      DesiredCapacity: 1,
      Tags: [
        { Key: 'yes', Value: '1', PropagateAtLaunch: true },
        { Key: 'no', Value: '2', PropagateAtLaunch: false },
      ],
    });
    const [id = ''] = await idsOf(fixture);
    const tags = (await inEc2(fixture, id))?.Tags ?? [];
    expect(Object.fromEntries(tags.map(({ Key, Value }) => [Key, Value]))).toEqual({
      yes: '1',
      'aws:autoscaling:groupName': 'g',
      'aws:ec2launchtemplate:id': fixture.template,
      'aws:ec2launchtemplate:version': '1',
    });
  });

  it('spreads instances over the zones of its subnets', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 5 });
    const zones = (await instancesOf(fixture)).map(({ AvailabilityZone }) => AvailabilityZone);
    const counts = ['a', 'b', 'c'].map((zone) => zones.filter((each) => each === `eu-central-1${zone}`).length);
    expect(counts).toEqual([2, 2, 1]);
  });

  it('counts zones, not subnets, when it spreads them', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 2, VPCZoneIdentifier: 'subnet-1,subnet-4,subnet-2' });
    const zones = (await instancesOf(fixture)).map(({ AvailabilityZone }) => AvailabilityZone);
    expect(zones).toEqual(['eu-central-1a', 'eu-central-1b']);
  });

  it('is done by the next request where all is instant', async () => {
    const fixture = await startGroups({ speed: 0, timings: 'instant' });
    await createGroup(fixture, { DesiredCapacity: 2 });
    expect(await statesOf(fixture)).toEqual({ InService: 2 });
    await fixture.scaling.send(new DeleteAutoScalingGroupCommand({ ...GROUP, ForceDelete: true }));
    expect(fixture.region.inventory()).toMatchObject({ autoScalingGroups: [], instances: [] });
  });

  it.each<[string, Partial<CreateAutoScalingGroupCommandInput>, string, string | RegExp | undefined]>([
    [
      'a name in use',
      { AutoScalingGroupName: 'taken' },
      'AlreadyExistsFault',
      'AutoScalingGroup by this name already exists - A group with the name taken already exists',
    ],
    ['a name with a colon', { AutoScalingGroupName: 'a:b' }, 'ValidationError', undefined],
    [
      'a maximum below the minimum',
      { MinSize: 3, MaxSize: 2 },
      'ValidationError',
      'Max bound, 2, must be greater than or equal to min bound, 3',
    ],
    [
      'a desired capacity out of bounds',
      { MinSize: 1, MaxSize: 2, DesiredCapacity: 3 },
      'ValidationError',
      'Desired capacity:3 must be between the specified min size:1 and max size:2',
    ],
    [
      'no place to launch in',
      { VPCZoneIdentifier: undefined },
      'ValidationError',
      'At least one Availability Zone or VPC Subnet is required.',
    ],
    [
      'an unknown zone',
      { VPCZoneIdentifier: undefined, AvailabilityZones: ['eu-central-1z'] },
      'ValidationError',
      /1z/,
    ],
    [
      'nothing to launch from',
      { LaunchTemplate: undefined },
      'ValidationError',
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    ],
    [
      'two things to launch from',
      { LaunchConfigurationName: 'x' },
      'ValidationError',
      'Valid requests must contain either LaunchTemplate, LaunchConfigurationName, InstanceId or MixedInstancesPolicy parameter.',
    ],
    ['an unknown template', { LaunchTemplate: { LaunchTemplateName: 'nope' } }, 'ValidationError', /does not exist/],
    [
      'an unknown version',
      { LaunchTemplate: { LaunchTemplateName: 'web', Version: '4' } },
      'ValidationError',
      /Could not find the specified version 4/,
    ],
    [
      'an unknown instance type',
      {
        LaunchTemplate: undefined,
        MixedInstancesPolicy: {
          LaunchTemplate: {
            LaunchTemplateSpecification: { LaunchTemplateName: 'web' },
            Overrides: [{ InstanceType: 'm5.huge' }],
          },
        },
      },
      'ValidationError',
      "You must use a valid fully-formed launch template. Invalid value 'm5.huge' for InstanceType.",
    ],
    ['an unknown termination policy', { TerminationPolicies: ['Youngest'] }, 'ValidationError', /Youngest/],
    ['a lifetime of an hour', { MaxInstanceLifetime: 3_600 }, 'ValidationError', /86400/],
    ['a tag of AWS', { Tags: [{ Key: 'aws:x', Value: 'y' }] }, 'ValidationError', /aws:/],
  ])('refuses %s and makes nothing', async (_what, input, code, message) => {
    const fixture = await startGroups();
    await createGroup(fixture, { AutoScalingGroupName: 'taken' });
    await expectError(createGroup(fixture, input), code, message);
    expect(fixture.region.inventory().autoScalingGroups).toHaveLength(1);
  });

  it('names a missing parameter as AWS does', async () => {
    const { scaling } = await startGroups();
    const input = { AutoScalingGroupName: 'g', MinSize: 1 } as CreateAutoScalingGroupCommandInput;
    await expectError(
      scaling.send(new CreateAutoScalingGroupCommand(input)),
      'ValidationError',
      "1 validation error detected: Value null at 'maxSize' failed to satisfy constraint: Member must not be null",
    );
  });
});

describe('UpdateAutoScalingGroup', () => {
  it('moves the desired capacity into new bounds, and follows it', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    await update(fixture, { MinSize: 3 });
    settle(fixture);
    expect(await describeGroup(fixture)).toMatchObject({ MinSize: 3, DesiredCapacity: 3 });
    expect(await statesOf(fixture)).toEqual({ InService: 3 });
    await update(fixture, { MinSize: 0, MaxSize: 1 });
    settle(fixture);
    expect(await describeGroup(fixture)).toMatchObject({ MaxSize: 1, DesiredCapacity: 1 });
    expect(await statesOf(fixture)).toEqual({ InService: 1 });
  });

  it('refuses a desired capacity out of bounds, and changes nothing', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    await expectError(
      update(fixture, { DesiredCapacity: 11, NewInstancesProtectedFromScaleIn: true }),
      'ValidationError',
      'Desired capacity:11 must be between the specified min size:0 and max size:10',
    );
    expect(await describeGroup(fixture)).toMatchObject({ DesiredCapacity: 1, NewInstancesProtectedFromScaleIn: false });
  });

  it('leaves running instances as they are and launches new ones with what it says', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    await update(fixture, { NewInstancesProtectedFromScaleIn: true, DesiredCapacity: 2 });
    settle(fixture);
    expect((await instancesOf(fixture)).map(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn)).toEqual([false, true]);
  });

  it('of the distribution of a mixed group leaves its template and overrides as they are', async () => {
    const fixture = await startWithGroup({
      LaunchTemplate: undefined,
      MixedInstancesPolicy: {
        LaunchTemplate: {
          LaunchTemplateSpecification: { LaunchTemplateName: 'web', Version: '1' },
          Overrides: [{ InstanceType: 'm5.large' }],
        },
      },
    });
    await update(fixture, { MixedInstancesPolicy: { InstancesDistribution: { OnDemandBaseCapacity: 3 } } });
    expect((await describeGroup(fixture)).MixedInstancesPolicy).toMatchObject({
      LaunchTemplate: {
        LaunchTemplateSpecification: { LaunchTemplateName: 'web', Version: '1' },
        Overrides: [{ InstanceType: 'm5.large' }],
      },
      InstancesDistribution: { OnDemandBaseCapacity: 3, OnDemandPercentageAboveBaseCapacity: 100 },
    });
  });

  it('says that it does not find a group', async () => {
    await expectError(
      update(await startGroups(), { MinSize: 1 }),
      'ValidationError',
      "AutoScalingGroup name not found - AutoScalingGroup 'g' not found",
    );
  });
});

describe('DeleteAutoScalingGroup', () => {
  it('is refused while there are instances, then while they end, and works once they are gone', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 2 });
    const { scaling, region } = fixture;
    const remove = () => scaling.send(new DeleteAutoScalingGroupCommand(GROUP));
    await expectError(
      remove(),
      'ResourceInUseFault',
      'You cannot delete an AutoScalingGroup while there are instances or pending Spot instance request(s) still in the group.',
    );
    await update(fixture, { MinSize: 0, DesiredCapacity: 0 });
    region.advance(500);
    await expectError(
      remove(),
      'ScalingActivityInProgressFault',
      'You cannot delete an AutoScalingGroup while there are scaling activities in progress for that group.',
    );
    settle(fixture);
    await remove();
    expect((await describeGroup(fixture)).Status).toBe('Delete in progress');
    settle(fixture);
    expect(region.inventory()).toMatchObject({ autoScalingGroups: [], instances: [] });
  });

  it('while in progress lets nobody change the group or take its name', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1, NewInstancesProtectedFromScaleIn: true });
    await fixture.scaling.send(new DeleteAutoScalingGroupCommand({ ...GROUP, ForceDelete: true }));
    await expectError(
      update(fixture, { MinSize: 1 }),
      'ValidationError',
      'The AutoScaling group may not be modified while it is pending delete',
    );
    await expectError(
      createGroup(fixture),
      'AlreadyExistsFault',
      /already exists and is pending delete\. {2}Please wait/,
    );
    expect(await statesOf(fixture)).toEqual({ 'Terminating:Proceed': 1 });
    settle(fixture);
    expect(fixture.region.inventory()).toMatchObject({ autoScalingGroups: [], instances: [] });
    await createGroup(fixture);
  });

  it('leaves the activities of the group to be read', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    await fixture.scaling.send(new DeleteAutoScalingGroupCommand({ ...GROUP, ForceDelete: true }));
    settle(fixture);
    expect(await activitiesOf(fixture)).toEqual([]);
    const { Activities = [] } = await fixture.scaling.send(
      new DescribeScalingActivitiesCommand({ ...GROUP, IncludeDeletedGroups: true }),
    );
    expect(Activities.map(({ AutoScalingGroupState }) => AutoScalingGroupState)).toEqual(['Deleted', 'Deleted']);
  });
});

describe('DescribeAutoScalingGroups', () => {
  it('filters by name and tag, comes in pages, and leaves out what is not there', async () => {
    const fixture = await startGroups();
    for (const name of ['a', 'b', 'c']) {
      await createGroup(fixture, {
        AutoScalingGroupName: name,
        Tags: [{ Key: 'team', Value: name === 'c' ? 'x' : 'y' }],
      });
    }
    const names = async (input: object): Promise<(string | undefined)[]> => {
      const { AutoScalingGroups = [] } = await fixture.scaling.send(new DescribeAutoScalingGroupsCommand(input));
      return AutoScalingGroups.map(({ AutoScalingGroupName }) => AutoScalingGroupName);
    };
    expect(await names({ AutoScalingGroupNames: ['b', 'nope'] })).toEqual(['b']);
    expect(await names({ Filters: [{ Name: 'tag:team', Values: ['y'] }] })).toEqual(['a', 'b']);
    const { NextToken } = await fixture.scaling.send(new DescribeAutoScalingGroupsCommand({ MaxRecords: 2 }));
    expect(await names({ NextToken })).toEqual(['c']);
    await expectError(names({ NextToken: 'x' }), 'InvalidNextToken');
  });
});

describe('a group whose launch template is gone', () => {
  it('keeps its instances and fails to launch more', async () => {
    const fixture = await startWithGroup({ DesiredCapacity: 1 });
    await fixture.ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: fixture.template }));
    await update(fixture, { DesiredCapacity: 2 });
    settle(fixture);
    expect(await statesOf(fixture)).toEqual({ InService: 1 });
    expect((await activitiesOf(fixture))[0]).toMatchObject({ StatusCode: 'Failed', StatusMessage: /does not exist/ });
  });
});

describe('DescribeAccountLimits', () => {
  it('counts the groups', async () => {
    const fixture = await startWithGroup({});
    expect(await fixture.scaling.send(new DescribeAccountLimitsCommand({}))).toMatchObject({
      MaxNumberOfAutoScalingGroups: 500,
      NumberOfAutoScalingGroups: 1,
    });
  });
});
