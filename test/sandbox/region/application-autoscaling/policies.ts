import { isDeepStrictEqual } from 'node:util';
import type {
  Alarm,
  DeleteScalingPolicyRequest,
  DeleteScalingPolicyResponse,
  DescribeScalingPoliciesRequest,
  DescribeScalingPoliciesResponse,
  PutScalingPolicyRequest,
  PutScalingPolicyResponse,
  ScalingPolicy,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import { alarmArn } from '../cloudwatch/alarms.ts';
import type { World } from '../world.ts';
import { limitExceeded, objectNotFound, validation } from './errors.ts';
import {
  checkReference,
  DIMENSION,
  described,
  findTarget,
  liveTargets,
  NAMESPACE,
  registeredTarget,
  removePolicy,
} from './find.ts';
import { page } from './pages.ts';
import { checkPolicyName, checkTracking, policyType } from './policy-rules.ts';
import type { PolicySettings, ScalableTargetState, ScalingPolicyState } from './state.ts';
import { checkSteps } from './step-rules.ts';
import { putTrackingAlarms, trackedMetric } from './tracking.ts';

/** Quota: scaling policies of a scalable target. */
const MAX_POLICIES = 50;
const MAX_RESULTS = 10;

/** Makes a policy, or gives one another configuration; a configuration that is left out stays. */
export function putScalingPolicy(world: World, input: PutScalingPolicyRequest): PutScalingPolicyResponse {
  const target = registeredTarget(world, input);
  const name = input.PolicyName ?? '';
  checkPolicyName(name);
  const present = target.policies.get(name);
  if (present === undefined && target.policies.size >= MAX_POLICIES) {
    throw limitExceeded(`You have reached the limit of ${MAX_POLICIES} scaling policies per scalable target.`);
  }
  const arn =
    present?.arn ??
    `arn:aws:autoscaling:${world.region}:${world.account}:scalingPolicy:${target.id}:resource/ecs/${target.resourceId}:policyName/${name}`;
  const settings = settingsFrom(world, target, arn, input, present);
  const policy = { arn, name, target, createdAt: present?.createdAt ?? world.agenda.date, settings };
  target.policies.set(name, policy);
  world.applicationAutoScaling.policies.set(arn, policy);
  return { PolicyARN: arn, Alarms: alarmsOf(world, policy) };
}

function settingsFrom(
  world: World,
  target: ScalableTargetState,
  arn: string,
  input: PutScalingPolicyRequest,
  present: ScalingPolicyState | undefined,
): PolicySettings {
  const before = present?.settings;
  switch (policyType(input, before)) {
    case 'StepScaling': {
      if (input.TargetTrackingScalingPolicyConfiguration !== undefined) {
        throw validation('TargetTrackingScalingPolicyConfiguration cannot be specified for policy type StepScaling');
      }
      const known = before?.type === 'StepScaling' ? before.step : undefined;
      return { type: 'StepScaling', step: checkSteps(input.StepScalingPolicyConfiguration ?? known) };
    }
    case 'TargetTrackingScaling': {
      if (input.StepScalingPolicyConfiguration !== undefined) {
        throw validation('StepScalingPolicyConfiguration cannot be specified for policy type TargetTrackingScaling');
      }
      const known = before?.type === 'TargetTrackingScaling' ? before : undefined;
      const given = input.TargetTrackingScalingPolicyConfiguration ?? known?.tracking;
      const tracking = checkTracking(given, target.service);
      checkOnlyOne(target, input.PolicyName, tracking);
      const alarms = putTrackingAlarms(world, target, arn, tracking, known?.alarms);
      return {
        type: 'TargetTrackingScaling',
        tracking: { ...tracking, DisableScaleIn: tracking.DisableScaleIn ?? false },
        alarms,
      };
    }
  }
}

/** Several tracking policies must watch different metrics (AS-04). */
function checkOnlyOne(
  target: ScalableTargetState,
  name: string | undefined,
  tracking: TargetTrackingScalingPolicyConfiguration,
): void {
  for (const other of target.policies.values()) {
    if (other.name === name || other.settings.type !== 'TargetTrackingScaling') continue;
    const metric = trackedMetric(target, tracking);
    if (metric !== undefined && isDeepStrictEqual(metric, trackedMetric(target, other.settings.tracking))) {
      throw validation('Only one TargetTrackingScaling policy for a given metric specification is allowed.');
    }
  }
}

export function deleteScalingPolicy(world: World, input: DeleteScalingPolicyRequest): DeleteScalingPolicyResponse {
  const resourceId = checkReference(input);
  const policy = findTarget(world, resourceId)?.policies.get(input.PolicyName ?? '');
  if (policy === undefined) {
    throw objectNotFound(`No scaling policy found for ${described(resourceId)}, policy name: ${input.PolicyName}`);
  }
  removePolicy(world, policy);
  return {};
}

export function describeScalingPolicies(
  world: World,
  input: DescribeScalingPoliciesRequest,
): DescribeScalingPoliciesResponse {
  if (input.ScalableDimension !== undefined && input.ResourceId === undefined) {
    throw validation('ResourceId must be specified when ScalableDimension is specified');
  }
  const found = (input.ServiceNamespace === NAMESPACE ? liveTargets(world) : [])
    .filter(({ resourceId }) => input.ResourceId === undefined || resourceId === input.ResourceId)
    .flatMap(({ policies }) => [...policies.values()])
    .filter(({ name }) => input.PolicyNames === undefined || input.PolicyNames.includes(name));
  const { items, NextToken } = page(found, ({ arn }) => arn, input, MAX_RESULTS);
  return { ScalingPolicies: items.map((policy) => policyView(world, policy)), NextToken };
}

function policyView(world: World, policy: ScalingPolicyState): ScalingPolicy {
  const { settings } = policy;
  return {
    PolicyARN: policy.arn,
    PolicyName: policy.name,
    ServiceNamespace: NAMESPACE,
    ResourceId: policy.target.resourceId,
    ScalableDimension: DIMENSION,
    PolicyType: settings.type,
    ...(settings.type === 'StepScaling'
      ? { StepScalingPolicyConfiguration: settings.step }
      : { TargetTrackingScalingPolicyConfiguration: settings.tracking }),
    Alarms: alarmsOf(world, policy),
    CreationTime: policy.createdAt,
  };
}

/** The alarms that trigger the policy: its own, or those that somebody has pointed at it. */
function alarmsOf(world: World, policy: ScalingPolicyState): Alarm[] {
  return [...world.cloudWatch.metricAlarms.values()]
    .filter(({ actions }) => actions.includes(policy.arn))
    .map(({ name }) => ({
      AlarmName: name,
      AlarmARN: alarmArn(world, name),
    }));
}
