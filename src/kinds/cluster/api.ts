import type { CreateClusterRequest } from '@aws-sdk/client-ecs';
import type { CommonSpec, CommonStatus, ObjectReference } from '../../engine/kind.ts';
import type { KubeObject } from '../../kube/types.ts';
import type { StrategyItem } from '../shared/capacity-provider-strategy.ts';

/** `CreateCluster`'s input. `clusterName` defaults to `metadata.name`. */
export type ECSClusterSpec = CommonSpec &
  Omit<CreateClusterRequest, 'defaultCapacityProviderStrategy'> & {
    /** More providers of the cluster, beside those in `capacityProviders`. */
    capacityProviderRefs?: ObjectReference[] | undefined;
    defaultCapacityProviderStrategy?: StrategyItem[] | undefined;
  };

/** The container instances that are not INACTIVE. External ones (ECS Anywhere) are counted, and left alone. */
export interface ContainerInstanceCounts {
  /** As ECS counts them: ACTIVE and DRAINING. */
  readonly registered: number;
  /** Of the registered ones. */
  readonly draining: number;
  /** Of the registered ones: their agent is not connected. */
  readonly disconnected: number;
  readonly registrationFailed: number;
  readonly external: number;
}

/** One capacity provider of the cluster that has instances. */
export interface ClusterCapacityProviderStatus {
  readonly name: string;
  readonly status?: string | undefined;
  readonly autoScalingGroupName?: string | undefined;
  readonly minSize?: number | undefined;
  readonly maxSize?: number | undefined;
  readonly desiredInstances?: number | undefined;
  /** Instances registered in this cluster. */
  readonly runningInstances?: number | undefined;
  /** Needed instances for each hundred there are: an estimate of CapacityProviderReservation as ECS defines it (CAS-02). */
  readonly reservation?: number | undefined;
  /** Why there are not more instances, while tasks wait for some. */
  readonly notScaling?: string | undefined;
}

export interface ECSClusterStatus extends CommonStatus {
  readonly clusterArn?: string | undefined;
  readonly clusterName?: string | undefined;
  readonly status?: string | undefined;
  readonly activeServicesCount?: number | undefined;
  readonly runningTasksCount?: number | undefined;
  readonly pendingTasksCount?: number | undefined;
  readonly registeredContainerInstancesCount?: number | undefined;
  readonly capacityProviders?: readonly string[] | undefined;
  readonly containerInstances?: ContainerInstanceCounts | undefined;
  readonly capacityProviderStatuses?: readonly ClusterCapacityProviderStatus[] | undefined;
}

export type ECSCluster = KubeObject<ECSClusterSpec, ECSClusterStatus>;
