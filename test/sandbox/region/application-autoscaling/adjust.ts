import type { StepAdjustment, StepScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';

/** Against what floating point makes of `10 * 0.7 / 0.7`. */
const EPSILON = 1e-9;

/** Target tracking: as many as bring the metric to its target, rounded up so as not to be too few (AS-06). */
export function proportional(capacity: number, metric: number, target: number): number {
  return Math.max(0, Math.ceil((capacity * metric) / target - EPSILON));
}

/**
 * The step that a breach of this size calls for. Bounds are relative to the alarm's threshold; above it the lower one is inclusive, below
 * it the upper one.
 */
export function stepFor(
  steps: readonly StepAdjustment[],
  breach: number,
  side: 'above' | 'below',
): StepAdjustment | undefined {
  return steps.find((step) => {
    const lower = step.MetricIntervalLowerBound ?? Number.NEGATIVE_INFINITY;
    const upper = step.MetricIntervalUpperBound ?? Number.POSITIVE_INFINITY;
    return side === 'above' ? breach >= lower && breach < upper : breach > lower && breach <= upper;
  });
}

/** The capacity that a step makes of another (AS-07). A percentage is rounded towards zero, but never to nothing. */
export function stepped(capacity: number, step: StepAdjustment, configuration: StepScalingPolicyConfiguration): number {
  const adjustment = step.ScalingAdjustment ?? 0;
  switch (configuration.AdjustmentType) {
    case 'ExactCapacity':
      return adjustment;
    case 'PercentChangeInCapacity': {
      const exact = (capacity * adjustment) / 100;
      const whole = Math.abs(exact) < 1 ? 1 : Math.trunc(Math.abs(exact) + EPSILON);
      return capacity + Math.sign(adjustment) * Math.max(whole, configuration.MinAdjustmentMagnitude ?? 0);
    }
    case 'ChangeInCapacity':
    case undefined:
      return capacity + adjustment;
  }
}
