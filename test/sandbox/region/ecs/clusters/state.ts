import type {
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  ClusterServiceConnectDefaults,
  ClusterSetting,
} from '@aws-sdk/client-ecs';
import type { Tags } from '../account/tag-rules.ts';
import type { ContainerInstanceState } from '../capacity/state.ts';
import type { ServiceState } from '../services/state.ts';
import type { TaskState } from '../tasks/state.ts';

export interface ClusterState {
  readonly name: string;
  readonly arn: string;
  status: 'PROVISIONING' | 'ACTIVE' | 'INACTIVE';
  settings: readonly ClusterSetting[];
  configuration: ClusterConfiguration | undefined;
  serviceConnectDefaults: ClusterServiceConnectDefaults | undefined;
  capacityProviders: readonly string[];
  defaultStrategy: readonly CapacityProviderStrategyItem[];
  readonly tags: Tags;
  /** The latest service of each name, inactive ones included. */
  readonly services: Map<string, ServiceState>;
  readonly tasks: Map<string, TaskState>;
  /** By id; INACTIVE ones are gone. */
  readonly containerInstances: Map<string, ContainerInstanceState>;
  runningTasks: number;
  pendingTasks: number;
  activeServices: number;
}
