import { randomUUID } from 'node:crypto';
import type {
  DeletePolicyType,
  DescribePoliciesType,
  PoliciesType,
  PolicyARNType,
  PutScalingPolicyType,
  ScalingPolicy,
} from '@aws-sdk/client-auto-scaling';
import { alarmArn } from '../cloudwatch/alarms.ts';
import { paged } from '../paged.ts';
import type { World } from '../world.ts';
import { invalidToken, validationError } from './errors.ts';
import { findGroup, findLiveGroup } from './find.ts';
import { pageSize } from './group-view.ts';
import type { GroupState, ScalingPolicyState } from './state.ts';

const TYPES = ['SimpleScaling', 'StepScaling', 'TargetTrackingScaling', 'PredictiveScaling'];

/** Policies are kept and returned. Only ECS acts on those that it makes itself. */
export function putScalingPolicy(world: World, input: PutScalingPolicyType): PolicyARNType {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  const name = input.PolicyName ?? '';
  checkPolicy(input);
  const existing = group.policies.get(name);
  const policy: ScalingPolicyState = {
    arn: existing?.arn ?? policyArn(world, group, randomUUID(), name),
    settings: input,
    alarms:
      input.PolicyType === 'TargetTrackingScaling'
        ? (existing?.alarms ??
          ['AlarmHigh', 'AlarmLow'].map((kind) => `TargetTracking-${group.name}-${kind}-${randomUUID()}`))
        : [],
  };
  group.policies.set(name, policy);
  return { PolicyARN: policy.arn, Alarms: alarmsOf(world, policy) };
}

export const policyArn = ({ region, account }: World, group: GroupState, id: string, name: string): string =>
  `arn:aws:autoscaling:${region}:${account}:scalingPolicy:${id}:autoScalingGroupName/${group.name}:policyName/${name}`;

function checkPolicy(input: PutScalingPolicyType): void {
  const type = input.PolicyType ?? 'SimpleScaling';
  if (!TYPES.includes(type)) throw validationError(`Invalid policy type: ${type}.`);
  if (type === 'TargetTrackingScaling' && input.TargetTrackingConfiguration === undefined) {
    throw validationError('TargetTrackingConfiguration is required for policies of type TargetTrackingScaling.');
  }
  if (type === 'SimpleScaling' && (input.AdjustmentType === undefined || input.ScalingAdjustment === undefined)) {
    throw validationError('AdjustmentType and ScalingAdjustment are required for policies of type SimpleScaling.');
  }
  if (type === 'StepScaling' && (input.StepAdjustments ?? []).length === 0) {
    throw validationError('At least one StepAdjustment must be specified for policies of type StepScaling.');
  }
}

/** By name or by ARN. */
export function deletePolicy(world: World, input: DeletePolicyType): object {
  const named = input.PolicyName ?? '';
  const groups =
    input.AutoScalingGroupName === undefined
      ? [...world.autoScaling.groups.values()]
      : [findLiveGroup(world, input.AutoScalingGroupName)];
  for (const group of groups) {
    const found = [...group.policies].find(([name, { arn }]) => name === named || arn === named);
    if (found === undefined) continue;
    group.policies.delete(found[0]);
    return {};
  }
  throw validationError(`PolicyName is not found: ${named}`);
}

export function describePolicies(world: World, input: DescribePoliciesType): PoliciesType {
  const groups =
    input.AutoScalingGroupName === undefined
      ? [...world.autoScaling.groups.values()]
      : [findGroup(world, input.AutoScalingGroupName)];
  const names = input.PolicyNames ?? [];
  const types = input.PolicyTypes ?? [];
  const found = groups
    .flatMap((group) => [...group.policies.values()].map((policy) => view(world, group, policy)))
    .filter(
      ({ PolicyName = '', PolicyARN = '' }) =>
        names.length === 0 || names.includes(PolicyName) || names.includes(PolicyARN),
    )
    .filter(({ PolicyType = '' }) => types.length === 0 || types.includes(PolicyType));
  const { items, nextToken } = paged(found, ({ PolicyARN = '' }) => PolicyARN, {
    token: input.NextToken,
    size: pageSize(input.MaxRecords, 50, 100),
    invalidToken,
  });
  return { ScalingPolicies: [...items], NextToken: nextToken };
}

function view(world: World, group: GroupState, policy: ScalingPolicyState): ScalingPolicy {
  const { settings } = policy;
  return {
    ...settings,
    AutoScalingGroupName: group.name,
    PolicyARN: policy.arn,
    PolicyType: settings.PolicyType ?? 'SimpleScaling',
    StepAdjustments: settings.StepAdjustments ?? [],
    TargetTrackingConfiguration:
      settings.TargetTrackingConfiguration === undefined
        ? undefined
        : { DisableScaleIn: false, ...settings.TargetTrackingConfiguration },
    Alarms: alarmsOf(world, policy),
    Enabled: settings.Enabled ?? true,
  };
}

function alarmsOf(world: World, policy: ScalingPolicyState): { AlarmName: string; AlarmARN: string }[] {
  return policy.alarms.map((name) => ({
    AlarmName: name,
    AlarmARN: alarmArn(world, name),
  }));
}
