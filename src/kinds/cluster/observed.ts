import type { Activity, AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { InstanceTypeInfo } from '@aws-sdk/client-ec2';
import type { CapacityProvider, Cluster, ContainerInstance, Task } from '@aws-sdk/client-ecs';

/** What one pass reads of a cluster. */
export interface ObservedCluster {
  readonly cluster: Cluster;
  /** Read only while the object is being deleted: what AWS will not delete the cluster for. */
  readonly services: readonly string[];
  /** Read only when a provider is to be taken away. */
  readonly uses: readonly ProviderUse[];
  /** Undefined for a cluster that only has Fargate: it costs no more than DescribeClusters. */
  readonly capacity: ObservedCapacity | undefined;
}

/** Services whose strategy, or a deployment's that is still there, names this provider. */
export interface ProviderUse {
  readonly provider: string;
  readonly services: readonly string[];
}

export interface ObservedCapacity {
  /** All that are not INACTIVE; undefined when the operator may not read them. */
  readonly instances: readonly ContainerInstance[] | undefined;
  /** Tasks in PROVISIONING and PENDING. */
  readonly waiting: readonly Task[];
  /** Those of the cluster's providers that are not Fargate's. */
  readonly providers: readonly ObservedProvider[];
  /** What AWS said of reads for the status that the operator may not make. */
  readonly denied: ReadonlySet<string>;
}

export interface ObservedProvider {
  readonly name: string;
  /** Undefined when it does not exist any more. */
  readonly provider: CapacityProvider | undefined;
  readonly group: AutoScalingGroup | undefined;
  /** Newest first; read only while tasks wait for this provider. */
  readonly activities: readonly Activity[];
  /** Of the instances that the group launches now; read only while tasks wait for this provider. */
  readonly instanceTypes: readonly InstanceTypeInfo[];
}
