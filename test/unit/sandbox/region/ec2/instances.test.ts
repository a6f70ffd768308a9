import {
  CreateTagsCommand,
  DeleteTagsCommand,
  DescribeImagesCommand,
  DescribeInstancesCommand,
  type DescribeInstancesCommandInput,
  DescribeInstanceTypeOfferingsCommand,
  DescribeInstanceTypesCommand,
  DescribeSubnetsCommand,
  DescribeTagsCommand,
  type EC2Client,
  type Instance,
  RunInstancesCommand,
  type RunInstancesCommandInput,
  StartInstancesCommand,
  StopInstancesCommand,
  TerminateInstancesCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { expectError } from '../support.ts';
import { createTemplate, DATA, type Ec2Fixture, IMAGE, startEc2 } from './support.ts';

async function run(ec2: EC2Client, input: Partial<RunInstancesCommandInput> = {}): Promise<Instance[]> {
  const { Instances = [] } = await ec2.send(
    new RunInstancesCommand({
      ...DATA,
      MinCount: 1,
      MaxCount: 1,
      SubnetId: 'subnet-1',
      ...input,
    } as RunInstancesCommandInput),
  );
  return Instances;
}

async function run1(ec2: EC2Client, input: Partial<RunInstancesCommandInput> = {}): Promise<string> {
  const [instance] = await run(ec2, input);
  return instance?.InstanceId ?? '';
}

async function describeAll(ec2: EC2Client, input: DescribeInstancesCommandInput = {}): Promise<Instance[]> {
  const { Reservations = [] } = await ec2.send(new DescribeInstancesCommand(input));
  return Reservations.flatMap(({ Instances = [] }) => Instances);
}

async function stateOf({ ec2 }: Ec2Fixture, id: string): Promise<string | undefined> {
  return (await describeAll(ec2, { InstanceIds: [id] }))[0]?.State?.Name;
}

describe('the life of an instance', () => {
  it('goes from pending to running, through stopping and starting, to terminated, and is forgotten after an hour', async () => {
    const fixture = await startEc2();
    const { ec2, region } = fixture;
    const id = await run1(ec2);
    expect(await stateOf(fixture, id)).toBe('pending');
    region.advance(10_000);
    expect(await stateOf(fixture, id)).toBe('running');
    await ec2.send(new StopInstancesCommand({ InstanceIds: [id] }));
    expect(await stateOf(fixture, id)).toBe('stopping');
    region.advance(3_000);
    expect(await stateOf(fixture, id)).toBe('stopped');
    await ec2.send(new StartInstancesCommand({ InstanceIds: [id] }));
    region.advance(3_000);
    expect(await stateOf(fixture, id)).toBe('running');
    const { TerminatingInstances = [] } = await ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    expect(TerminatingInstances[0]).toMatchObject({
      PreviousState: { Name: 'running', Code: 16 },
      CurrentState: { Name: 'shutting-down', Code: 32 },
    });
    expect(region.inventory().instances).toEqual([id]);
    region.advance(3_000);
    expect(await stateOf(fixture, id)).toBe('terminated');
    expect(region.inventory().instances).toEqual([]);
    region.advance(3_600_000);
    await expectError(stateOf(fixture, id), 'InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  });

  it('does not come up when it was terminated while it booted', async () => {
    const fixture = await startEc2();
    const id = await run1(fixture.ec2);
    await fixture.ec2.send(new TerminateInstancesCommand({ InstanceIds: [id] }));
    fixture.region.advance(60_000);
    expect(await stateOf(fixture, id)).toBe('terminated');
  });

  it('ends two minutes after the notice of a Spot interruption', async () => {
    const fixture = await startEc2();
    const id = await run1(fixture.ec2, { InstanceMarketOptions: { MarketType: 'spot' } });
    fixture.region.advance(10_000);
    expect(fixture.region.interruptSpotInstance(id)).toBe(true);
    fixture.region.advance(119_000);
    expect(await stateOf(fixture, id)).toBe('running');
    fixture.region.advance(1_000);
    const [instance] = await describeAll(fixture.ec2, { InstanceIds: [id] });
    expect(instance).toMatchObject({
      State: { Name: 'shutting-down' },
      StateReason: { Code: 'Server.SpotInstanceTermination' },
      InstanceLifecycle: 'spot',
    });
    expect(fixture.region.interruptSpotInstance('i-00000000')).toBe(false);
  });
});

describe('RunInstances', () => {
  it('takes from a launch template what it does not say itself, and the tags of both', async () => {
    const { ec2 } = await startEc2();
    const LaunchTemplateId = await createTemplate(ec2, {
      LaunchTemplateData: {
        ...DATA,
        UserData: 'RUNTX0NMVVNURVI9bWFpbg==',
        TagSpecifications: [
          {
            ResourceType: 'instance',
            Tags: [
              { Key: 'a', Value: 'template' },
              { Key: 'b', Value: 'template' },
            ],
          },
        ],
      },
    });
    const [instance] = await run(ec2, {
      ImageId: undefined,
      InstanceType: 'c5.large',
      LaunchTemplate: { LaunchTemplateId, Version: '$Latest' },
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'b', Value: 'own' }] }],
    });
    expect(instance).toMatchObject({ ImageId: IMAGE, InstanceType: 'c5.large', SubnetId: 'subnet-1' });
    expect(Object.fromEntries((instance?.Tags ?? []).map(({ Key, Value }) => [Key, Value]))).toEqual({
      a: 'template',
      b: 'own',
      'aws:ec2launchtemplate:id': LaunchTemplateId,
      'aws:ec2launchtemplate:version': '1',
    });
  });

  it.each([
    [
      'an unknown type',
      { InstanceType: 'm5.huge' as never },
      'InvalidParameterValue',
      "Invalid value 'm5.huge' for InstanceType.",
    ],
    ['no image', { ImageId: undefined }, 'MissingParameter', 'The request must contain the parameter ImageId'],
    ['a malformed image', { ImageId: 'image' }, 'InvalidAMIID.Malformed', undefined],
    ['what is no subnet', { SubnetId: 'net-1' }, 'InvalidSubnetID.NotFound', "The subnet ID 'net-1' does not exist"],
  ])('refuses %s', async (_what, input, code, message) => {
    const { ec2, region } = await startEc2();
    await expectError(run(ec2, input), code, message);
    expect(region.inventory().instances).toEqual([]);
  });

  it('finds no capacity where the region is short of it', async () => {
    const { ec2, region } = await startEc2();
    region.setShortage({ instanceType: 'm5.large', availabilityZone: 'eu-central-1a' }, true);
    await expectError(run(ec2), 'InsufficientInstanceCapacity', /sufficient m5.large capacity .* \(eu-central-1a\)/);
    expect(await run(ec2, { SubnetId: 'subnet-2' })).toHaveLength(1);
    expect(await run(ec2, { InstanceType: 'c5.large' })).toHaveLength(1);
    region.setShortage({ instanceType: 'm5.large', availabilityZone: 'eu-central-1a' }, false);
    expect(await run(ec2)).toHaveLength(1);
  });
});

