import type { CreateServiceRequest } from '@aws-sdk/client-ecs';
import type { CommonSpec, CommonStatus, ObjectReference } from '../../engine/kind.ts';
import type { KubeObject } from '../../kube/types.ts';
import type { StrategyItem } from '../shared/capacity-provider-strategy.ts';

/**
 * `CreateService`'s input. `serviceName` defaults to `metadata.name`. The client token is left out: it is derived from uid and content,
 * never chosen by a user.
 */
export type ECSServiceSpec = CommonSpec &
  Omit<CreateServiceRequest, 'serviceName' | 'clientToken' | 'capacityProviderStrategy'> & {
    serviceName?: string | undefined;
    clusterRef?: ObjectReference | undefined;
    taskDefinitionRef?: ObjectReference | undefined;
    capacityProviderStrategy?: StrategyItem[] | undefined;
  };

/** One deployment as `DescribeServices` shows it; the live one has status `PRIMARY`. */
export interface ServiceDeploymentStatus {
  readonly id: string;
  readonly status?: string | undefined;
  readonly taskDefinition?: string | undefined;
  readonly desiredCount?: number | undefined;
  readonly runningCount?: number | undefined;
  readonly pendingCount?: number | undefined;
  readonly failedTasks?: number | undefined;
  readonly rolloutState?: string | undefined;
  readonly rolloutStateReason?: string | undefined;
  readonly createdAt?: string | undefined;
  readonly updatedAt?: string | undefined;
}

export interface ServiceEventStatus {
  readonly id: string;
  readonly createdAt: string;
  readonly message: string;
}

/** A deployment that ECS took back. `hash` stands for the spec that failed, apart from `desiredCount`: it is not tried again until that changes. */
export interface RolledBack {
  readonly deployment: string;
  readonly hash: string;
  readonly reason: string;
  readonly taskDefinition?: string | undefined;
}

export interface ECSServiceStatus extends CommonStatus {
  readonly serviceArn?: string | undefined;
  readonly serviceName?: string | undefined;
  readonly clusterArn?: string | undefined;
  readonly status?: string | undefined;
  /** RFC 3339. */
  readonly createdAt?: string | undefined;
  readonly desiredCount?: number | undefined;
  readonly runningCount?: number | undefined;
  readonly pendingCount?: number | undefined;
  /** ARN that the primary deployment runs. */
  readonly taskDefinition?: string | undefined;
  /** The same as `family:revision`: a printer column cannot cut an ARN. */
  readonly taskDefinitionRevision?: string | undefined;
  readonly deployments?: readonly ServiceDeploymentStatus[] | undefined;
  /** Of the primary deployment. */
  readonly rolloutState?: string | undefined;
  readonly rolloutStateReason?: string | undefined;
  /** The last ten, without repeated messages, newest first. */
  readonly events?: readonly ServiceEventStatus[] | undefined;
  readonly rolledBack?: RolledBack | undefined;
}

export type ECSService = KubeObject<ECSServiceSpec, ECSServiceStatus>;
