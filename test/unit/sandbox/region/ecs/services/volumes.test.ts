import {
  CreateServiceCommand,
  RegisterTaskDefinitionCommand,
  RunTaskCommand,
  type ServiceManagedEBSVolumeConfiguration,
  type ServiceVolumeConfiguration,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { expectError, type Fixture, NETWORK, serviceInput, startPopulated } from '../../support.ts';

const VOLUME = { roleArn: 'arn:aws:iam::123456789012:role/ebs', sizeInGiB: 10 };

/** A task definition `disk:1` with a volume `data` that is configured at launch. */
async function startWithDisk(): Promise<Fixture> {
  const fixture = await startPopulated();
  await fixture.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'disk',
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE', 'EC2'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'nginx' }],
      volumes: [{ name: 'data', configuredAtLaunch: true }],
    }),
  );
  return fixture;
}

const service = (volumeConfigurations: ServiceVolumeConfiguration[] | undefined, launchType: 'FARGATE' | 'EC2') =>
  new CreateServiceCommand(serviceInput({ taskDefinition: 'disk', launchType, volumeConfigurations }));

const data = (changes: Partial<ServiceManagedEBSVolumeConfiguration>): ServiceVolumeConfiguration[] => [
  { name: 'data', managedEBSVolume: { ...VOLUME, ...changes } },
];

describe('a volume that is configured at launch (ST-10; guide 4, 22.11 and 22.12)', () => {
  it.each<[string, Partial<ServiceManagedEBSVolumeConfiguration>]>([
    ['is of a type that EBS has', { volumeType: 'gp4' }],
    ['has a size or a snapshot', { sizeInGiB: undefined }],
    ['has at least 1 GiB', { sizeInGiB: 0 }],
    ['has at most 16384 GiB', { sizeInGiB: 16_385 }],
    ['of type io1 has at least 4 GiB', { volumeType: 'io1', iops: 100, sizeInGiB: 3 }],
    ['of type st1 has at least 125 GiB', { volumeType: 'st1', sizeInGiB: 124 }],
    ['of type standard has at most 1024 GiB', { volumeType: 'standard', sizeInGiB: 1_025 }],
    ['of type io2 says its iops', { volumeType: 'io2' }],
    ['of type gp2 has no iops of its own (contradiction 4/3)', { volumeType: 'gp2', iops: 3_000 }],
    ['of type gp3 has at least 3000 iops', { iops: 2_999 }],
    ['of type io1 has at most 64000 iops', { volumeType: 'io1', iops: 64_001 }],
    ['has a throughput only with gp3', { volumeType: 'io2', iops: 100, throughput: 200 }],
    ['has a throughput of at most 1000', { throughput: 1_001 }],
    ['is encrypted if it has a key (VOL-40)', { kmsKeyId: 'alias/own' }],
    ['has a filesystem that there is', { filesystemType: 'zfs' as 'xfs' }],
    ['has an initialization rate only with a snapshot', { volumeInitializationRate: 100 }],
  ])('%s', async (_rule, changes) => {
    const { ecs } = await startWithDisk();
    await expectError(ecs.send(service(data(changes), 'EC2')), 'InvalidParameterException');
  });

  it.each<Partial<ServiceManagedEBSVolumeConfiguration>>([
    {},
    { sizeInGiB: undefined, snapshotId: 'snap-1', volumeInitializationRate: 100 },
    { volumeType: 'gp3', iops: 16_000, throughput: 1_000, sizeInGiB: 16_384 },
    { volumeType: 'io2', iops: 256_000, sizeInGiB: 4 },
    { volumeType: 'standard', sizeInGiB: 1_024, filesystemType: 'ext4' },
    { encrypted: true, kmsKeyId: 'alias/own' },
  ])('may be %j', async (changes) => {
    const { ecs } = await startWithDisk();
    const { service: created } = await ecs.send(service(data(changes), 'EC2'));
    expect(created?.deployments?.[0]?.volumeConfigurations).toHaveLength(1);
  });

  it('is not magnetic on Fargate', async () => {
    const { ecs } = await startWithDisk();
    await expectError(ecs.send(service(data({ volumeType: 'standard' }), 'FARGATE')), 'InvalidParameterException');
  });

  it('must be configured, and nothing else may be, by services and runs alike', async () => {
    const { ecs } = await startWithDisk();
    const other = [...data({}), { name: 'other', managedEBSVolume: VOLUME }];
    const wrong: [ServiceVolumeConfiguration[] | undefined, RegExp][] = [
      [undefined, /must be specified for volume data/],
      [[{ name: 'other', managedEBSVolume: VOLUME }], /volume other/i],
      [other, /at most 1/],
    ];
    for (const [volumeConfigurations, words] of wrong) {
      await expectError(ecs.send(service(volumeConfigurations, 'FARGATE')), 'InvalidParameterException', words);
      const run = { cluster: 'main', taskDefinition: 'disk', launchType: 'FARGATE', volumeConfigurations } as const;
      const sent = ecs.send(new RunTaskCommand({ ...run, networkConfiguration: NETWORK }));
      await expectError(sent, 'InvalidParameterException', words);
    }
  });
});
