import type { LaunchTemplate, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import type { AwsReads } from '../../aws/reads.ts';
import type { ObserveContext } from '../../engine/kind.ts';
import { assertOneRegion } from '../shared/one-region.ts';
import type { ResolvedImage } from './api.ts';
import { contentOf } from './data.ts';
import { type DesiredTemplate, templateName } from './desired.ts';
import { pinnedImage, resolveImage } from './image.ts';
import { assertInstanceType } from './instance-type.ts';
import { liveVersion } from './versions.ts';

export interface ObservedTemplate {
  /** `undefined` when there is none, but an image has been resolved that the status does not pin yet. */
  readonly template: LaunchTemplate | undefined;
  /** Read only when something about versions may be to do: a version never changes. */
  readonly versions: readonly LaunchTemplateVersion[] | undefined;
  /** What `spec.imageSelector` names. */
  readonly image: ResolvedImage | undefined;
}

/** Reads the template, and its versions and what is outside of it only where they are needed. */
export async function observeTemplate(
  { reads, afterChange }: ObserveContext<AwsReads>,
  desired: DesiredTemplate,
): Promise<ObservedTemplate | undefined> {
  const template = await reads.describeLaunchTemplate(templateName(desired));
  if (desired.deleting) return template === undefined ? undefined : { template, versions: undefined, image: undefined };
  // Instances look for the cluster in their own region, and nobody would tell that it is in another.
  assertOneRegion(desired, 'launch template');
  const image = await resolveImage((name) => reads.getParameter(name), desired);
  if (template !== undefined) return observeVersions(reads, desired, { template, image, afterChange });
  if (image?.imageId !== pinnedImage(desired)?.imageId) return { template, versions: undefined, image };
  if (!afterChange) await assertInstanceType(reads, desired);
  return undefined;
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
  if (hasSettled(desired, template, content.hash)) return { template, versions: undefined, image };
  const versions = await reads.describeLaunchTemplateVersions(template.LaunchTemplateId ?? '');
  const known = liveVersion(desired, template, versions, content) !== undefined;
  if (!known && !afterChange) await assertInstanceType(reads, desired);
  return { template, versions, image };
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
