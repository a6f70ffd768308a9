import type { AutoScalingGroupProvider, CapacityProviderUpdateStatus } from '@aws-sdk/client-ecs';
import type { Tags } from '../account/tag-rules.ts';
import type { ClusterState } from '../clusters/state.ts';
import type { TaskState } from '../tasks/state.ts';

/** What an instance has, or what a task takes of it. */
export interface Resources {
  /** CPU units, 1024 a vCPU. */
  readonly cpu: number;
  /** MiB. */
  readonly memory: number;
  readonly gpus: number;
  /** Network interfaces for awsvpc tasks. */
  readonly enis: number;
}

export interface ContainerInstanceState {
  readonly id: string;
  readonly arn: string;
  readonly cluster: ClusterState;
  /** `i-...`, or `mi-...` for an external instance. */
  readonly ec2InstanceId: string;
  status: 'REGISTERING' | 'REGISTRATION_FAILED' | 'ACTIVE' | 'DRAINING' | 'DEREGISTERING' | 'INACTIVE';
  statusReason: string | undefined;
  agentConnected: boolean;
  readonly capacityProvider: string | undefined;
  readonly registered: Resources;
  /** Built-in ones (`ecs.availability-zone`, ...) and custom ones. A value of '' is an attribute without a value. */
  readonly attributes: Map<string, string>;
  readonly tags: Tags;
  readonly registeredAt: Date;
  version: number;
  /** Tasks placed here that are not STOPPED. Their definitions say what is left. */
  readonly tasks: Set<TaskState>;
}

export interface CapacityProviderState {
  readonly name: string;
  readonly arn: string;
  status: 'PROVISIONING' | 'ACTIVE' | 'DEPROVISIONING' | 'INACTIVE';
  updateStatus: CapacityProviderUpdateStatus | undefined;
  updateStatusReason: string | undefined;
  autoScalingGroupProvider: AutoScalingGroupProvider | undefined;
  readonly tags: Tags;
}
