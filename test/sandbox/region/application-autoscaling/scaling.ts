import { alarmState, figures } from '../cloudwatch/alarms.ts';
import type { AlarmState, MetricAlarmState } from '../cloudwatch/state.ts';
import type { World } from '../world.ts';
import { addNotScaled } from './activities.ts';
import { proportional, stepFor, stepped } from './adjust.ts';
import { runningCount, setDesiredCount } from './capacity.ts';
import { basis, decide, type Situation } from './decide.ts';
import { findTarget } from './find.ts';
import type { PolicySettings, ScalableTargetState, ScalingPolicyState } from './state.ts';

/** Of ECS services, for step and for target tracking policies alike. */
const DEFAULT_COOLDOWN_S = 300;

/** What a policy makes of the capacity, and for how long it then waits. */
interface Proposal {
  readonly direction: 'out' | 'in';
  readonly adjust: (capacity: number) => number;
  readonly cooldownMs: number;
}

type TrackingSettings = Extract<PolicySettings, { type: 'TargetTrackingScaling' }>;

/** An alarm in ALARM runs the policies it names, when it comes to it and then once in every period. */
export function scalingAlarm(world: World, name: string, state: AlarmState): void {
  const alarm = world.cloudWatch.metricAlarms.get(name);
  if (state !== 'ALARM' || alarm === undefined) return;
  for (const arn of alarm.actions) {
    const policy = world.applicationAutoScaling.policies.get(arn);
    if (policy !== undefined && findTarget(world, policy.target.resourceId) === policy.target) {
      respond(world, policy, alarm);
    }
  }
}

function respond(world: World, policy: ScalingPolicyState, alarm: MetricAlarmState): void {
  const { target } = policy;
  const situation = situationOf(world, target);
  const proposal = proposalOf(world, policy, alarm, situation);
  if (proposal === undefined) return;
  const { direction, adjust, cooldownMs } = proposal;
  const decision = decide(direction, situation, adjust);
  const cause = `monitor alarm ${alarm.name} in state ALARM triggered policy ${policy.name}`;
  switch (decision.kind) {
    case 'idle':
      return;
    case 'notScaled':
      addNotScaled(world, target, cause, decision.reason);
      return;
    case 'scale': {
      const cooldown = { until: world.agenda.now + cooldownMs, from: decision.from };
      // A scale-out ends the wait after a scale-in (AS-09); after a scale-in, where the last scale-out began says nothing any more.
      target.scaledOut = direction === 'out' ? cooldown : undefined;
      target.scaledIn = direction === 'in' ? cooldown : undefined;
      setDesiredCount(world, target, decision.to, cause);
    }
  }
}

function situationOf(world: World, target: ScalableTargetState): Situation {
  const { service } = target;
  return {
    now: world.agenda.now,
    desired: service.desiredCount,
    running: runningCount(service),
    min: target.minCapacity,
    max: target.maxCapacity,
    suspended: target.suspended,
    deploying: service.deployments.some(({ rolloutState }) => rolloutState === 'IN_PROGRESS'),
    scaledOut: target.scaledOut,
    scaledIn: target.scaledIn,
  };
}

function proposalOf(
  world: World,
  policy: ScalingPolicyState,
  alarm: MetricAlarmState,
  situation: Situation,
): Proposal | undefined {
  const { settings, target } = policy;
  switch (settings.type) {
    case 'StepScaling':
      return stepProposal(world, settings.step, alarm, situation);
    case 'TargetTrackingScaling':
      return alarm.name === settings.alarms.high ? trackingOut(world, settings) : trackingIn(world, target, settings);
  }
}

/** An alarm that watches no metric counts as exactly at its threshold. */
function stepProposal(
  world: World,
  step: Extract<PolicySettings, { type: 'StepScaling' }>['step'],
  alarm: MetricAlarmState,
  situation: Situation,
): Proposal | undefined {
  const steps = step.StepAdjustments ?? [];
  const figure = figures(world, alarm).findLast((value) => value !== undefined);
  const breach = figure === undefined ? 0 : figure - (alarm.condition?.threshold ?? 0);
  const below =
    alarm.condition?.comparison.startsWith('Less') ??
    !steps.some((each) => each.MetricIntervalLowerBound !== undefined);
  const found = stepFor(steps, breach, below ? 'below' : 'above');
  if (found === undefined) return undefined;
  const adjust = (capacity: number): number => stepped(capacity, found, step);
  const present = step.AdjustmentType === 'ExactCapacity' ? situation.desired : basis(situation);
  const direction = adjust(present) < present ? 'in' : 'out';
  return { direction, adjust, cooldownMs: milliseconds(step.Cooldown) };
}

function trackingOut(world: World, settings: TrackingSettings): Proposal | undefined {
  const metric = lastFigure(world, settings.alarms.high);
  if (metric === undefined) return undefined;
  // At least one, or a service without tasks would never have any (AS-11).
  const adjust = (capacity: number): number => Math.max(1, tracked(settings, metric)(capacity));
  return { direction: 'out', adjust, cooldownMs: milliseconds(settings.tracking.ScaleOutCooldown) };
}

/** In only when every tracking policy that may scale in wants to, to the largest count of all, and when none wants to scale out (AS-04). */
function trackingIn(world: World, target: ScalableTargetState, triggered: TrackingSettings): Proposal | undefined {
  const adjustments: ((capacity: number) => number)[] = [];
  for (const { settings } of target.policies.values()) {
    if (settings.type !== 'TargetTrackingScaling') continue;
    const { high, low } = settings.alarms;
    if (alarmState(world, high) === 'ALARM') return undefined;
    if (low === undefined) continue;
    const metric = lastFigure(world, low);
    if (alarmState(world, low) !== 'ALARM' || metric === undefined) return undefined;
    adjustments.push(tracked(settings, metric));
  }
  const adjust = (capacity: number): number => Math.max(...adjustments.map((each) => each(capacity)));
  return { direction: 'in', adjust, cooldownMs: milliseconds(triggered.tracking.ScaleInCooldown) };
}

function tracked(settings: TrackingSettings, metric: number): (capacity: number) => number {
  return (capacity) => proportional(capacity, metric, settings.tracking.TargetValue ?? 0);
}

/** Missing data never scales (AS-06). */
function lastFigure(world: World, alarmName: string): number | undefined {
  const alarm = world.cloudWatch.metricAlarms.get(alarmName);
  return alarm === undefined ? undefined : figures(world, alarm).findLast((value) => value !== undefined);
}

function milliseconds(cooldown: number | undefined): number {
  return (cooldown ?? DEFAULT_COOLDOWN_S) * 1_000;
}
