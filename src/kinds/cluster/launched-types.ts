import type { AutoScalingGroup, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import type { LaunchTemplateVersion } from '@aws-sdk/client-ec2';
import { templateOf } from '../shared/auto-scaling-group.ts';

/** Names of the instance types that the group launches now; undefined when only its launch template knows. */
export function launchedTypes(group: AutoScalingGroup): readonly string[] | undefined {
  return typesOfOverrides(group) ?? typeOfInstances(group);
}

/** Overrides that say what instances must have name no type: then nobody knows the smallest. */
function typesOfOverrides({ MixedInstancesPolicy }: AutoScalingGroup): readonly string[] | undefined {
  const types = MixedInstancesPolicy?.LaunchTemplate?.Overrides?.map(({ InstanceType }) => InstanceType) ?? [];
  if (types.length === 0) return undefined;
  const known = types.filter((type) => type !== undefined);
  return known.length === types.length ? [...new Set(known)] : [];
}

/** An instance of the version that the group launches now tells its type without a further call. */
function typeOfInstances(group: AutoScalingGroup): readonly string[] | undefined {
  const version = templateOf(group)?.Version;
  const type = group.Instances?.find(({ LaunchTemplate }) => LaunchTemplate?.Version === version)?.InstanceType;
  return type === undefined ? undefined : [type];
}

/** The instance type of the version that the group names: by number, or as `$Default` or `$Latest`. The newest version comes first. */
export function typeOfTemplate(
  { Version = '$Default' }: LaunchTemplateSpecification,
  versions: readonly LaunchTemplateVersion[],
): readonly string[] {
  const found = Version === '$Latest' ? versions.at(0) : versions.find((version) => isNamed(version, Version));
  const type = found?.LaunchTemplateData?.InstanceType;
  return type === undefined ? [] : [type];
}

function isNamed({ VersionNumber, DefaultVersion }: LaunchTemplateVersion, version: string): boolean {
  return version === '$Default' ? DefaultVersion === true : String(VersionNumber) === version;
}
