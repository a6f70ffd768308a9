import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  DeleteLaunchTemplateVersionsCommand,
  DescribeLaunchTemplatesCommand,
  DescribeLaunchTemplateVersionsCommand,
  type DescribeLaunchTemplateVersionsCommandInput,
  type EC2Client,
  ModifyLaunchTemplateCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, it } from 'vitest';
import { expectError } from '../support.ts';
import { createTemplate, DATA, startEc2 } from './support.ts';

const MISSING = 'lt-00000000000000000';

async function versions(
  ec2: EC2Client,
  input: DescribeLaunchTemplateVersionsCommandInput,
): Promise<(number | undefined)[]> {
  const { LaunchTemplateVersions = [] } = await ec2.send(new DescribeLaunchTemplateVersionsCommand(input));
  return LaunchTemplateVersions.map(({ VersionNumber }) => VersionNumber);
}

async function addVersion(ec2: EC2Client, LaunchTemplateId: string): Promise<void> {
  await ec2.send(new CreateLaunchTemplateVersionCommand({ LaunchTemplateId, LaunchTemplateData: DATA }));
}

describe('CreateLaunchTemplate', () => {
  it('makes version 1 the default and keeps the tags that are for the template itself', async () => {
    const { ec2, region } = await startEc2();
    const { LaunchTemplate } = await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: 'web',
        LaunchTemplateData: {
          ...DATA,
          TagSpecifications: [{ ResourceType: 'instance', Tags: [{ Key: 'on', Value: 'instance' }] }],
        },
        TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'team', Value: 'a' }] }],
      }),
    );
    expect(LaunchTemplate).toMatchObject({
      LaunchTemplateName: 'web',
      DefaultVersionNumber: 1,
      LatestVersionNumber: 1,
      Tags: [{ Key: 'team', Value: 'a' }],
    });
    expect(LaunchTemplate?.LaunchTemplateId).toMatch(/^lt-[0-9a-f]{17}$/);
    expect(region.inventory().launchTemplates).toEqual([LaunchTemplate?.LaunchTemplateId]);
  });

  it('returns every member of the data as it was given', async () => {
    const { ec2 } = await startEc2();
    const data = {
      ...DATA,
      UserData: Buffer.from('ECS_CLUSTER=main').toString('base64'),
      IamInstanceProfile: { Name: 'ecsInstanceRole' },
      BlockDeviceMappings: [
        { DeviceName: '/dev/xvda', Ebs: { VolumeSize: 50, VolumeType: 'gp3' as const, Encrypted: true } },
      ],
      NetworkInterfaces: [{ DeviceIndex: 0, Groups: ['sg-1'], AssociatePublicIpAddress: false }],
      MetadataOptions: { HttpTokens: 'required' as const, HttpPutResponseHopLimit: 2 },
      Monitoring: { Enabled: true },
      TagSpecifications: [{ ResourceType: 'volume' as const, Tags: [{ Key: 'a', Value: '' }] }],
    };
    const id = await createTemplate(ec2, { LaunchTemplateData: data });
    const { LaunchTemplateVersions = [] } = await ec2.send(
      new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id }),
    );
    expect(LaunchTemplateVersions[0]?.LaunchTemplateData).toEqual(data);
  });

  it('answers a repeated client token with what it made, and refuses it for anything else', async () => {
    const { ec2, region } = await startEc2();
    const id = await createTemplate(ec2, { ClientToken: 't' });
    expect(await createTemplate(ec2, { ClientToken: 't' })).toBe(id);
    expect(region.inventory().launchTemplates).toHaveLength(1);
    await expectError(
      createTemplate(ec2, { ClientToken: 't', LaunchTemplateName: 'other' }),
      'IdempotentParameterMismatch',
    );
  });

  it('warns of an instance type that does not exist, and stores it', async () => {
    const { ec2, region } = await startEc2();
    const answer = await ec2.send(
      new CreateLaunchTemplateCommand({
        LaunchTemplateName: 'web',
        LaunchTemplateData: { InstanceType: 'm5.huge' as never },
      }),
    );
    expect(answer.Warning?.Errors?.[0]?.Message).toBe("Invalid value 'm5.huge' for InstanceType.");
    expect(region.inventory().launchTemplates).toHaveLength(1);
  });

  it.each([
    ['a name in use', { LaunchTemplateName: 'taken' }, 'InvalidLaunchTemplateName.AlreadyExistsException'],
    ['a name that is too short', { LaunchTemplateName: 'ab' }, 'InvalidLaunchTemplateName.MalformedException'],
    [
      'user data that is not base64',
      { LaunchTemplateData: { ...DATA, UserData: '#!/bin/bash' } },
      'InvalidUserData.Malformed',
    ],
    [
      'user data that is too long',
      { LaunchTemplateData: { ...DATA, UserData: Buffer.alloc(16_385).toString('base64') } },
      'InvalidParameterValue',
    ],
    [
      'tags for instances in the request itself',
      { TagSpecifications: [{ ResourceType: 'instance' as const, Tags: [{ Key: 'a', Value: 'b' }] }] },
      'InvalidParameterValue',
    ],
    [
      'tags of AWS',
      { TagSpecifications: [{ ResourceType: 'launch-template' as const, Tags: [{ Key: 'aws:x', Value: 'b' }] }] },
      'InvalidParameterValue',
    ],
    ['a dry run', { DryRun: true }, 'DryRunOperation'],
  ])('refuses %s and stores nothing', async (_what, input, code) => {
    const { ec2, region } = await startEc2();
    await createTemplate(ec2, { LaunchTemplateName: 'taken' });
    await expectError(createTemplate(ec2, input), code);
    expect(region.inventory().launchTemplates).toHaveLength(1);
  });
});

