import type {
  PutScalingPolicyRequest,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import type { ServiceState } from '../ecs/services/state.ts';
import { constraint, unsupported, validation } from './errors.ts';
import type { PolicySettings } from './state.ts';
import { labelParts } from './tracking.ts';

export function checkPolicyName(name: string): void {
  if (name.length < 1) throw constraint('policyName', name, 'Member must have length greater than or equal to 1');
  if (name.length > 256) throw constraint('policyName', name, 'Member must have length less than or equal to 256');
}

/** The type that the policy will have; it cannot be changed. */
export function policyType(
  input: PutScalingPolicyRequest,
  present: PolicySettings | undefined,
): PolicySettings['type'] {
  const type = input.PolicyType ?? present?.type;
  if (type === undefined) throw validation('PolicyType is required when creating a scaling policy');
  if (present !== undefined && type !== present.type) {
    throw validation('The policy type of an existing scaling policy cannot be changed');
  }
  if (type === 'PredictiveScaling') throw unsupported('The simulated region does not support predictive scaling.');
  return type;
}

/** A target tracking configuration as AWS takes it for this service (AS-03). */
export function checkTracking(
  configuration: TargetTrackingScalingPolicyConfiguration | undefined,
  service: ServiceState,
): TargetTrackingScalingPolicyConfiguration {
  if (configuration === undefined) throw validation('TargetTrackingScalingPolicyConfiguration must be specified');
  const { TargetValue: target = 0, PredefinedMetricSpecification: predefined } = configuration;
  const customized = configuration.CustomizedMetricSpecification;
  if ((predefined === undefined) === (customized === undefined)) {
    throw validation(
      'Exactly one of PredefinedMetricSpecification and CustomizedMetricSpecification must be specified',
    );
  }
  if (!(target > 0)) throw validation('TargetValue must be greater than 0');
  for (const cooldown of [configuration.ScaleInCooldown ?? 0, configuration.ScaleOutCooldown ?? 0]) {
    if (cooldown < 0) throw validation('Cooldown must be greater than or equal to 0');
  }
  if (predefined !== undefined) checkPredefined(predefined, service);
  if (customized !== undefined) checkCustomized(customized);
  return configuration;
}

function checkPredefined(
  {
    PredefinedMetricType: type,
    ResourceLabel: label,
  }: NonNullable<TargetTrackingScalingPolicyConfiguration['PredefinedMetricSpecification']>,
  service: ServiceState,
): void {
  switch (type) {
    case 'ECSServiceAverageCPUUtilization':
    case 'ECSServiceAverageMemoryUtilization':
      if (label !== undefined)
        throw validation(`Resource label must not be specified for predefined metric type ${type}`);
      return;
    case 'ALBRequestCountPerTarget': {
      const parts = labelParts(label ?? '');
      if (label === undefined)
        throw validation(`Resource label should be specified for predefined metric type ${type}`);
      if (parts === undefined) throw validation(`Invalid resource label: ${label}`);
      // CodeDeploy changes the target group under the policy (BG-07).
      if (service.settings.deploymentController?.type === 'CODE_DEPLOY') {
        throw validation(`${type} is not supported for services with the CODE_DEPLOY deployment controller`);
      }
      return;
    }
    case 'ECSServiceAverageCPUUtilizationHighResolution':
    case 'ECSServiceAverageMemoryUtilizationHighResolution':
      throw unsupported('The simulated region does not support high-resolution metrics.');
    default:
      throw validation(`Predefined metric type ${type} is not valid for service namespace ecs`);
  }
}

function checkCustomized(
  metric: NonNullable<TargetTrackingScalingPolicyConfiguration['CustomizedMetricSpecification']>,
): void {
  const simple = [metric.MetricName, metric.Namespace, metric.Statistic];
  if (metric.Metrics === undefined) {
    if (simple.includes(undefined)) throw validation('MetricName, Namespace and Statistic must be specified');
    return;
  }
  if (simple.some((member) => member !== undefined) || metric.Dimensions !== undefined) {
    throw validation('Metrics cannot be specified together with MetricName, Namespace, Dimensions or Statistic');
  }
}
