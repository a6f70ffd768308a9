import type { CommonStatus } from '../../engine/kind.ts';
import { ownStatus } from '../../engine/status.ts';
import type { LaunchTemplateStatus } from './api.ts';
import { contentOf } from './data.ts';
import { clusterOf, type DesiredTemplate, templateName } from './desired.ts';
import type { ObservedTemplate } from './observe.ts';
import { latestNumber, liveVersion } from './versions.ts';

type OwnStatus = Omit<LaunchTemplateStatus, keyof CommonStatus>;

/**
 * What was seen. What groups are told to launch from changes only when the wanted version has become the default: until then, and when
 * somebody else set another default, they stay with the last one that was good.
 */
export function templateStatus(desired: DesiredTemplate, observed: ObservedTemplate): OwnStatus {
  const { template, versions, image } = observed;
  const known: OwnStatus = ownStatus(desired.status ?? {});
  if (desired.deleting) return known;
  if (template === undefined) return { ...known, image };
  // What is known of the versions of another template, which was deleted, says nothing about this one's.
  const same = known.launchTemplateId === template.LaunchTemplateId;
  return {
    ...(same ? known : {}),
    ...(isWantedDefault(desired, observed) ? rolledOut(desired, observed) : {}),
    launchTemplateId: template.LaunchTemplateId,
    launchTemplateName: templateName(desired),
    latestVersionNumber: versions === undefined ? template.LatestVersionNumber : latestNumber(versions),
    image,
  };
}

/** True when the default version has the content of the spec. Without the versions AWS is as it was when it last had. */
function isWantedDefault(desired: DesiredTemplate, { template, versions, image }: ObservedTemplate): boolean {
  if (versions === undefined) return true;
  if (template === undefined) return false;
  const live = liveVersion(desired, template, versions, contentOf(desired, image));
  return live !== undefined && live.VersionNumber === template.DefaultVersionNumber;
}

function rolledOut(desired: DesiredTemplate, { template, image }: ObservedTemplate): OwnStatus {
  return {
    defaultVersionNumber: template?.DefaultVersionNumber,
    contentHash: contentOf(desired, image).hash,
    instanceType: desired.spec.launchTemplateData.instanceType,
    cluster: clusterOf(desired),
  };
}