describe('CreateLaunchTemplateVersion', () => {
  it('replaces members of its source as a whole, and without a source starts empty', async () => {
    const { ec2 } = await startEc2();
    const id = await createTemplate(ec2, {
      LaunchTemplateData: {
        ...DATA,
        KeyName: 'k',
        MetadataOptions: { HttpTokens: 'required', HttpEndpoint: 'enabled' },
      },
    });
    const change = { InstanceType: 'c5.large' as const, MetadataOptions: { HttpTokens: 'optional' as const } };
    const merged = await ec2.send(
      new CreateLaunchTemplateVersionCommand({ LaunchTemplateId: id, SourceVersion: '1', LaunchTemplateData: change }),
    );
    expect(merged.LaunchTemplateVersion?.LaunchTemplateData).toEqual({ ...DATA, KeyName: 'k', ...change });
    const alone = await ec2.send(
      new CreateLaunchTemplateVersionCommand({ LaunchTemplateName: 'web', LaunchTemplateData: change }),
    );
    expect(alone.LaunchTemplateVersion).toMatchObject({ VersionNumber: 3, DefaultVersion: false });
    expect(alone.LaunchTemplateVersion?.LaunchTemplateData).toEqual(change);
  });

  it('does not move the default, which ModifyLaunchTemplate does', async () => {
    const { ec2 } = await startEc2();
    const id = await createTemplate(ec2);
    await addVersion(ec2, id);
    const before = await ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateIds: [id] }));
    expect(before.LaunchTemplates?.[0]).toMatchObject({ DefaultVersionNumber: 1, LatestVersionNumber: 2 });
    const { LaunchTemplate } = await ec2.send(
      new ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion: '2' }),
    );
    expect(LaunchTemplate).toMatchObject({ DefaultVersionNumber: 2, LatestVersionNumber: 2 });
  });

  it('refuses a source and a default that do not exist', async () => {
    const { ec2 } = await startEc2();
    const id = await createTemplate(ec2);
    await expectError(
      ec2.send(
        new CreateLaunchTemplateVersionCommand({ LaunchTemplateId: id, SourceVersion: '7', LaunchTemplateData: DATA }),
      ),
      'InvalidLaunchTemplateId.VersionNotFound',
    );
    await expectError(
      ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion: '7' })),
      'InvalidLaunchTemplateId.VersionNotFound',
      `Could not find the specified version 7 for the launch template with ID ${id}.`,
    );
  });
});

