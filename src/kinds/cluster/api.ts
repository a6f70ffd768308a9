import type { CreateClusterRequest } from '@aws-sdk/client-ecs';
import type { CommonSpec, CommonStatus } from '../../engine/kind.ts';
import type { KubeObject } from '../../kube/types.ts';

/** `CreateCluster`'s input. `clusterName` defaults to `metadata.name`. */
export type ECSClusterSpec = CommonSpec & CreateClusterRequest;

export interface ECSClusterStatus extends CommonStatus {
  readonly clusterArn?: string | undefined;
  readonly clusterName?: string | undefined;
  readonly status?: string | undefined;
  readonly activeServicesCount?: number | undefined;
  readonly runningTasksCount?: number | undefined;
  readonly pendingTasksCount?: number | undefined;
  readonly registeredContainerInstancesCount?: number | undefined;
  readonly capacityProviders?: readonly string[] | undefined;
}

export type ECSCluster = KubeObject<ECSClusterSpec, ECSClusterStatus>;
