import {
  type AutoScalingGroup,
  UpdateAutoScalingGroupCommand,
  type UpdateAutoScalingGroupType,
} from '@aws-sdk/client-auto-scaling';
import type { CallStep } from '../../engine/kind.ts';
import { OperatorError } from '../../errors.ts';
import { templateOf } from '../shared/auto-scaling-group.ts';
import { type CamelCase, camelCase, pascalCase } from '../shared/camel-case.ts';
import { covers } from '../shared/compare.ts';
import { wasRemoved } from '../shared/fields.ts';
import { autoScaling, step } from '../shared/step.ts';
import type { AutoScalingGroupSpec } from './api.ts';
import { groupName } from './desired.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';
import { templateLabel } from './refresh-target.ts';
import { isScaledByProvider } from './scaled-by-provider.ts';
import { launchesFrom, type WantedTemplate } from './template.ts';

interface Rule {
  /** What AWS documents as the value of a field that nobody set, and as the way to take one away again. */
  readonly byDefault?: unknown;
  /** Brings both sides to one form before they are compared. */
  readonly normalise?: (value: unknown) => unknown;
}

type RuledField = keyof AutoScalingGroupSpec & keyof CamelCase<AutoScalingGroup>;

/** Fields that UpdateAutoScalingGroup changes, apart from what is launched and the desired capacity, which have rules of their own. */
const RULES = {
  availabilityZoneDistribution: { byDefault: { capacityDistributionStrategy: 'balanced-best-effort' } },
  availabilityZoneIds: {},
  availabilityZoneImpairmentPolicy: { byDefault: { zonalShiftEnabled: false } },
  availabilityZones: {},
  capacityRebalance: { byDefault: false },
  capacityReservationSpecification: { byDefault: { capacityReservationPreference: 'default' } },
  context: {},
  defaultCooldown: { byDefault: 300 },
  defaultInstanceWarmup: { byDefault: -1 },
  deletionProtection: { byDefault: 'none' },
  desiredCapacityType: { byDefault: 'units' },
  healthCheckGracePeriod: { byDefault: 0 },
  // EC2's checks are always among them, named or not.
  healthCheckType: {
    byDefault: 'EC2',
    normalise: (value) =>
      setOfText(value)
        .filter((type) => type !== 'EC2')
        .join(),
  },
  instanceLifecyclePolicy: { byDefault: { retentionTriggers: { terminateHookAbandon: 'terminate' } } },
  instanceMaintenancePolicy: { byDefault: { minHealthyPercentage: -1, maxHealthyPercentage: -1 } },
  maxInstanceLifetime: { byDefault: 0 },
  maxSize: {},
  minSize: {},
  newInstancesProtectedFromScaleIn: { byDefault: false },
  placementGroup: { byDefault: '' },
  serviceLinkedRoleARN: {},
  // The first that decides wins.
  terminationPolicies: { byDefault: ['Default'], normalise: (value) => (Array.isArray(value) ? value.join() : value) },
  vpcZoneIdentifier: { normalise: (value) => setOfText(value).join() },
} as const satisfies Partial<Record<RuledField, Rule>>;

interface Change {
  readonly input: Partial<UpdateAutoScalingGroupType>;
  readonly reason: string;
}

/**
 * One UpdateAutoScalingGroup with nothing in it but what differs. Fields that the user never set are never compared, so what AWS
 * fills in is no difference (feature-bar row 41). Without `template` what is launched is left to an instance refresh.
 */
export function groupUpdate(
  desired: DesiredGroup,
  observed: ObservedGroup,
  template: WantedTemplate | undefined,
): readonly CallStep[] {
  assertSameOperator(desired, observed.group);
  const changes = [
    ...(template === undefined ? [] : launchChange(desired, observed.group, template)),
    ...ruledChanges(desired, observed.group),
    ...desiredCapacityChange(desired, observed),
  ];
  if (changes.length === 0) return [];
  const input: UpdateAutoScalingGroupType = { AutoScalingGroupName: groupName(desired) };
  for (const change of changes) Object.assign(input, change.input);
  const command = new UpdateAutoScalingGroupCommand(input);
  return [step(autoScaling, command, changes.map(({ reason }) => reason).join(', '))];
}

