import type { LaunchTemplateVersion, LaunchTemplate as LiveTemplate } from '@aws-sdk/client-ec2';
import type { LaunchTemplate, LaunchTemplateSpec, LaunchTemplateStatus } from '../../src/kinds/launch-template/api.ts';
import { contentOf } from '../../src/kinds/launch-template/data.ts';
import { pinnedImage } from '../../src/kinds/launch-template/image.ts';
import { launchTemplateNames } from '../../src/kinds/launch-template/names.ts';
import { desired, type ObjectOptions, object, ownTags, region } from './builders.ts';

export const templateId = 'lt-0123456789abcdef0';

/** The least that a group can launch. */
export const smallTemplate: LaunchTemplateSpec = {
  launchTemplateData: { imageId: 'ami-0123456789abcdef0', instanceType: 'm5.large' },
};

export function launchTemplate(
  name: string,
  spec: LaunchTemplateSpec = smallTemplate,
  options: ObjectOptions<LaunchTemplateStatus> = {},
): LaunchTemplate {
  return object(launchTemplateNames, name, spec, options);
}

/** A template as DescribeLaunchTemplates shows one of ours that has one version. */
export function liveTemplate(of: LaunchTemplate, more: Partial<LiveTemplate> = {}): LiveTemplate {
  return {
    LaunchTemplateId: templateId,
    LaunchTemplateName: of.spec.launchTemplateName ?? of.metadata.name,
    CreateTime: new Date('2026-01-01T00:00:00Z'),
    CreatedBy: 'arn:aws:iam::123456789012:user/operator',
    DefaultVersionNumber: 1,
    LatestVersionNumber: 1,
    Tags: ownTags(of).map(({ key, value }) => ({ Key: key, Value: value })),
    ...more,
  };
}

/** A version that the operator made for this object. */
export function ownVersion(
  of: LaunchTemplate,
  number: number,
  more: Partial<LaunchTemplateVersion> = {},
): LaunchTemplateVersion {
  const wanted = desired(of);
  const { data, description } = contentOf(wanted, pinnedImage(wanted));
  return {
    LaunchTemplateId: templateId,
    VersionNumber: number,
    VersionDescription: description,
    LaunchTemplateData: { ...data },
    DefaultVersion: number === 1,
    ...more,
  };
}

/** The status after version 1 has become the default for this object's spec. */
export function settledStatus(of: LaunchTemplate, more: Partial<LaunchTemplateStatus> = {}): LaunchTemplateStatus {
  const wanted = desired(of);
  return {
    launchTemplateId: templateId,
    launchTemplateName: of.spec.launchTemplateName ?? of.metadata.name,
    region,
    defaultVersionNumber: 1,
    latestVersionNumber: 1,
    contentHash: contentOf(wanted, pinnedImage(wanted)).hash,
    settledHash: wanted.hash,
    ...(of.spec.launchTemplateData.instanceType === undefined
      ? {}
      : { instanceType: of.spec.launchTemplateData.instanceType }),
    ...more,
  };
}
