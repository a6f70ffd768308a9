import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { LaunchTemplate, LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { camelCase } from '../shared/camel-case.ts';
import { covers } from '../shared/compare.ts';
import { type Content, markedHash } from './data.ts';
import type { DesiredTemplate } from './desired.ts';
import { versionsUsed } from './groups.ts';

/** Versions kept beside the default one if the spec does not say. */
const VERSIONS_KEPT = 10;

/**
 * The version that has the content of the spec: one of ours by its mark or, when the template is being taken over, any with the same data,
 * so that adopting a template replaces no instance. Of several the default one, then the newest.
 */
export function liveVersion(
  { spec }: DesiredTemplate,
  { DefaultVersionNumber }: LaunchTemplate,
  versions: readonly LaunchTemplateVersion[],
  content: Content,
): LaunchTemplateVersion | undefined {
  const adopts = spec.adoptionPolicy === 'Adopt';
  const fitting = versions.filter((version) => {
    const hash = markedHash(version.VersionDescription);
    return hash === undefined ? adopts && hasData(version, content) : hash === content.hash;
  });
  return fitting.find(({ VersionNumber }) => VersionNumber === DefaultVersionNumber) ?? newestFirst(fitting)[0];
}

/** Equal both ways: what is only in the version would stay, and what is only in the spec would be missing. */
function hasData({ LaunchTemplateData }: LaunchTemplateVersion, { data }: Content): boolean {
  const { MetadataOptions, ...rest } = LaunchTemplateData ?? {};
  // EC2 adds a state to the metadata options; nobody asks for one.
  const { State, ...metadataOptions } = MetadataOptions ?? {};
  const have = camelCase({ ...rest, MetadataOptions: metadataOptions });
  const want = camelCase(data);
  return covers(have, want) && covers(want, have);
}

/** Numbers of the versions to delete when `live` is the one of the spec and these groups launch from the template. */
export function oldVersions(
  { spec, status }: DesiredTemplate,
  { DefaultVersionNumber, LaunchTemplateId = '' }: LaunchTemplate,
  versions: readonly LaunchTemplateVersion[],
  { live, groups }: { readonly live: number | undefined; readonly groups: readonly AutoScalingGroup[] },
): readonly number[] {
  const inUse = [DefaultVersionNumber, status?.defaultVersionNumber, ...versionsUsed(groups, LaunchTemplateId)];
  return supersededVersions(versions, { live, inUse }, spec.versionHistoryLimit);
}

/**
 * Numbers of the versions to delete once `live` is the default: our own beyond the newest `limit`. None that somebody else made, and none
 * `inUse`: the present default, the one that groups have been told, which may still be the one before, and those that groups launch from.
 */
export function supersededVersions(
  versions: readonly LaunchTemplateVersion[],
  { live, inUse }: { readonly live: number | undefined; readonly inUse: readonly (number | undefined)[] },
  limit: number = VERSIONS_KEPT,
): readonly number[] {
  const own = versions.filter(
    ({ VersionNumber, VersionDescription }) => VersionNumber !== live && markedHash(VersionDescription) !== undefined,
  );
  return newestFirst(own)
    .slice(limit)
    .flatMap(({ VersionNumber: number }) => (number === undefined || inUse.includes(number) ? [] : [number]));
}

/** The highest number; 0 when there are none. */
export function latestNumber(versions: readonly LaunchTemplateVersion[]): number {
  return Math.max(0, ...versions.map(({ VersionNumber }) => VersionNumber ?? 0));
}

function newestFirst(versions: readonly LaunchTemplateVersion[]): readonly LaunchTemplateVersion[] {
  return versions.toSorted((a, b) => (b.VersionNumber ?? 0) - (a.VersionNumber ?? 0));
}