function launchChange(desired: DesiredGroup, group: AutoScalingGroup, wanted: WantedTemplate): readonly Change[] {
  const { launchConfigurationName } = desired.spec;
  if (launchConfigurationName !== undefined) {
    if (group.LaunchConfigurationName === launchConfigurationName) return [];
    const reason = `launchConfigurationName ${group.LaunchConfigurationName ?? 'none'} -> ${launchConfigurationName}`;
    return [{ input: { LaunchConfigurationName: launchConfigurationName }, reason }];
  }
  if (launchesFrom(group, wanted)) return [];
  const { policy, specification } = wanted;
  const input = policy === undefined ? { LaunchTemplate: specification } : { MixedInstancesPolicy: policy };
  const [had, wants] = [templateLabel(templateOf(group)) ?? 'none', templateLabel(specification) ?? 'none'];
  return [{ input, reason: had === wants ? 'mixedInstancesPolicy changed' : `launchTemplate ${had} -> ${wants}` }];
}

function ruledChanges(desired: DesiredGroup, group: AutoScalingGroup): readonly Change[] {
  const live = camelCase(group);
  return Object.keys(RULES).flatMap((field) => (isRuled(field) ? ruledChange(desired, live, field) : []));
}

function isRuled(field: string): field is keyof typeof RULES {
  return Object.hasOwn(RULES, field);
}

function ruledChange(
  desired: DesiredGroup,
  live: CamelCase<AutoScalingGroup>,
  field: keyof typeof RULES,
): readonly Change[] {
  const { byDefault, normalise = (value: unknown) => value }: Rule = RULES[field];
  const wanted: unknown = desired.spec[field] ?? (wasRemoved(desired, field) ? byDefault : undefined);
  if (wanted === undefined) return [];
  const have: unknown = live[field] ?? byDefault;
  if (covers(normalise(have), normalise(wanted))) return [];
  const input: Partial<UpdateAutoScalingGroupType> = pascalCase({ [field]: wanted });
  if (field === 'availabilityZoneImpairmentPolicy' && desired.spec.skipZonalShiftValidation !== undefined) {
    input.SkipZonalShiftValidation = desired.spec.skipZonalShiftValidation;
  }
  return [{ input, reason: `${field} ${told(have, wanted)}` }];
}

function told(have: unknown, wanted: unknown): string {
  return typeof wanted === 'object' ? 'changed' : `${have === undefined ? 'none' : String(have)} -> ${String(wanted)}`;
}

/** Left out it belongs to whoever scales the group; a provider with managed scaling owns it in any case (CP-07, CAS-01). */
function desiredCapacityChange(desired: DesiredGroup, observed: ObservedGroup): readonly Change[] {
  const wanted = desired.spec.desiredCapacity;
  const have = observed.group.DesiredCapacity;
  if (wanted === undefined || wanted === have || isScaledByProvider(desired, observed)) return [];
  return [{ input: { DesiredCapacity: wanted }, reason: `desiredCapacity ${have} -> ${wanted}` }];
}

/** The principal that may change the group is said when it is made, and no call changes it afterwards. */
function assertSameOperator({ spec }: DesiredGroup, { Operator: live }: AutoScalingGroup): void {
  const { operator } = spec;
  if (operator === undefined || operator.principal === live?.Principal) return;
  throw new OperatorError(
    'terminal',
    'ImmutableField',
    `spec.operator: the group in AWS has ${live?.Principal ?? 'none'}, and AWS cannot change that. Set the same in the spec, or make another AutoScalingGroup.`,
  );
}

/** AWS keeps some lists as text, in any order. */
function setOfText(value: unknown): string[] {
  const items = typeof value === 'string' ? value.split(',').map((item) => item.trim()) : [];
  return [...new Set(items.filter((item) => item !== ''))].sort();
}
