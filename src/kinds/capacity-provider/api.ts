import type { AutoScalingGroupProvider, CreateCapacityProviderRequest } from '@aws-sdk/client-ecs';
import type { CommonSpec, CommonStatus, ObjectReference } from '../../engine/kind.ts';
import type { KubeObject } from '../../kube/types.ts';

/** Exactly one of ARN and reference names the group. */
export type GroupProvider = Omit<AutoScalingGroupProvider, 'autoScalingGroupArn'> & {
  autoScalingGroupArn?: string | undefined;
  autoScalingGroupRef?: ObjectReference | undefined;
};

/** `CreateCapacityProvider`'s input. `name` defaults to `metadata.name`. */
export type ECSCapacityProviderSpec = CommonSpec &
  Omit<CreateCapacityProviderRequest, 'name' | 'autoScalingGroupProvider'> & {
    name?: string | undefined;
    /** The cluster of a Managed Instances provider. */
    clusterRef?: ObjectReference | undefined;
    autoScalingGroupProvider?: GroupProvider | undefined;
  };

export interface ECSCapacityProviderStatus extends CommonStatus {
  readonly capacityProviderArn?: string | undefined;
  readonly name?: string | undefined;
  readonly status?: string | undefined;
  readonly updateStatus?: string | undefined;
  readonly updateStatusReason?: string | undefined;
  /** Generation of the spec that ECS was last seen at work on: what it could not do for that one is not tried again. */
  readonly attemptedGeneration?: number | undefined;
  readonly type?: string | undefined;
  readonly autoScalingGroupArn?: string | undefined;
  readonly cluster?: string | undefined;
}

export type ECSCapacityProvider = KubeObject<ECSCapacityProviderSpec, ECSCapacityProviderStatus>;