describe('DescribeLaunchTemplateVersions', () => {
  it('finds versions by number, alias and range, newest first', async () => {
    const { ec2 } = await startEc2();
    const id = await createTemplate(ec2);
    for (let count = 0; count < 3; count += 1) await addVersion(ec2, id);
    await ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateId: id, DefaultVersion: '2' }));
    expect(await versions(ec2, { LaunchTemplateId: id })).toEqual([4, 3, 2, 1]);
    expect(await versions(ec2, { LaunchTemplateName: 'web', Versions: ['$Latest', '$Default', '1'] })).toEqual([
      4, 2, 1,
    ]);
    expect(await versions(ec2, { LaunchTemplateId: id, MinVersion: '2', MaxVersion: '3' })).toEqual([3, 2]);
    expect(await versions(ec2, { Versions: ['$Default'] })).toEqual([2]);
    expect(
      await versions(ec2, { LaunchTemplateId: id, Filters: [{ Name: 'is-default-version', Values: ['true'] }] }),
    ).toEqual([2]);
  });

  it('comes in pages', async () => {
    const { ec2 } = await startEc2();
    const id = await createTemplate(ec2);
    await addVersion(ec2, id);
    await addVersion(ec2, id);
    const first = await ec2.send(new DescribeLaunchTemplateVersionsCommand({ LaunchTemplateId: id, MaxResults: 2 }));
    expect(first.LaunchTemplateVersions).toHaveLength(2);
    const rest = await versions(ec2, { LaunchTemplateId: id, MaxResults: 2, NextToken: first.NextToken });
    expect(rest).toEqual([1]);
  });

  it.each([
    ['an unknown id', { LaunchTemplateId: MISSING }, 'InvalidLaunchTemplateId.NotFound'],
    ['a malformed id', { LaunchTemplateId: 'web' }, 'InvalidLaunchTemplateId.Malformed'],
    ['an unknown name', { LaunchTemplateName: 'other' }, 'InvalidLaunchTemplateName.NotFoundException'],
    ['an unknown version', { LaunchTemplateName: 'web', Versions: ['9'] }, 'InvalidLaunchTemplateId.VersionNotFound'],
    ['a number without a template', { Versions: ['1'] }, 'InvalidParameterValue'],
    ['neither template nor versions', {}, 'MissingParameter'],
    ['id and name', { LaunchTemplateId: MISSING, LaunchTemplateName: 'web' }, 'InvalidParameterCombination'],
  ])('refuses %s', async (_what, input, code) => {
    const { ec2 } = await startEc2();
    await createTemplate(ec2);
    await expectError(ec2.send(new DescribeLaunchTemplateVersionsCommand(input)), code);
  });
});

describe('DeleteLaunchTemplateVersions', () => {
  it('answers for each version, keeps the default, and never uses a number again', async () => {
    const { ec2 } = await startEc2();
    const id = await createTemplate(ec2);
    await addVersion(ec2, id);
    await addVersion(ec2, id);
    const answer = await ec2.send(
      new DeleteLaunchTemplateVersionsCommand({ LaunchTemplateId: id, Versions: ['1', '3', '8'] }),
    );
    expect(answer.SuccessfullyDeletedLaunchTemplateVersions?.map(({ VersionNumber }) => VersionNumber)).toEqual([3]);
    expect(
      answer.UnsuccessfullyDeletedLaunchTemplateVersions?.map((item) => [item.VersionNumber, item.ResponseError?.Code]),
    ).toEqual([
      [1, 'unexpectedError'],
      [8, 'launchTemplateVersionDoesNotExist'],
    ]);
    const { LaunchTemplates = [] } = await ec2.send(new DescribeLaunchTemplatesCommand({}));
    expect(LaunchTemplates[0]?.LatestVersionNumber).toBe(2);
    await addVersion(ec2, id);
    expect(await versions(ec2, { LaunchTemplateId: id })).toEqual([4, 2, 1]);
  });
});

describe('DescribeLaunchTemplates and DeleteLaunchTemplate', () => {
  it('finds by name, tag and wildcard; what is deleted is not found', async () => {
    const { ec2, region } = await startEc2();
    const id = await createTemplate(ec2, {
      LaunchTemplateName: 'web-a',
      TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'owner', Value: 'x' }] }],
    });
    await createTemplate(ec2, { LaunchTemplateName: 'api' });
    const named = async (name: string, value: string): Promise<(string | undefined)[]> => {
      const { LaunchTemplates = [] } = await ec2.send(
        new DescribeLaunchTemplatesCommand({ Filters: [{ Name: name, Values: [value] }] }),
      );
      return LaunchTemplates.map(({ LaunchTemplateName }) => LaunchTemplateName);
    };
    expect(await named('tag:owner', 'x')).toEqual(['web-a']);
    expect(await named('tag-key', 'owner')).toEqual(['web-a']);
    expect(await named('launch-template-name', 'w*')).toEqual(['web-a']);
    await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id }));
    expect(region.inventory().launchTemplates).toHaveLength(1);
    await expectError(
      ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateId: id })),
      'InvalidLaunchTemplateId.NotFound',
    );
    await expectError(
      ec2.send(new DescribeLaunchTemplatesCommand({ LaunchTemplateNames: ['web-a'] })),
      'InvalidLaunchTemplateName.NotFoundException',
    );
  });
});