describe('DescribeInstances', () => {
  it('filters by state, tag and zone, and comes in pages', async () => {
    const { ec2, region } = await startEc2();
    await run(ec2, { MaxCount: 4 });
    region.advance(10_000);
    const late = await run1(ec2, {
      SubnetId: 'subnet-b',
      TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'x', Value: 'y' }] }],
    });
    await run(ec2, { MaxCount: 2 });
    const filtered = async (Name: string, ...Values: string[]): Promise<number> =>
      (await describeAll(ec2, { Filters: [{ Name, Values }] })).length;
    expect(await filtered('instance-state-name', 'running')).toBe(4);
    expect(await filtered('instance-state-name', 'running', 'pending')).toBe(7);
    expect(await filtered('tag:x', 'y')).toBe(1);
    expect(await filtered('availability-zone', 'eu-central-1b')).toBe(1);
    await expectError(filtered('colour', 'red'), 'InvalidParameterValue', "The filter 'colour' is invalid");
    const first = await ec2.send(new DescribeInstancesCommand({ MaxResults: 5 }));
    const rest = await describeAll(ec2, { MaxResults: 5, ...(first.NextToken && { NextToken: first.NextToken }) });
    expect(rest).toHaveLength(2);
    expect((await describeAll(ec2, { InstanceIds: [late] }))[0]?.Placement?.AvailabilityZone).toBe('eu-central-1b');
  });
});

