import type {
  AgentUpdateStatus,
  AutoScalingGroupProvider,
  CapacityProviderUpdateStatus,
  ManagedInstancesProvider,
} from '@aws-sdk/client-ecs';
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
  /** That of the instance's group, if it was associated with the cluster when the instance registered (CP-04). */
  readonly capacityProvider: string | undefined;
  readonly os: 'linux' | 'windows';
  agentVersion: string;
  agentUpdateStatus: AgentUpdateStatus | undefined;
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
  /** The cluster that a Managed Instances provider belongs to. */
  readonly cluster: string | undefined;
  status: 'PROVISIONING' | 'ACTIVE' | 'DEPROVISIONING' | 'INACTIVE';
  updateStatus: CapacityProviderUpdateStatus | undefined;
  updateStatusReason: string | undefined;
  autoScalingGroupProvider: Required<AutoScalingGroupProvider> | undefined;
  managedInstancesProvider: ManagedInstancesProvider | undefined;
  readonly tags: Tags;
}

/** What ECS has made on an Auto Scaling group for a cluster that has its capacity provider. */
export interface ClusterAttachmentState {
  readonly id: string;
  readonly type: 'as_policy' | 'managed_draining';
  readonly provider: string;
  /** The scaling policy, or the lifecycle hook. */
  readonly name: string;
  /** Looks of managed scaling in a row that found the reservation below its target. */
  belowTarget: number;
  /** Milliseconds since 1970: new instances warm up until then, and no others are asked for. */
  warmUntil: number;
}
