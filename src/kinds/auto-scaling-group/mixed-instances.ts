import type {
  InstancesDistribution,
  LaunchTemplateOverrides,
  LaunchTemplateSpecification,
  MixedInstancesPolicy,
} from '@aws-sdk/client-auto-scaling';
import type { Identity } from '../../engine/kind.ts';
import { type CamelCase, pascalCase } from '../shared/camel-case.ts';
import { covers } from '../shared/compare.ts';
import type { AutoScalingGroupSpec, GroupMixedInstancesPolicy, InstanceOverride } from './api.ts';
import { overrideRef } from './desired.ts';
import type { DesiredGroup } from './observed.ts';

type Distribution = CamelCase<InstancesDistribution>;

/** An empty price takes the maximum away again. Without a default in AWS's documentation nothing is reset. */
const DISTRIBUTION_DEFAULTS: Distribution = {
  onDemandBaseCapacity: 0,
  onDemandPercentageAboveBaseCapacity: 100,
  spotAllocationStrategy: 'lowest-price',
  spotMaxPrice: '',
};

const DISTRIBUTION = 'mixedInstancesPolicy/instancesDistribution/';
const OVERRIDES = 'mixedInstancesPolicy/overrides';

/**
 * What the policy sets, as entries of `status.settledFields`: AWS leaves unchanged what an update of the policy does not name, so what
 * leaves the spec has to be reset member by member.
 */
export function policyFields({ mixedInstancesPolicy: policy }: AutoScalingGroupSpec): readonly string[] {
  const members = Object.entries(policy?.instancesDistribution ?? {}).filter(([, value]) => value !== undefined);
  const overrides = policy?.launchTemplate?.overrides === undefined ? [] : [OVERRIDES];
  return [...overrides, ...members.map(([member]) => `${DISTRIBUTION}${member}`)];
}

/** The template and its version that this object stands for. */
export function templateIdentity(template: Identity | undefined): LaunchTemplateSpecification | undefined {
  if (template === undefined) return undefined;
  return { LaunchTemplateId: template.arn, Version: template.details?.version };
}

/** The policy as the SDK takes it. `own` is the template of the group, for a policy that names none. */
export function resolvedPolicy(
  desired: DesiredGroup,
  { launchTemplate, instancesDistribution }: GroupMixedInstancesPolicy,
  own: LaunchTemplateSpecification | undefined,
): MixedInstancesPolicy {
  const named = launchTemplate?.launchTemplateSpecification;
  const specification = named === undefined ? own : pascalCase<LaunchTemplateSpecification>(named);
  const overrides = resolvedOverrides(desired, launchTemplate?.overrides);
  const distribution = { ...resets(desired, instancesDistribution), ...instancesDistribution };
  return {
    LaunchTemplate: {
      LaunchTemplateSpecification: specification,
      ...(overrides === undefined ? {} : { Overrides: overrides }),
    },
    ...(Object.keys(distribution).length === 0
      ? {}
      : { InstancesDistribution: pascalCase<InstancesDistribution>(distribution) }),
  };
}

export function coversDistribution(
  have: InstancesDistribution | undefined,
  want: InstancesDistribution | undefined,
): boolean {
  // No price and an empty one are the same.
  return covers({ ...have, SpotMaxPrice: have?.SpotMaxPrice ?? '' }, want);
}

function resolvedOverrides(
  desired: DesiredGroup,
  overrides: readonly InstanceOverride[] | undefined,
): LaunchTemplateOverrides[] | undefined {
  if (overrides === undefined) return wasSettled(desired, OVERRIDES) ? [] : undefined;
  return overrides.map(({ launchTemplateRef, ...override }, index) => {
    const specification = templateIdentity(desired.references.get(overrideRef(index)));
    const fields = pascalCase<LaunchTemplateOverrides>(override);
    return specification === undefined ? fields : { ...fields, LaunchTemplateSpecification: specification };
  });
}

/** Defaults of what the last settled spec set and this one does not. */
function resets(desired: DesiredGroup, distribution: Distribution | undefined): Distribution {
  // AWS takes either segments or a base and a percentage, and drops the others by itself.
  if (distribution?.distributionSegments !== undefined) return {};
  const defaults = Object.entries(DISTRIBUTION_DEFAULTS);
  return Object.fromEntries(defaults.filter(([member]) => wasSettled(desired, `${DISTRIBUTION}${member}`)));
}

function wasSettled({ status }: DesiredGroup, field: string): boolean {
  return status?.settledFields?.includes(field) ?? false;
}
