import type {
  CapacityProviderStrategyItem,
  ClusterConfiguration,
  ClusterServiceConnectDefaults,
  ClusterSetting,
} from '@aws-sdk/client-ecs';
import type { Tags } from '../account/tag-rules.ts';
import type { ClusterAttachmentState, ContainerInstanceState } from '../capacity/state.ts';
import type { ServiceState } from '../services/state.ts';
import type { TaskState } from '../tasks/state.ts';

export interface ClusterState {
  readonly name: string;
  readonly arn: string;
  status: 'PROVISIONING' | 'ACTIVE' | 'INACTIVE';
  settings: readonly ClusterSetting[];
  configuration: ClusterConfiguration | undefined;
  serviceConnectDefaults: ClusterServiceConnectDefaults | undefined;
  /** The namespace of Service Connect is still being made. */
  namespacePending: boolean;
  capacityProviders: readonly string[];
  attachments: readonly ClusterAttachmentState[];
  attachmentsStatus: 'UPDATE_IN_PROGRESS' | 'UPDATE_COMPLETE' | 'UPDATE_FAILED' | undefined;
  defaultStrategy: readonly CapacityProviderStrategyItem[];
  readonly tags: Tags;
  /** The latest service of each name, inactive ones included. */
  readonly services: Map<string, ServiceState>;
  readonly tasks: Map<string, TaskState>;
  /** By id; INACTIVE ones stay describable for an hour. */
  readonly containerInstances: Map<string, ContainerInstanceState>;
  /** A look at the tasks that wait for capacity is on the agenda. */
  placementDue: boolean;
  runningTasks: number;
  pendingTasks: number;
  activeServices: number;
}
