import type {
  AutoScalingGroup,
  DesiredConfiguration,
  InstanceRefresh,
  LaunchTemplateOverrides,
  LaunchTemplateSpecification,
  MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';
import { templateOf } from '../shared/auto-scaling-group.ts';
import { launchesFrom, type WantedTemplate } from './template.ts';

/**
 * What differs between the group's launch template and the wanted one:
 * - `template`: which template or version, or which image, of the group or of its mixed instances policy. A refresh can bring that to the
 *   group when it has succeeded, so that a refresh that fails leaves the group as it was.
 * - `policy`: anything else of a mixed instances policy, or that there is one at all. The group is updated at once and as a whole, because
 *   most of it (distribution, weights, priorities) says nothing about the instances that are there; a refresh then replaces what is outdated.
 */
export type TemplateChange = 'none' | 'template' | 'policy';

export function templateChange(group: AutoScalingGroup, wanted: WantedTemplate): TemplateChange {
  if (launchesFrom(group, wanted)) return 'none';
  const { LaunchTemplate: own, MixedInstancesPolicy: mixed } = group;
  const { policy } = wanted;
  if (policy === undefined) return own === undefined || mixed !== undefined ? 'policy' : 'template';
  return mixed !== undefined && coversPolicy(group, mixed, policy, withoutTemplate) ? 'template' : 'policy';
}

/** What a refresh is to bring the group to. What the spec does not say stays as the group has it. */
export function desiredConfiguration(
  { MixedInstancesPolicy: mixed }: AutoScalingGroup,
  { specification, policy }: WantedTemplate,
): DesiredConfiguration {
  if (policy === undefined) return { LaunchTemplate: specification };
  const Overrides = policy.LaunchTemplate?.Overrides ?? mixed?.LaunchTemplate?.Overrides?.map(withTemplateId);
  return {
    MixedInstancesPolicy: {
      LaunchTemplate: {
        LaunchTemplateSpecification: specification,
        ...(Overrides === undefined ? {} : { Overrides }),
      },
      InstancesDistribution: { ...mixed?.InstancesDistribution, ...policy.InstancesDistribution },
    },
  };
}

/** True when the refresh rolls out what is wanted. One without a configuration of its own rolls out what the group had. */
export function refreshesTo(
  { DesiredConfiguration: target }: InstanceRefresh,
  group: AutoScalingGroup,
  wanted: WantedTemplate,
): boolean {
  const { LaunchTemplate: template, MixedInstancesPolicy: mixed } = target ?? {};
  if (template === undefined && mixed === undefined) return templateChange(group, wanted) === 'none';
  if (wanted.policy === undefined) return mixed === undefined && isSameTarget(template, wanted.specification, group);
  return (
    mixed !== undefined &&
    coversPolicy(group, mixed, wanted.policy, withVersion) &&
    isSameTarget(mixed.LaunchTemplate?.LaunchTemplateSpecification, wanted.specification, group)
  );
}

/** The template that a refresh rolls out, if it says which. */
export function targetOf({ DesiredConfiguration: target }: InstanceRefresh): LaunchTemplateSpecification | undefined {
  return target?.LaunchTemplate ?? target?.MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification;
}

/** `lt-0123:7`. */
export function templateLabel(specification: LaunchTemplateSpecification | undefined): string | undefined {
  if (specification === undefined) return undefined;
  const { LaunchTemplateId, LaunchTemplateName, Version } = specification;
  return `${LaunchTemplateId ?? LaunchTemplateName ?? ''}:${Version ?? '$Default'}`;
}

/**
 * A refresh that is not known again is cancelled and begun anew, for ever. So where AWS names by id what the spec names by name, the group,
 * for which AWS gives both, tells; and where nobody can tell, it is the same.
 */
function isSameTarget(
  have: LaunchTemplateSpecification | undefined,
  want: LaunchTemplateSpecification | undefined,
  group: AutoScalingGroup,
): boolean {
  if (have === undefined || want === undefined) return false;
  const known = templateOf(group);
  const idOf = ({ LaunchTemplateId, LaunchTemplateName }: LaunchTemplateSpecification): string | undefined =>
    LaunchTemplateId ?? (LaunchTemplateName === known?.LaunchTemplateName ? known?.LaunchTemplateId : undefined);
  const ids = [idOf(have), idOf(want)];
  const [a, b] = ids.includes(undefined) ? [have.LaunchTemplateName, want.LaunchTemplateName] : ids;
  const isSameTemplate = a === undefined || b === undefined || a === b;
  const version = numberOf(want);
  return isSameTemplate && (version === undefined || version === have.Version);
}

/** The version, if it is a number: an alias may be answered with the number that it stands for. */
function numberOf({ Version }: LaunchTemplateSpecification): string | undefined {
  return Version?.startsWith('$') ? undefined : Version;
}

/** The policies apart from their own template, with as much of their overrides as `seen` shows. */
function coversPolicy(
  group: AutoScalingGroup,
  have: MixedInstancesPolicy,
  want: MixedInstancesPolicy,
  seen: (override: LaunchTemplateOverrides) => LaunchTemplateOverrides,
): boolean {
  const shown = ({ LaunchTemplate: launch, InstancesDistribution }: MixedInstancesPolicy): MixedInstancesPolicy => {
    const overrides = launch?.Overrides?.map(seen);
    return {
      ...(overrides === undefined ? {} : { LaunchTemplate: { Overrides: overrides } }),
      ...(InstancesDistribution === undefined ? {} : { InstancesDistribution }),
    };
  };
  const wanted = { specification: undefined, policy: shown(want) };
  return launchesFrom({ ...group, MixedInstancesPolicy: shown(have) }, wanted);
}

function withoutTemplate(override: LaunchTemplateOverrides): LaunchTemplateOverrides {
  const { LaunchTemplateSpecification: own, ImageId, ...rest } = override;
  return rest;
}

/** Which template is not compared, for AWS might name it in another way; a change of it without one of the version is seen when the refresh has ended. */
function withVersion({ LaunchTemplateSpecification: own, ...rest }: LaunchTemplateOverrides): LaunchTemplateOverrides {
  const Version = own === undefined ? undefined : numberOf(own);
  return Version === undefined ? rest : { ...rest, LaunchTemplateSpecification: { Version } };
}

/** AWS answers with id and name and takes only one of them. */
function withTemplateId(override: LaunchTemplateOverrides): LaunchTemplateOverrides {
  const { LaunchTemplateSpecification: own, ...rest } = override;
  if (own === undefined) return rest;
  const { LaunchTemplateId, Version } = own;
  return { ...rest, LaunchTemplateSpecification: { LaunchTemplateId, Version } };
}
