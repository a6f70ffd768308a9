import {
  CreateLaunchTemplateCommand,
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
} from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import { countCalls, names, type RegionBed, startBed } from './support.ts';

async function createTemplate({ pass }: RegionBed, name: string): Promise<string> {
  const command = new CreateLaunchTemplateCommand({
    LaunchTemplateName: name,
    LaunchTemplateData: { InstanceType: 'm5.large' },
    TagSpecifications: [{ ResourceType: 'launch-template', Tags: [{ Key: 'team', Value: 'shop' }] }],
  });
  await pass().send('ec2', command);
  return (await pass().reads.describeLaunchTemplate(name))?.LaunchTemplateId ?? '';
}

describe('describeLaunchTemplate', () => {
  test('asks for two hundred names a call, with tags, and one that does not exist fails nobody', async () => {
    const bed = await startBed();
    await createTemplate(bed, 'web-0');
    await createTemplate(bed, 'web-200');
    const { result, calls } = await bed.callsOf(() =>
      Promise.all(names(201).map((name) => bed.pass().reads.describeLaunchTemplate(name))),
    );
    expect(result.filter((template) => template !== undefined)).toMatchObject([
      { LaunchTemplateName: 'web-0', DefaultVersionNumber: 1, Tags: [{ Key: 'team', Value: 'shop' }] },
      { LaunchTemplateName: 'web-200' },
    ]);
    expect(countCalls(calls)).toEqual({ DescribeLaunchTemplates: 2 });
  });

  test('takes an answer without pages for whole, and a failure for no answer', async () => {
    const bed = await startBed();
    bed.region.faults.add({ operation: 'DescribeLaunchTemplates', fault: { kind: 'serverError' }, times: 2 });
    await expect(bed.pass().reads.describeLaunchTemplate('web')).rejects.toMatchObject({ reason: 'AWSServerError' });
    expect(await bed.pass().reads.describeLaunchTemplate('web')).toBeUndefined();
  });
});

describe('describeLaunchTemplateVersions', () => {
  test('walks all pages and returns the newest first, with their data', async () => {
    const bed = await startBed();
    const LaunchTemplateId = await createTemplate(bed, 'web');
    const version = (number: number) =>
      new CreateLaunchTemplateVersionCommand({
        LaunchTemplateId,
        LaunchTemplateData: { InstanceType: 'm5.large' },
        VersionDescription: `v${number}`,
      });
    const { send } = bed.pass();
    for (let number = 2; number <= 201; number += 1) await send('ec2', version(number));
    const { result, calls } = await bed.callsOf(() =>
      bed.pass().reads.describeLaunchTemplateVersions(LaunchTemplateId),
    );
    expect(result.map(({ VersionNumber }) => VersionNumber)).toEqual(Array.from({ length: 201 }, (_, i) => 201 - i));
    expect(result[0]).toMatchObject({ VersionDescription: 'v201', LaunchTemplateData: { InstanceType: 'm5.large' } });
    expect(countCalls(calls)).toEqual({ DescribeLaunchTemplateVersions: 2 });
  });

  test('a template that does not exist has none', async () => {
    const bed = await startBed();
    const id = await createTemplate(bed, 'web');
    await bed.pass().send('ec2', new DeleteLaunchTemplateCommand({ LaunchTemplateId: id }));
    expect(await bed.pass().reads.describeLaunchTemplateVersions(id)).toEqual([]);
  });

  test('what is no id is refused, and not taken for one without versions', async () => {
    const bed = await startBed();
    await expect(bed.pass().reads.describeLaunchTemplateVersions('web')).rejects.toMatchObject({
      disposition: 'rejected',
    });
  });
});

describe('describeInstanceType', () => {
  test('shares a call, and a type that the region does not have is undefined', async () => {
    const bed = await startBed();
    const { result, calls } = await bed.callsOf(() =>
      Promise.all(['m5.large', 'x9.huge', 't3.micro'].map((type) => bed.pass().reads.describeInstanceType(type))),
    );
    expect(result.map((type) => type?.InstanceType)).toEqual(['m5.large', undefined, 't3.micro']);
    expect(result[0]).toMatchObject({ VCpuInfo: { DefaultVCpus: 2 }, MemoryInfo: { SizeInMiB: 8192 } });
    expect(countCalls(calls)).toEqual({ DescribeInstanceTypes: 1 });
  });
});
