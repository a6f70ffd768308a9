import {
  AdjustmentType,
  MetricAggregationType,
  MetricStatistic,
  MetricType,
  PolicyType,
  ScalableDimension,
  ServiceNamespace,
} from '@aws-sdk/client-application-auto-scaling';

const REQUESTS = [
  'DeleteScalingPolicy',
  'DeleteScheduledAction',
  'DeregisterScalableTarget',
  'DescribeScalableTargets',
  'DescribeScalingActivities',
  'DescribeScalingPolicies',
  'DescribeScheduledActions',
  'PutScalingPolicy',
  'PutScheduledAction',
  'RegisterScalableTarget',
];

/** Allowed values by structure and member. */
export const APPLICATION_AUTO_SCALING_ENUMS: ReadonlyMap<string, readonly string[]> = new Map([
  ...REQUESTS.flatMap((name): [string, readonly string[]][] => [
    [`${name}Request.ServiceNamespace`, Object.values(ServiceNamespace)],
    [`${name}Request.ScalableDimension`, Object.values(ScalableDimension)],
  ]),
  ['PutScalingPolicyRequest.PolicyType', Object.values(PolicyType)],
  ['StepScalingPolicyConfiguration.AdjustmentType', Object.values(AdjustmentType)],
  ['StepScalingPolicyConfiguration.MetricAggregationType', Object.values(MetricAggregationType)],
  ['CustomizedMetricSpecification.Statistic', Object.values(MetricStatistic)],
  ['PredefinedMetricSpecification.PredefinedMetricType', Object.values(MetricType)],
]);
