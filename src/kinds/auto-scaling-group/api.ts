import type {
  CreateAutoScalingGroupType,
  LaunchTemplateOverrides,
  MixedInstancesPolicy,
  LaunchTemplate as MixedLaunchTemplate,
  PutWarmPoolType,
  RefreshPreferences,
} from '@aws-sdk/client-auto-scaling';
import type { CommonSpec, CommonStatus, ObjectReference } from '../../engine/kind.ts';
import type { KubeObject } from '../../kube/types.ts';
import type { CamelCase } from '../shared/camel-case.ts';

/** An override of the mixed instances policy; `launchTemplateRef` is the other way to say `launchTemplateSpecification`. */
export type InstanceOverride = CamelCase<LaunchTemplateOverrides> & {
  readonly launchTemplateRef?: ObjectReference | undefined;
};

export type GroupLaunchTemplate = CamelCase<Omit<MixedLaunchTemplate, 'Overrides'>> & {
  readonly overrides?: readonly InstanceOverride[] | undefined;
};

/** The template of the policy may be left out: then it is `spec.launchTemplate` or `spec.launchTemplateRef`. */
export type GroupMixedInstancesPolicy = CamelCase<Omit<MixedInstancesPolicy, 'LaunchTemplate'>> & {
  readonly launchTemplate?: GroupLaunchTemplate | undefined;
};

export interface GroupTag {
  readonly key: string;
  readonly value?: string | undefined;
  /** True by default: instances and their volumes get the tag. */
  readonly propagateAtLaunch?: boolean | undefined;
}

/** When something may be begun: from each moment of a schedule, for a while. */
export interface Window {
  /** Five cron fields. */
  readonly schedule: string;
  /** How long it stays open, such as `4h30m`. */
  readonly duration: string;
  /** IANA name; UTC by default. */
  readonly timeZone?: string | undefined;
}

/** Replaces instances that are not of the group's present launch template version. */
export type InstanceRefreshPolicy = CamelCase<RefreshPreferences> & {
  readonly strategy?: 'Rolling' | 'ReplaceRootVolume' | undefined;
  /** Outside of it nothing is begun, and what is under way is cancelled, to be taken up in the next one. */
  readonly window?: Window | undefined;
  /** Begins nothing, and cancels what is under way. */
  readonly paused?: boolean | undefined;
};

export type WarmPool = CamelCase<Omit<PutWarmPoolType, 'AutoScalingGroupName'>>;

/** `CreateAutoScalingGroup`'s input. `autoScalingGroupName` defaults to `metadata.name`. */
export type AutoScalingGroupSpec = CommonSpec &
  CamelCase<
    Omit<CreateAutoScalingGroupType, 'AutoScalingGroupName' | 'MixedInstancesPolicy' | 'Tags' | 'MinSize' | 'MaxSize'>
  > & {
    readonly autoScalingGroupName?: string | undefined;
    readonly minSize: number;
    readonly maxSize: number;
    readonly launchTemplateRef?: ObjectReference | undefined;
    readonly mixedInstancesPolicy?: GroupMixedInstancesPolicy | undefined;
    readonly tags?: readonly GroupTag[] | undefined;
    readonly warmPool?: WarmPool | undefined;
    readonly instanceRefresh?: InstanceRefreshPolicy | undefined;
    /** Name or ARN of the cluster that the instances join; by default the one that the LaunchTemplate's `ecs` names. */
    readonly cluster?: string | undefined;
    readonly clusterRef?: ObjectReference | undefined;
    /** Deletes the group with its instances at once, without draining. */
    readonly forceDelete?: boolean | undefined;
  };

/** How many instances of the group are in each part of their life. */
export interface InstanceCounts {
  readonly total: number;
  readonly pending: number;
  readonly inService: number;
  readonly terminating: number;
  readonly standby: number;
  readonly warmed: number;
  readonly unhealthy: number;
  readonly protectedFromScaleIn: number;
  /** In service, and not of the launch template version that the spec asks for. */
  readonly outdated: number;
}

export interface InstanceRefreshStatus {
  readonly id: string;
  readonly status: string;
  readonly statusReason?: string | undefined;
  readonly percentageComplete?: number | undefined;
  readonly instancesToUpdate?: number | undefined;
  readonly startTime?: string | undefined;
  readonly endTime?: string | undefined;
  /** Generation of the spec under which it was first seen: one that failed is not tried again until the spec changes. */
  readonly generation: number;
  /** Of the launch template that it rolls out. */
  readonly version?: string | undefined;
  /** Instances that it left as they were when it succeeded, as its preferences asked; they are not refreshed to this version again. */
  readonly skippedInstances?: readonly string[] | undefined;
}

export interface DrainedInstance {
  readonly instanceId: string;
  /** `Draining` while tasks run on it, then `Drained`; `NotRegistered` if ECS does not know it. */
  readonly state: 'Draining' | 'Drained' | 'NotRegistered';
  readonly runningTasksCount: number;
}

export interface AutoScalingGroupStatus extends CommonStatus {
  readonly autoScalingGroupArn?: string | undefined;
  readonly autoScalingGroupName?: string | undefined;
  readonly minSize?: number | undefined;
  readonly maxSize?: number | undefined;
  readonly desiredCapacity?: number | undefined;
  /** True while a capacity provider with managed scaling owns the desired capacity. */
  readonly scaledByCapacityProvider?: boolean | undefined;
  readonly newInstancesProtectedFromScaleIn?: boolean | undefined;
  /** Of the group: `lt-0123:7`. */
  readonly launchTemplate?: string | undefined;
  readonly instances?: InstanceCounts | undefined;
  readonly instanceRefresh?: InstanceRefreshStatus | undefined;
  /** What the annotation `ecs-operator.dev/drain` asked for. */
  readonly drain?: readonly DrainedInstance[] | undefined;
  /** The annotation's value that `drain` answers. */
  readonly drainRequest?: string | undefined;
  readonly cluster?: string | undefined;
}

export type AutoScalingGroup = KubeObject<AutoScalingGroupSpec, AutoScalingGroupStatus>;
