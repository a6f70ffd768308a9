import type {
  Activity,
  CreateAutoScalingGroupType,
  DesiredConfiguration,
  InstanceRefreshStatus,
  InstanceReusePolicy,
  InstancesDistribution,
  LaunchTemplateOverrides,
  LifecycleState,
  PutScalingPolicyType,
  RefreshPreferences,
  WarmPoolState as WarmedState,
} from '@aws-sdk/client-auto-scaling';
import type { InstanceState } from '../ec2/state.ts';

/** What Auto Scaling knows in one account and region. */
export interface AutoScalingState {
  /** By name. */
  readonly groups: Map<string, GroupState>;
  /** Activities of groups that are gone, newest first, for `IncludeDeletedGroups`. */
  deletedGroupActivities: Activity[];
}

export interface GroupState {
  readonly name: string;
  readonly arn: string;
  readonly createdTime: Date;
  launch: LaunchSource;
  minSize: number;
  maxSize: number;
  desiredCapacity: number;
  /** In the order of `VPCZoneIdentifier`; empty if only zones were given. */
  subnets: readonly string[];
  availabilityZones: readonly string[];
  newInstancesProtectedFromScaleIn: boolean;
  terminationPolicies: readonly string[];
  healthCheckType: string;
  healthCheckGracePeriod: number;
  defaultCooldown: number;
  defaultInstanceWarmup: number | undefined;
  maxInstanceLifetime: number | undefined;
  /** What is kept and returned as given, without effect here. */
  kept: KeptSettings;
  /** Set while the group is being deleted. */
  status: 'Delete in progress' | undefined;
  readonly tags: Map<string, GroupTag>;
  /** By instance id, in the order of their launch; those of the warm pool too. */
  readonly members: Map<string, MemberState>;
  /** Load balancers and target groups, in the order in which they were attached. */
  traffic: TrafficState[];
  /** By name. */
  readonly hooks: Map<string, LifecycleHookState>;
  /** By name. */
  readonly policies: Map<string, ScalingPolicyState>;
  /** By process, with the reason. */
  readonly suspended: Map<string, string>;
  warmPool: WarmPoolState | undefined;
  /** Newest first. */
  readonly refreshes: RefreshState[];
  /** Newest first. */
  readonly activities: Activity[];
  /** Why the desired capacity is what it is: the beginning of the next activities' cause. */
  cause: string;
  /** When the last launch or termination ended, for `HonorCooldown`. */
  lastActivityEnd: Date | undefined;
  /** A look at the group is due, so no second one is put on the agenda. */
  reconcileDue: boolean;
  /** When it is looked at again without a change, such as when an instance has warmed up. */
  nextLook: Date | undefined;
  /** Before this no launch is tried: the last one found no capacity. */
  launchesResume: Date | undefined;
}

export type KeptSettings = Pick<
  CreateAutoScalingGroupType,
  | 'AvailabilityZoneDistribution'
  | 'AvailabilityZoneImpairmentPolicy'
  | 'CapacityRebalance'
  | 'CapacityReservationSpecification'
  | 'Context'
  | 'DeletionProtection'
  | 'DesiredCapacityType'
  | 'InstanceLifecyclePolicy'
  | 'InstanceMaintenancePolicy'
  | 'PlacementGroup'
  | 'ServiceLinkedRoleARN'
>;

/** Where instances get traffic from. Only named: there is no load balancer. */
export interface TrafficState {
  /** ARN of a target group, or name of a Classic Load Balancer. */
  readonly id: string;
  readonly type: 'elb' | 'elbv2' | 'vpc-lattice';
  /** With which of the three families of calls it was attached. */
  readonly way: 'load-balancer' | 'target-group' | 'traffic-source';
}

/** A launch template as a group names it. `version` is as given: a number, `$Latest` or `$Default`. */
export interface TemplateRef {
  readonly id: string;
  readonly name: string;
  readonly version: string | undefined;
}

export type LaunchSource =
  | { readonly kind: 'template'; readonly template: TemplateRef }
  | {
      readonly kind: 'mixed';
      readonly template: TemplateRef;
      readonly overrides: readonly LaunchTemplateOverrides[];
      readonly distribution: InstancesDistribution;
    };

export interface GroupTag {
  readonly value: string;
  readonly propagateAtLaunch: boolean;
}

/** An instance of a group. */
export interface MemberState {
  readonly instance: InstanceState;
  readonly group: GroupState;
  /** Which version it was launched from: always a number. `undefined` for an instance that was attached. */
  readonly template: TemplateRef | undefined;
  lifecycleState: LifecycleState;
  healthStatus: 'Healthy' | 'Unhealthy';
  protectedFromScaleIn: boolean;
  /** Since when it is InService. */
  inServiceAt: Date | undefined;
  /** Hooks that have not been completed, by name, while the instance is in a `:Wait` state. */
  readonly waiting: Map<string, WaitingHookState>;
  /** The activity that launches or terminates it. */
  activityId: string | undefined;
}

export interface LifecycleHookState {
  readonly name: string;
  readonly transition: 'autoscaling:EC2_INSTANCE_LAUNCHING' | 'autoscaling:EC2_INSTANCE_TERMINATING';
  readonly defaultResult: 'CONTINUE' | 'ABANDON';
  /** Seconds. */
  readonly heartbeatTimeout: number;
  readonly notificationTargetArn: string | undefined;
  readonly roleArn: string | undefined;
  readonly notificationMetadata: string | undefined;
}

/** One hook that one instance waits for. */
export interface WaitingHookState {
  readonly token: string;
  readonly defaultResult: 'CONTINUE' | 'ABANDON';
  /** Seconds. */
  readonly heartbeatTimeout: number;
  /** A heartbeat moves it. */
  deadline: Date;
  /** No heartbeat moves the deadline beyond this: 48 hours or 100 times the time-out, whichever is less. */
  readonly globalDeadline: Date;
}

export interface ScalingPolicyState {
  readonly arn: string;
  readonly settings: PutScalingPolicyType;
  readonly alarms: readonly string[];
}

export interface WarmPoolState {
  readonly maxGroupPreparedCapacity: number | undefined;
  readonly minSize: number;
  readonly poolState: WarmedState;
  readonly reusePolicy: InstanceReusePolicy | undefined;
  deleting: boolean;
}

export interface RefreshState {
  readonly id: string;
  readonly startTime: Date;
  readonly preferences: RefreshPreferences;
  readonly desiredConfiguration: DesiredConfiguration | undefined;
  /** What the group launches from while this runs, and keeps once it has succeeded. */
  readonly target: LaunchSource;
  /** What it launched from before, for a rollback. */
  readonly previous: LaunchSource;
  status: InstanceRefreshStatus;
  statusReason: string | undefined;
  endTime: Date | undefined;
  /** How far it was when it ended. */
  finalPercentage: number | undefined;
  /** Instances still to be replaced, by id. */
  remaining: Set<string>;
  /** How many there were in all. */
  total: number;
  /** Percentages at which it still pauses. */
  checkpoints: number[];
  /** Paused at a checkpoint, or baking, until then. */
  pausedUntil: Date | undefined;
  /** When an instance was last replaced: without progress for an hour it fails. */
  progressAt: Date;
  rollback: RollbackState | undefined;
}

export interface RollbackState {
  readonly reason: string;
  readonly startTime: Date;
  readonly percentageComplete: number;
  readonly instancesToUpdate: number;
}

export function emptyAutoScaling(): AutoScalingState {
  return { groups: new Map(), deletedGroupActivities: [] };
}