describe('tags', () => {
  it('are added to instances and templates alike; a value given on deletion has to match', async () => {
    const { ec2 } = await startEc2();
    const id = await run1(ec2);
    const template = await createTemplate(ec2);
    const tagged = async (): Promise<string[]> => {
      const { Tags = [] } = await ec2.send(new DescribeTagsCommand({ Filters: [{ Name: 'key', Values: ['a'] }] }));
      return Tags.map(({ ResourceType, Value }) => `${ResourceType} ${Value}`);
    };
    await ec2.send(new CreateTagsCommand({ Resources: [id, template], Tags: [{ Key: 'a', Value: '1' }] }));
    expect(await tagged()).toEqual(['instance 1', 'launch-template 1']);
    await ec2.send(new DeleteTagsCommand({ Resources: [id], Tags: [{ Key: 'a', Value: '2' }] }));
    await ec2.send(new DeleteTagsCommand({ Resources: [template], Tags: [{ Key: 'a', Value: '1' }] }));
    expect(await tagged()).toEqual(['instance 1']);
    await expectError(
      ec2.send(new CreateTagsCommand({ Resources: [template, 'i-00000000'], Tags: [{ Key: 'a', Value: '3' }] })),
      'InvalidInstanceID.NotFound',
    );
    expect(await tagged()).toEqual(['instance 1']);
  });
});

describe('what EC2 offers', () => {
  it('says what an instance type has, and that an unknown one does not exist', async () => {
    const { ec2 } = await startEc2();
    const { InstanceTypes = [] } = await ec2.send(
      new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.xlarge', 't4g.small', 'g4dn.12xlarge'] }),
    );
    expect(
      InstanceTypes.map((type) => [
        type.VCpuInfo?.DefaultVCpus,
        type.MemoryInfo?.SizeInMiB,
        type.NetworkInfo?.MaximumNetworkInterfaces,
        type.ProcessorInfo?.SupportedArchitectures?.[0],
        type.GpuInfo?.Gpus?.[0]?.Count,
      ]),
    ).toEqual([
      [4, 16_384, 4, 'x86_64', undefined],
      [2, 2_048, 3, 'arm64', undefined],
      [48, 196_608, 8, 'x86_64', 4],
    ]);
    await expectError(
      ec2.send(new DescribeInstanceTypesCommand({ InstanceTypes: ['m5.large', 'm5.huge' as never] })),
      'InvalidInstanceType',
      'The following supplied instance types do not exist: [m5.huge]',
    );
  });

  it('offers every type in every zone', async () => {
    const { ec2 } = await startEc2();
    const { InstanceTypeOfferings = [] } = await ec2.send(
      new DescribeInstanceTypeOfferingsCommand({
        LocationType: 'availability-zone',
        Filters: [{ Name: 'instance-type', Values: ['m5.large'] }],
      }),
    );
    expect(InstanceTypeOfferings.map(({ Location }) => Location)).toEqual([
      'eu-central-1a',
      'eu-central-1b',
      'eu-central-1c',
    ]);
  });

  it('knows ECS-optimized images by id', async () => {
    const { ec2 } = await startEc2();
    const { Images = [] } = await ec2.send(new DescribeImagesCommand({ ImageIds: [IMAGE] }));
    expect(Images[0]).toMatchObject({ Architecture: 'x86_64', ImageOwnerAlias: 'amazon', State: 'available' });
    await expectError(
      ec2.send(new DescribeImagesCommand({ ImageIds: ['ami-00000000'] })),
      'InvalidAMIID.NotFound',
      "The image id '[ami-00000000]' does not exist",
    );
  });

  it('has any subnet, in the zone that its last character says', async () => {
    const { ec2 } = await startEc2();
    const { Subnets = [] } = await ec2.send(
      new DescribeSubnetsCommand({ SubnetIds: ['subnet-1', 'subnet-x2', 'subnet-c'] }),
    );
    expect(Subnets.map(({ AvailabilityZone }) => AvailabilityZone)).toEqual([
      'eu-central-1a',
      'eu-central-1b',
      'eu-central-1c',
    ]);
    expect(Subnets[0]?.AvailabilityZoneId).toBe('euc1-az1');
  });
});
