import type { DeploymentConfiguration } from '@aws-sdk/client-ecs';
import type { LifecycleState, Stage } from '../state.ts';

const DEFAULT_STEP_PERCENT = 10;
const DEFAULT_STEP_BAKE_MINUTES = 6;
const DEFAULT_CANARY_PERCENT = 5;
const DEFAULT_CANARY_BAKE_MINUTES = 10;
const MINUTE_MS = 60_000;

/** The stages of a deployment that shifts traffic, in their order. Production traffic may take several rounds of two of them. */
export const STAGES = [
  'RECONCILE_SERVICE',
  'PRE_SCALE_UP',
  'SCALE_UP',
  'POST_SCALE_UP',
  'TEST_TRAFFIC_SHIFT',
  'POST_TEST_TRAFFIC_SHIFT',
  'PRE_PRODUCTION_TRAFFIC_SHIFT',
  'PRODUCTION_TRAFFIC_SHIFT',
  'POST_PRODUCTION_TRAFFIC_SHIFT',
  'BAKE_TIME',
  'CLEAN_UP',
] as const satisfies readonly Stage[];

/** Where a deployment begins; `undefined` for ROLLING, which has no stages. `sources` is the number of revisions that are ACTIVE. */
export function newLifecycle(configuration: DeploymentConfiguration, sources: number): LifecycleState | undefined {
  if ((configuration.strategy ?? 'ROLLING') === 'ROLLING') return undefined;
  return {
    // Only a deployment that finds the remains of another has something to reconcile.
    stage: sources > 1 ? 'RECONCILE_SERVICE' : 'PRE_SCALE_UP',
    step: 0,
    until: 0,
    hooks: [],
    productionWeight: 0,
    testWeight: 0,
  };
}

/** Percent of production traffic on the new revision after each shift. Where nothing served before, all of it goes there at once. */
export function productionSteps(configuration: DeploymentConfiguration, hasSource: boolean): readonly number[] {
  if (!hasSource) return [100];
  switch (configuration.strategy) {
    case 'LINEAR': {
      // In tenths of a percent: floating point would never reach 100 by steps of 0.1.
      const step = Math.round((configuration.linearConfiguration?.stepPercent ?? DEFAULT_STEP_PERCENT) * 10);
      const steps: number[] = [];
      for (let percent = step; percent < 1_000; percent += step) steps.push(percent / 10);
      return [...steps, 100];
    }
    case 'CANARY': {
      const percent = configuration.canaryConfiguration?.canaryPercent ?? DEFAULT_CANARY_PERCENT;
      return percent >= 100 ? [100] : [percent, 100];
    }
    default:
      return [100];
  }
}

/** How long production traffic stays as it is after a shift; nothing after the last one, which the bake time follows. */
export function stepBakeMs(configuration: DeploymentConfiguration, weight: number): number {
  if (weight >= 100) return 0;
  const minutes =
    configuration.strategy === 'LINEAR'
      ? (configuration.linearConfiguration?.stepBakeTimeInMinutes ?? DEFAULT_STEP_BAKE_MINUTES)
      : (configuration.canaryConfiguration?.canaryBakeTimeInMinutes ?? DEFAULT_CANARY_BAKE_MINUTES);
  return minutes * MINUTE_MS;
}

export const bakeMs = (configuration: DeploymentConfiguration): number =>
  (configuration.bakeTimeInMinutes ?? 0) * MINUTE_MS;

/** What comes after a stage; `undefined` after the last. */
export function nextStage(
  stage: Stage,
  step: number,
  steps: readonly number[],
): { readonly stage: Stage; readonly step: number } | undefined {
  if (stage === 'PRODUCTION_TRAFFIC_SHIFT' && step + 1 < steps.length) {
    return { stage: 'PRE_PRODUCTION_TRAFFIC_SHIFT', step: step + 1 };
  }
  const next = STAGES[STAGES.indexOf(stage) + 1];
  return next === undefined ? undefined : { stage: next, step };
}

/** From SCALE_UP on the new revision has all its tasks. */
export const hasScaledUp = (stage: Stage): boolean => STAGES.indexOf(stage) >= STAGES.indexOf('SCALE_UP');
