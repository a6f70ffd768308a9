import { expect } from 'vitest';
import { createTemplate } from '../builders.ts';
import { must, only, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

export const launchTemplates: readonly Row[] = [
  row('INV-11', 'a new launch template has version 1, which is its latest and default', async (aws) => {
    const { template, name } = await createTemplate(aws);
    expect(template).toMatchObject({ LaunchTemplateName: name, LatestVersionNumber: 1, DefaultVersionNumber: 1 });
    expect(template.LaunchTemplateId).toMatch(/^lt-[0-9a-f]{17}$/);
  }),
  row('API.CreateLaunchTemplate', 'a template name is used once', async (aws) => {
    const { name } = await createTemplate(aws);
    await refused(
      aws.ec2.createLaunchTemplate({ LaunchTemplateName: name, LaunchTemplateData: { InstanceType: 't3.medium' } }),
      'InvalidLaunchTemplateName.AlreadyExistsException',
      /already in use/i,
    );
  }),
  row('API.CreateLaunchTemplateB', 'a name has at least 3 characters', async (aws) => {
    await refused(
      aws.ec2.createLaunchTemplate({ LaunchTemplateName: 'ab', LaunchTemplateData: { InstanceType: 't3.medium' } }),
      'InvalidLaunchTemplateName.MalformedException',
    );
  }),
  row('API.CreateLaunchTemplateVersion', 'a new version is the latest, and not the default', async (aws) => {
    const { name: LaunchTemplateName } = await createTemplate(aws);
    const { LaunchTemplateVersion } = await aws.ec2.createLaunchTemplateVersion({
      LaunchTemplateName,
      LaunchTemplateData: { InstanceType: 'm5.large' },
    });
    expect(LaunchTemplateVersion).toMatchObject({ VersionNumber: 2, DefaultVersion: false });
    const { LaunchTemplates } = await aws.ec2.describeLaunchTemplates({ LaunchTemplateNames: [LaunchTemplateName] });
    expect(only(LaunchTemplates)).toMatchObject({ LatestVersionNumber: 2, DefaultVersionNumber: 1 });
  }),
  row('API.CreateLaunchTemplateVersionB', 'a version from a source keeps what it does not name', async (aws) => {
    const { name: LaunchTemplateName } = await createTemplate(aws);
    const { LaunchTemplateVersion } = await aws.ec2.createLaunchTemplateVersion({
      LaunchTemplateName,
      SourceVersion: '1',
      LaunchTemplateData: { InstanceType: 'm5.large' },
    });
    expect(LaunchTemplateVersion?.LaunchTemplateData).toMatchObject({ InstanceType: 'm5.large', ImageId: aws.imageId });
  }),
  row('API.CreateLaunchTemplateVersionC', 'a version without a source has only what it names', async (aws) => {
    const { name: LaunchTemplateName } = await createTemplate(aws);
    const { LaunchTemplateVersion } = await aws.ec2.createLaunchTemplateVersion({
      LaunchTemplateName,
      LaunchTemplateData: { InstanceType: 'm5.large' },
    });
    expect(LaunchTemplateVersion?.LaunchTemplateData?.ImageId).toBeUndefined();
  }),
  row('API.ModifyLaunchTemplate', 'the default version can be set', async (aws) => {
    const { name: LaunchTemplateName } = await createTemplate(aws);
    await aws.ec2.createLaunchTemplateVersion({ LaunchTemplateName, LaunchTemplateData: { InstanceType: 'm5.large' } });
    const { LaunchTemplate } = await aws.ec2.modifyLaunchTemplate({ LaunchTemplateName, DefaultVersion: '2' });
    expect(LaunchTemplate).toMatchObject({ DefaultVersionNumber: 2, LatestVersionNumber: 2 });
  }),
  row('API.DescribeLaunchTemplateVersions', '$Latest and $Default are versions', async (aws) => {
    const { name: LaunchTemplateName } = await createTemplate(aws);
    await aws.ec2.createLaunchTemplateVersion({ LaunchTemplateName, LaunchTemplateData: { InstanceType: 'm5.large' } });
    const version = async (Version: string): Promise<number | undefined> => {
      const { LaunchTemplateVersions } = await aws.ec2.describeLaunchTemplateVersions({
        LaunchTemplateName,
        Versions: [Version],
      });
      return only(LaunchTemplateVersions).VersionNumber;
    };
    expect([await version('$Latest'), await version('$Default')]).toEqual([2, 1]);
  }),
  row('API.DescribeLaunchTemplateVersionsB', 'user data comes back in base 64, as it was given', async (aws) => {
    const UserData = Buffer.from('#!/bin/bash\necho ECS_CLUSTER=a >> /etc/ecs/ecs.config\n').toString('base64');
    const { name: LaunchTemplateName } = await createTemplate(aws, { UserData });
    const { LaunchTemplateVersions } = await aws.ec2.describeLaunchTemplateVersions({
      LaunchTemplateName,
      Versions: ['1'],
    });
    expect(only(LaunchTemplateVersions).LaunchTemplateData?.UserData).toBe(UserData);
  }),
  row('API.DescribeLaunchTemplates', 'a name that does not exist is refused', async (aws) => {
    await refused(
      aws.ec2.describeLaunchTemplates({ LaunchTemplateNames: [aws.name('nobody')] }),
      'InvalidLaunchTemplateName.NotFoundException',
    );
  }),
  row('API.DescribeLaunchTemplatesB', 'an id that does not exist is refused', async (aws) => {
    await refused(
      aws.ec2.describeLaunchTemplates({ LaunchTemplateIds: ['lt-0123456789abcdef0'] }),
      'InvalidLaunchTemplateId.NotFound',
    );
  }),
  row('API.DeleteLaunchTemplate', 'a deleted launch template is gone at once', async (aws) => {
    const { name, template } = await createTemplate(aws);
    const LaunchTemplateId = must(template.LaunchTemplateId);
    await aws.ec2.deleteLaunchTemplate({ LaunchTemplateId });
    await refused(
      aws.ec2.describeLaunchTemplates({ LaunchTemplateNames: [name] }),
      'InvalidLaunchTemplateName.NotFoundException',
    );
  }),
  row('API.DeleteLaunchTemplateVersions', 'the default version is not deleted', async (aws) => {
    const { name: LaunchTemplateName } = await createTemplate(aws);
    await aws.ec2.createLaunchTemplateVersion({ LaunchTemplateName, LaunchTemplateData: { InstanceType: 'm5.large' } });
    const { UnsuccessfullyDeletedLaunchTemplateVersions: kept, SuccessfullyDeletedLaunchTemplateVersions: gone } =
      await aws.ec2.deleteLaunchTemplateVersions({ LaunchTemplateName, Versions: ['1', '2'] });
    expect(only(kept).VersionNumber).toBe(1);
    expect(only(gone).VersionNumber).toBe(2);
  }),
];
