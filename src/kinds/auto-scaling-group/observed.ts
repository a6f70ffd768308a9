import type {
  Activity,
  AutoScalingGroup,
  InstanceRefresh,
  LifecycleHook,
  ScalingPolicy,
  WarmPoolConfiguration,
} from '@aws-sdk/client-auto-scaling';
import type { ContainerInstance } from '@aws-sdk/client-ecs';
import type { Desired } from '../../engine/kind.ts';
import type { AutoScalingGroupSpec, AutoScalingGroupStatus } from './api.ts';

export type DesiredGroup = Desired<AutoScalingGroupSpec, AutoScalingGroupStatus>;

/** What one pass reads of a group. What the spec and the group's state give no reason to ask for is left empty. */
export interface ObservedGroup {
  readonly group: AutoScalingGroup;
  /** The newest one. */
  readonly refresh: InstanceRefresh | undefined;
  /** Undefined when they were not read. */
  readonly hooks: readonly LifecycleHook[] | undefined;
  readonly warmPool: WarmPoolConfiguration | undefined;
  /** Newest first; read only while the group has not got what it wants, or ECS not all of its instances. */
  readonly activities: readonly Activity[];
  /** Read only when it matters who owns the desired capacity. */
  readonly policies: readonly ScalingPolicy[];
  /** Those of the group's instances that ECS knows; undefined when no cluster is known or nobody has to know. */
  readonly containerInstances: readonly ContainerInstance[] | undefined;
  /** What AWS said of reads for the status that the operator may not make. */
  readonly denied: ReadonlySet<string>;
}
