import type {
  NotScaledReason,
  PolicyType,
  ScalableTargetAction,
  ScalingActivityStatusCode,
  StepScalingPolicyConfiguration,
  TargetTrackingScalingPolicyConfiguration,
} from '@aws-sdk/client-application-auto-scaling';
import type { ServiceState } from '../ecs/services/state.ts';

/** What Application Auto Scaling knows in one account and region. */
export interface ApplicationAutoScalingState {
  /** By resource ID. Those whose service is gone are forgotten when next looked for. */
  readonly targets: Map<string, ScalableTargetState>;
  /** By ARN, for the alarms that trigger them. */
  readonly policies: Map<string, ScalingPolicyState>;
  /** Newest first, by resource ID: they outlive their target. */
  readonly activities: Map<string, ActivityState[]>;
}

export interface ScalableTargetState {
  readonly arn: string;
  /** The UUID in the ARNs of its policies and scheduled actions. */
  readonly id: string;
  readonly resourceId: string;
  readonly service: ServiceState;
  readonly createdAt: Date;
  minCapacity: number;
  maxCapacity: number;
  suspended: SuspendedFlags;
  readonly tags: Map<string, string>;
  readonly policies: Map<string, ScalingPolicyState>;
  readonly scheduledActions: Map<string, ScheduledActionState>;
  scaledOut: Cooldown | undefined;
  scaledIn: Cooldown | undefined;
}

export interface SuspendedFlags {
  readonly DynamicScalingInSuspended: boolean;
  readonly DynamicScalingOutSuspended: boolean;
  readonly ScheduledScalingSuspended: boolean;
}

/** The last scaling in one direction, for as long as it has to take effect. */
export interface Cooldown {
  readonly until: number;
  /** The capacity that it scaled from. */
  readonly from: number;
}

export interface ScalingPolicyState {
  readonly arn: string;
  readonly name: string;
  readonly target: ScalableTargetState;
  readonly createdAt: Date;
  readonly settings: PolicySettings;
}

export type PolicySettings =
  | { readonly type: Extract<PolicyType, 'StepScaling'>; readonly step: StepScalingPolicyConfiguration }
  | {
      readonly type: Extract<PolicyType, 'TargetTrackingScaling'>;
      readonly tracking: TargetTrackingScalingPolicyConfiguration;
      readonly alarms: TrackingAlarms;
    };

/** The alarms that Application Auto Scaling makes for a policy, by name (AS-05). */
export interface TrackingAlarms {
  readonly high: string;
  /** None with `DisableScaleIn`. */
  readonly low: string | undefined;
}

export interface ScheduledActionState {
  readonly arn: string;
  readonly name: string;
  readonly createdAt: Date;
  readonly schedule: string;
  readonly timezone: string | undefined;
  readonly startTime: Date | undefined;
  readonly endTime: Date | undefined;
  readonly action: ScalableTargetAction;
}

export interface ActivityState {
  readonly id: string;
  readonly resourceId: string;
  readonly description: string;
  readonly cause: string;
  readonly startedAt: Date;
  endedAt: Date | undefined;
  status: ScalingActivityStatusCode;
  message: string | undefined;
  /** Set on an activity that did not scale. */
  readonly notScaled: readonly NotScaledReason[] | undefined;
}

export function emptyApplicationAutoScaling(): ApplicationAutoScalingState {
  return { targets: new Map(), policies: new Map(), activities: new Map() };
}
