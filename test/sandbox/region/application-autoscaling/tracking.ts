import { randomUUID } from 'node:crypto';
import type { TargetTrackingScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import { deleteMetricAlarm, putMetricAlarm } from '../cloudwatch/alarms.ts';
import type { AlarmCondition, Metric, Statistic } from '../cloudwatch/state.ts';
import type { World } from '../world.ts';
import type { ScalableTargetState, TrackingAlarms } from './state.ts';

/** Minutes above the target until a scale-out, and below 90 % of it until a scale-in. */
const HIGH_PERIODS = 3;
const LOW_PERIODS = 15;
const LOW_SHARE = 0.9;

interface TrackedMetric {
  readonly metric: Metric;
  readonly statistic: Statistic;
}

/**
 * The metric that a target tracking policy watches (AS-03), or `undefined` for metric math, which the region keeps but never computes.
 * ECS's own are published by tests, as everything in the region's CloudWatch.
 */
export function trackedMetric(
  target: Pick<ScalableTargetState, 'service'>,
  configuration: TargetTrackingScalingPolicyConfiguration,
): TrackedMetric | undefined {
  const { PredefinedMetricSpecification: predefined, CustomizedMetricSpecification: customized } = configuration;
  if (customized !== undefined) return customizedMetric(customized);
  const { service } = target;
  const dimensions = { ClusterName: service.cluster.name, ServiceName: service.name };
  switch (predefined?.PredefinedMetricType) {
    case 'ECSServiceAverageCPUUtilization':
      return { metric: { namespace: 'AWS/ECS', name: 'CPUUtilization', dimensions }, statistic: 'Average' };
    case 'ECSServiceAverageMemoryUtilization':
      return { metric: { namespace: 'AWS/ECS', name: 'MemoryUtilization', dimensions }, statistic: 'Average' };
    case 'ALBRequestCountPerTarget':
      return { metric: requestCount(predefined.ResourceLabel ?? ''), statistic: 'Sum' };
    default:
      return undefined;
  }
}

/** `app/<load balancer>/<id>/targetgroup/<target group>/<id>` */
export function labelParts(label: string): { readonly loadBalancer: string; readonly targetGroup: string } | undefined {
  const match = /^(app\/[^/]+\/[^/]+)\/(targetgroup\/[^/]+\/[^/]+)$/.exec(label);
  return match === null ? undefined : { loadBalancer: match[1] ?? '', targetGroup: match[2] ?? '' };
}

/** Makes the policy's alarms, or makes them anew under the names they have. */
export function putTrackingAlarms(
  world: World,
  target: ScalableTargetState,
  policyArn: string,
  configuration: TargetTrackingScalingPolicyConfiguration,
  previous: TrackingAlarms | undefined,
): TrackingAlarms {
  const prefix = `TargetTracking-${target.resourceId}`;
  const high = previous?.high ?? `${prefix}-AlarmHigh-${randomUUID()}`;
  const low = configuration.DisableScaleIn ? undefined : (previous?.low ?? `${prefix}-AlarmLow-${randomUUID()}`);
  const tracked = trackedMetric(target, configuration);
  const targetValue = configuration.TargetValue ?? 0;
  const put = (name: string, rule: Pick<AlarmCondition, 'comparison' | 'threshold' | 'evaluationPeriods'>): void =>
    putMetricAlarm(world, {
      name,
      actions: [policyArn],
      ...(tracked === undefined ? {} : { condition: { ...tracked, ...rule } }),
    });
  put(high, { comparison: 'GreaterThanThreshold', threshold: targetValue, evaluationPeriods: HIGH_PERIODS });
  if (low !== undefined) {
    const threshold = targetValue * LOW_SHARE;
    put(low, { comparison: 'LessThanThreshold', threshold, evaluationPeriods: LOW_PERIODS });
  }
  if (low === undefined && previous?.low !== undefined) deleteMetricAlarm(world, previous.low);
  return { high, low };
}

function customizedMetric(
  specification: NonNullable<TargetTrackingScalingPolicyConfiguration['CustomizedMetricSpecification']>,
): TrackedMetric | undefined {
  const { Namespace: namespace, MetricName: name, Statistic: statistic } = specification;
  if (namespace === undefined || name === undefined || statistic === undefined) return undefined;
  const dimensions: Record<string, string> = {};
  for (const { Name = '', Value = '' } of specification.Dimensions ?? []) dimensions[Name] = Value;
  return { metric: { namespace, name, dimensions }, statistic };
}

function requestCount(label: string): Metric {
  const { loadBalancer = '', targetGroup = '' } = labelParts(label) ?? {};
  const dimensions = { LoadBalancer: loadBalancer, TargetGroup: targetGroup };
  return { namespace: 'AWS/ApplicationELB', name: 'RequestCountPerTarget', dimensions };
}
