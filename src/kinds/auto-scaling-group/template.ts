import type {
  AutoScalingGroup,
  Instance,
  LaunchTemplateOverrides,
  LaunchTemplateSpecification,
  MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';
import { pascalCase } from '../shared/camel-case.ts';
import { covers } from '../shared/compare.ts';
import { LAUNCH_TEMPLATE_REF } from './desired.ts';
import { coversDistribution, resolvedPolicy, templateIdentity } from './mixed-instances.ts';
import type { DesiredGroup } from './observed.ts';

/** What the group is to launch its instances from, with references resolved to a template and an explicit version. */
export interface WantedTemplate {
  /** Of the group or, if it has one, of its mixed instances policy; `undefined` for a launch configuration. */
  readonly specification: LaunchTemplateSpecification | undefined;
  readonly policy: MixedInstancesPolicy | undefined;
}

export function wantedTemplate(desired: DesiredGroup): WantedTemplate {
  const { launchTemplate, mixedInstancesPolicy } = desired.spec;
  const own =
    templateIdentity(desired.references.get(LAUNCH_TEMPLATE_REF)) ??
    (launchTemplate === undefined ? undefined : pascalCase<LaunchTemplateSpecification>(launchTemplate));
  if (mixedInstancesPolicy === undefined) return { specification: own, policy: undefined };
  const policy = resolvedPolicy(desired, mixedInstancesPolicy, own);
  return { specification: policy.LaunchTemplate?.LaunchTemplateSpecification, policy };
}

/** True when the group launches its instances from what is wanted, so that nothing has to be sent. */
export function launchesFrom(group: AutoScalingGroup, wanted: WantedTemplate): boolean {
  if (wanted.policy !== undefined) return coversPolicy(group.MixedInstancesPolicy, wanted.policy);
  if (wanted.specification === undefined) return true;
  return group.MixedInstancesPolicy === undefined && sameSpecification(group.LaunchTemplate, wanted.specification);
}

/**
 * True when the instance is not what the spec asks for now: launched from another template or version, or of a type that the
 * overrides do not list. An instance refresh with SkipMatching looks at the same three.
 */
export function isOutdated(instance: Instance, wanted: WantedTemplate): boolean {
  const { policy, specification } = wanted;
  const overrides = policy?.LaunchTemplate?.Overrides ?? [];
  const override = overrides.find(({ InstanceType }) => InstanceType === instance.InstanceType);
  const listsTypes = overrides.length > 0 && overrides.every(({ InstanceType }) => InstanceType !== undefined);
  if (listsTypes && override === undefined) return true;
  if (hasOtherImage(instance, override?.ImageId)) return true;
  // An override may have a template of its own.
  const from = override?.LaunchTemplateSpecification ?? specification;
  if (from === undefined) return false;
  const have = instance.LaunchTemplate;
  return have === undefined || !sameTemplate(have, from) || (isExplicit(from) && have.Version !== from.Version);
}

/** AWS tells the image only of instances that an override gave one, or whose root volume was replaced. */
function hasOtherImage({ ImageId }: Instance, wanted: string | undefined): boolean {
  return ImageId !== undefined && wanted !== undefined && ImageId !== wanted;
}

/** What `$Latest` and `$Default` stand for is known to EC2 alone. */
function isExplicit({ Version }: LaunchTemplateSpecification): boolean {
  return Version !== undefined && !Version.startsWith('$');
}

/** What AWS takes when no version is given. */
const DEFAULT_VERSION = '$Default';

export function sameSpecification(
  have: LaunchTemplateSpecification | undefined,
  want: LaunchTemplateSpecification | undefined,
): boolean {
  if (want === undefined) return true;
  if (have === undefined) return false;
  return sameTemplate(have, want) && (have.Version ?? DEFAULT_VERSION) === (want.Version ?? DEFAULT_VERSION);
}

/** AWS answers with id and name; a spec has one of them. */
function sameTemplate(have: LaunchTemplateSpecification, want: LaunchTemplateSpecification): boolean {
  return want.LaunchTemplateId === undefined
    ? have.LaunchTemplateName === want.LaunchTemplateName
    : have.LaunchTemplateId === want.LaunchTemplateId;
}

function coversPolicy(have: MixedInstancesPolicy | undefined, want: MixedInstancesPolicy): boolean {
  const { LaunchTemplateSpecification: specification, Overrides: overrides } = want.LaunchTemplate ?? {};
  return (
    have !== undefined &&
    sameSpecification(have.LaunchTemplate?.LaunchTemplateSpecification, specification) &&
    coversOverrides(have.LaunchTemplate?.Overrides ?? [], overrides) &&
    coversDistribution(have.InstancesDistribution, want.InstancesDistribution)
  );
}

/** Their order is that of their priority. */
function coversOverrides(
  have: readonly LaunchTemplateOverrides[],
  want: readonly LaunchTemplateOverrides[] | undefined,
): boolean {
  if (want === undefined) return true;
  return have.length === want.length && want.every((override, index) => coversOverride(have[index], override));
}

function coversOverride(have: LaunchTemplateOverrides | undefined, want: LaunchTemplateOverrides): boolean {
  const { LaunchTemplateSpecification: specification, ...fields } = want;
  return (
    have !== undefined &&
    sameSpecification(have.LaunchTemplateSpecification, specification) &&
    covers({ ...have }, fields)
  );
}
