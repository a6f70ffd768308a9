import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { LaunchTemplate, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { AwsReads } from '../../aws/reads.ts';
import type { ObserveContext } from '../../engine/kind.ts';
import { assertOneRegion } from '../shared/one-region.ts';
import type { ResolvedImage } from './api.ts';
import { contentOf } from './data.ts';
import { type DesiredTemplate, templateName } from './desired.ts';
import { launchingFrom } from './groups.ts';
import { pinnedImage, resolveImage } from './image.ts';
import { assertInstanceType } from './instance-type.ts';
import { liveVersion, oldVersions } from './versions.ts';

export interface ObservedTemplate {
  /** `undefined` when there is none, but an image has been resolved that the status does not pin yet. */
  readonly template: LaunchTemplate | undefined;
  /** Read only when something about versions may be to do: a version never changes. */
  readonly versions: readonly LaunchTemplateVersion[] | undefined;
  /** What `spec.imageSelector` names. */
  readonly image: ResolvedImage | undefined;
  /** Groups in AWS that launch from it. Read only when it, or a version of it, would be deleted. */
  readonly groups: readonly AutoScalingGroup[];
}

/** Reads the template, and its versions and what is outside of it only where they are needed. */
export async function observeTemplate(
  { reads, afterChange }: ObserveContext<AwsReads>,
  desired: DesiredTemplate,
): Promise<ObservedTemplate | undefined> {
  const template = await reads.describeLaunchTemplate(templateName(desired));
  if (desired.deleting) return template === undefined ? undefined : observeLast(reads, template);
  // Instances look for the cluster in their own region, and nobody would tell that it is in another.
  assertOneRegion(desired, 'launch template');
  const image = await resolveImage((name) => reads.getParameter(name), desired);
  if (template !== undefined) return observeVersions(reads, desired, { template, image, afterChange });
  if (image?.imageId !== pinnedImage(desired)?.imageId) return { ...nothingMore, template, image };
  if (!afterChange) await assertInstanceType(reads, desired);
  return undefined;
}

const nothingMore = { versions: undefined, image: undefined, groups: [] } as const;

async function observeLast(reads: AwsReads, template: LaunchTemplate): Promise<ObservedTemplate> {
  return { ...nothingMore, template, groups: await groupsOf(reads, template) };
}

async function groupsOf(reads: AwsReads, { LaunchTemplateId = '' }: LaunchTemplate) {
  return launchingFrom(await reads.listAutoScalingGroups(), LaunchTemplateId);
}

interface Found {
  readonly template: LaunchTemplate;
  readonly image: ResolvedImage | undefined;
  readonly afterChange: boolean;
}

async function observeVersions(
  reads: AwsReads,
  desired: DesiredTemplate,
  { template, image, afterChange }: Found,
): Promise<ObservedTemplate> {
  const content = contentOf(desired, image);
  if (hasSettled(desired, template, content.hash)) return { ...nothingMore, template, image };
  const versions = await reads.describeLaunchTemplateVersions(template.LaunchTemplateId ?? '');
  const live = liveVersion(desired, template, versions, content)?.VersionNumber;
  if (live === undefined && !afterChange) await assertInstanceType(reads, desired);
  const deletes = live !== undefined && oldVersions(desired, template, versions, { live, groups: [] }).length > 0;
  return { template, versions, image, groups: deletes ? await groupsOf(reads, template) : [] };
}

/** True when AWS agreed with this spec and this content before, and the default version is still the one of then. */
function hasSettled({ status, hash }: DesiredTemplate, template: LaunchTemplate, contentHash: string): boolean {
  return (
    status?.settledHash === hash &&
    status.contentHash === contentHash &&
    status.launchTemplateId === template.LaunchTemplateId &&
    status.defaultVersionNumber === template.DefaultVersionNumber
  );
}
