import type { InstanceTypeInfo, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { describe, expect, test } from 'vitest';
import type { AwsReads } from '../../../../src/aws/reads.ts';
import { absent } from '../../../../src/engine/kind.ts';
import type { LaunchTemplate, LaunchTemplateSpec, ResolvedImage } from '../../../../src/kinds/launch-template/api.ts';
import { launchTemplate as kind } from '../../../../src/kinds/launch-template/kind.ts';
import { arns, deleted, desired } from '../../../support/builders.ts';
import { scalingGroup } from '../../../support/builders-cluster.ts';
import {
  launchTemplate,
  liveTemplate,
  ownVersion,
  settledStatus,
  smallTemplate,
  templateId,
} from '../../../support/builders-launch-template.ts';
import { unusedReads } from '../../../support/reads.ts';

const PARAMETER = '/aws/service/ecs/optimized-ami/amazon-linux-2023/recommended/image_id';
const pinned: ResolvedImage = { imageId: 'ami-1', parameter: PARAMETER, resolvedAt: '2026-01-02T12:00:00Z' };
const selecting: LaunchTemplateSpec = { launchTemplateData: {}, imageSelector: { family: 'AmazonLinux2023' } };
const m5: InstanceTypeInfo = { InstanceType: 'm5.large', ProcessorInfo: { SupportedArchitectures: ['x86_64'] } };
const signal = new AbortController().signal;

/** A region with what is given, in which all else that is asked for fails the test. */
function observe(of: LaunchTemplate, reads: Partial<AwsReads>, afterChange = false) {
  return kind.observe({ reads: { ...unusedReads, ...reads }, signal, afterChange }, desired(of));
}

const noTemplate: Partial<AwsReads> = { describeLaunchTemplate: async () => undefined };
const template = (of: LaunchTemplate, DefaultVersionNumber = 1): Partial<AwsReads> => ({
  describeLaunchTemplate: async (name) => (name === 'web' ? liveTemplate(of, { DefaultVersionNumber }) : undefined),
});
const versions = (...all: readonly LaunchTemplateVersion[]): Partial<AwsReads> => ({
  describeLaunchTemplateVersions: async () => all,
});
const instanceType = (info: InstanceTypeInfo | undefined): Partial<AwsReads> => ({
  describeInstanceType: async () => info,
});
const image = (imageId: string): Partial<AwsReads> => ({
  getParameter: async (name) => (name === PARAMETER ? imageId : undefined),
});
const settled = launchTemplate('web', smallTemplate, { status: settledStatus(launchTemplate('web')) });

describe('nothing but the template is read', () => {
  test('when it has settled', async () => {
    const seen = await observe(settled, template(settled));
    expect(seen).toEqual({ template: liveTemplate(settled), versions: undefined, image: undefined, groups: [] });
  });

  test('apart from the groups that launch from it while its object is being deleted, even if nothing that it refers to is there any more', async () => {
    const spec: LaunchTemplateSpec = { ...selecting, ecs: { clusterRef: { name: 'gone' } } };
    const of = launchTemplate('web', spec, { metadata: deleted });
    const groups = { listAutoScalingGroups: async () => [] };
    expect(await observe(of, { ...template(of), ...groups })).toMatchObject({
      template: { LaunchTemplateName: 'web' },
    });
    expect(await observe(of, noTemplate)).toBe(absent);
  });
});

describe('versions are read', () => {
  test.each<[string, LaunchTemplate, number]>([
    ['when AWS has not agreed yet', launchTemplate('web'), 1],
    [
      'when the content is another one',
      launchTemplate('web', smallTemplate, { status: { ...settled.status, contentHash: 'x' } }),
      1,
    ],
    [
      'when the spec has changed',
      launchTemplate('web', { ...smallTemplate, versionHistoryLimit: 1 }, { status: settled.status }),
      1,
    ],
    ['when the default version is another one', settled, 2],
    [
      'when the template is another one',
      launchTemplate('web', smallTemplate, { status: { ...settled.status, launchTemplateId: 'lt-0' } }),
      1,
    ],
  ])('%s', async (_what, of, current) => {
    const own = ownVersion(of, 1);
    const seen = await observe(of, { ...template(of, current), ...versions(own) });
    expect(seen).toMatchObject({ versions: [own] });
  });
});

describe('the instance type is looked up', () => {
  const misspelt: LaunchTemplateSpec = { launchTemplateData: { instanceType: 'm5.lage' } };

  test('before a template is made', async () => {
    expect(await observe(launchTemplate('web'), { ...noTemplate, ...instanceType(m5) })).toBe(absent);
    await expect(
      observe(launchTemplate('web', misspelt), { ...noTemplate, ...instanceType(undefined) }),
    ).rejects.toMatchObject({
      disposition: 'terminal',
      reason: 'InstanceTypeUnknown',
      message: expect.stringMatching(
        /^spec\.launchTemplateData\.instanceType "m5\.lage" does not exist in us-east-1\. Correct it/,
      ),
    });
  });

  test('before a version is made, and not again afterwards', async () => {
    const of = launchTemplate('web', misspelt);
    const region = { ...template(of), ...versions() };
    await expect(observe(of, { ...region, ...instanceType(undefined) })).rejects.toMatchObject({
      reason: 'InstanceTypeUnknown',
    });
    expect(await observe(of, region, true)).toMatchObject({ versions: [] });
    expect(await observe(of, { ...region, ...versions(ownVersion(of, 3)) })).toMatchObject({
      versions: [{ VersionNumber: 3 }],
    });
  });

  test('not when the spec leaves it to the group', async () => {
    expect(await observe(launchTemplate('web', { launchTemplateData: {} }), noTemplate)).toBe(absent);
  });

  test.each<['x86_64' | 'arm64' | undefined, boolean]>([
    [undefined, true],
    ['x86_64', true],
    ['arm64', false],
  ])('and has to run an image for %s', async (architecture, runs) => {
    const spec: LaunchTemplateSpec = {
      launchTemplateData: { instanceType: 'm5.large' },
      imageSelector: { family: 'Bottlerocket', architecture },
    };
    const parameter = `/aws/service/bottlerocket/aws-ecs-2/${architecture ?? 'x86_64'}/latest/image_id`;
    const of = launchTemplate('web', spec, { status: { image: { ...pinned, parameter } } });
    const seen = observe(of, { ...noTemplate, ...instanceType(m5) });
    if (runs) expect(await seen).toBe(absent);
    else await expect(seen).rejects.toMatchObject({ reason: 'ArchitectureMismatch', disposition: 'terminal' });
  });
});

describe('the image is looked up', () => {
  test('before a template is made, for the status to pin it', async () => {
    const seen = await observe(launchTemplate('web', selecting), { ...noTemplate, ...image('ami-1') });
    expect(seen).toEqual({
      template: undefined,
      versions: undefined,
      image: { imageId: 'ami-1', parameter: PARAMETER, resolvedAt: '2026-01-03T00:00:00Z' },
      groups: [],
    });
  });

  test('and not again when the template is made', async () => {
    const of = launchTemplate('web', selecting, { status: { image: pinned } });
    expect(await observe(of, noTemplate)).toBe(absent);
  });

  test('when the schedule has come, and no version is read if it is the same', async () => {
    const spec: LaunchTemplateSpec = {
      launchTemplateData: {},
      imageSelector: { family: 'AmazonLinux2023', schedule: '0 0 * * *' },
    };
    const status = settledStatus(launchTemplate('web', spec, { status: { image: pinned } }), { image: pinned });
    const of = launchTemplate('web', spec, { status });
    expect(await observe(of, { ...template(of), ...image('ami-1') })).toMatchObject({
      versions: undefined,
      image: { ...pinned, resolvedAt: '2026-01-03T00:00:00Z' },
    });
    const own = ownVersion(of, 1);
    expect(await observe(of, { ...template(of), ...image('ami-2'), ...versions(own) })).toMatchObject({
      versions: [own],
      image: { imageId: 'ami-2' },
    });
  });
});

test('a cluster of another region is refused', async () => {
  const of = launchTemplate('web', { ...smallTemplate, ecs: { clusterRef: { name: 'prod' } } });
  const elsewhere = { arn: arns.cluster('prod', 'eu-west-1'), name: 'prod', region: 'eu-west-1' };
  const reads = { ...unusedReads, ...noTemplate };
  const wanted = desired(of, { 'spec.ecs.clusterRef': elsewhere });
  await expect(kind.observe({ reads, signal, afterChange: false }, wanted)).rejects.toMatchObject({
    disposition: 'terminal',
    reason: 'RegionMismatch',
    message: expect.stringMatching(/^spec\.ecs\.clusterRef is in eu-west-1 .* Set spec\.region to eu-west-1/),
  });
});

describe('the groups of the region are read', () => {
  const wide = { ...smallTemplate, versionHistoryLimit: 0 };
  const live = { describeLaunchTemplateVersions: async () => [ownVersion(launchTemplate('web', wide), 3), former] };
  const former = ownVersion(launchTemplate('web', { ...wide, versionDescription: 'former' }), 2);

  test('before a version is deleted, and only those that launch from the template are kept in mind', async () => {
    const groups = ['lt-other', templateId].map((LaunchTemplateId) =>
      scalingGroup(LaunchTemplateId, { LaunchTemplate: { LaunchTemplateId, Version: '2' } }),
    );
    const of = launchTemplate('web', wide);
    const seen = await observe(of, { ...template(of, 3), ...live, listAutoScalingGroups: async () => groups });
    expect(seen).toMatchObject({ groups: [{ AutoScalingGroupName: templateId }] });
  });

  test('not while the history is within its limit', async () => {
    const of = launchTemplate('web', { ...wide, versionHistoryLimit: 1 });
    expect(await observe(of, { ...template(of, 3), ...live })).toMatchObject({ groups: [] });
  });
});
