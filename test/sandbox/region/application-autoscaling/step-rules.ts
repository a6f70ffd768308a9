import type { StepAdjustment, StepScalingPolicyConfiguration } from '@aws-sdk/client-application-auto-scaling';
import { limitExceeded, validation } from './errors.ts';

/** Quota: step adjustments in a step scaling policy. */
const MAX_STEPS = 20;

/** A step configuration as AWS takes it (AS-07). The texts about open bounds are those that Terraform's users report. */
export function checkSteps(configuration: StepScalingPolicyConfiguration | undefined): StepScalingPolicyConfiguration {
  const steps = configuration?.StepAdjustments ?? [];
  if (configuration === undefined || steps.length === 0) {
    throw validation('At least one step adjustment must be specified');
  }
  if (configuration.AdjustmentType === undefined) throw validation('AdjustmentType must be specified');
  if (steps.length > MAX_STEPS) {
    throw limitExceeded(`There can be at most ${MAX_STEPS} step adjustments per scaling policy`);
  }
  checkNumbers(configuration, steps);
  for (const step of steps) checkInterval(step);
  checkOpenEnd(steps, 'lower', 'MetricIntervalLowerBound', 'negative', (bound) => bound < 0);
  checkOpenEnd(steps, 'upper', 'MetricIntervalUpperBound', 'positive', (bound) => bound > 0);
  checkNeighbors(steps);
  return configuration;
}

function checkNumbers(configuration: StepScalingPolicyConfiguration, steps: readonly StepAdjustment[]): void {
  const { AdjustmentType: type, Cooldown: cooldown = 0, MinAdjustmentMagnitude: magnitude } = configuration;
  if (cooldown < 0) throw validation('Cooldown must be greater than or equal to 0');
  if (magnitude !== undefined && type !== 'PercentChangeInCapacity') {
    throw validation('MinAdjustmentMagnitude can be specified only with the adjustment type PercentChangeInCapacity');
  }
  if (type === 'ExactCapacity' && steps.some(({ ScalingAdjustment = 0 }) => ScalingAdjustment < 0)) {
    throw validation('ScalingAdjustment must not be negative with the adjustment type ExactCapacity');
  }
}

function checkInterval({ MetricIntervalLowerBound: lower, MetricIntervalUpperBound: upper }: StepAdjustment): void {
  if (lower === undefined && upper === undefined) {
    throw validation('Both lower and upper bounds of a step adjustment cannot be left unspecified');
  }
  if (lower !== undefined && upper !== undefined && lower >= upper) {
    throw validation('The lower bound of a step adjustment must be less than its upper bound');
  }
}

/** Steps on one side of the threshold must reach to infinity, and only one can. */
function checkOpenEnd(
  steps: readonly StepAdjustment[],
  end: 'lower' | 'upper',
  member: 'MetricIntervalLowerBound' | 'MetricIntervalUpperBound',
  sign: 'negative' | 'positive',
  isBeyond: (bound: number) => boolean,
): void {
  const open = steps.filter((step) => step[member] === undefined).length;
  if (open > 1) throw validation(`There can be at most one step adjustment with an unspecified ${end} bound`);
  if (open === 0 && steps.some((step) => isBeyond(step[member] ?? 0))) {
    throw validation(
      `There must be a step adjustment with an unspecified ${end} bound when one step adjustment has a ${sign} ${end} bound`,
    );
  }
}

function checkNeighbors(steps: readonly StepAdjustment[]): void {
  const start = (step: StepAdjustment): number => step.MetricIntervalLowerBound ?? Number.NEGATIVE_INFINITY;
  const end = (step: StepAdjustment): number => step.MetricIntervalUpperBound ?? Number.POSITIVE_INFINITY;
  const sorted = [...steps].sort((a, b) => (start(a) < start(b) ? -1 : 1));
  for (const [index, step] of sorted.entries()) {
    const next = sorted[index + 1];
    if (next === undefined || end(step) === start(next)) continue;
    throw end(step) > start(next)
      ? validation('Step adjustment intervals cannot overlap')
      : validation('There cannot be a gap between step adjustment intervals');
  }
}
