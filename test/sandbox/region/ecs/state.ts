import type { AccountSettings } from './account/settings.ts';
import type { CapacityProviderState, ContainerInstanceState } from './capacity/state.ts';
import type { ClusterState } from './clusters/state.ts';
import type { RevisionState, ServiceDeploymentState } from './services/state.ts';
import type { FamilyState } from './task-definitions/state.ts';
import type { TaskState } from './tasks/state.ts';

/** Everything ECS knows in one account and region. */
export interface EcsState {
  /** By name; inactive clusters stay describable. */
  readonly clusters: Map<string, ClusterState>;
  readonly families: Map<string, FamilyState>;
  /** By ARN, so that DescribeServiceRevisions and DescribeServiceDeployments need no search. */
  readonly revisions: Map<string, RevisionState>;
  readonly serviceDeployments: Map<string, ServiceDeploymentState>;
  /** Container instances of all clusters that are not INACTIVE, by EC2 instance id, so that whoever knows the host need not search. */
  readonly containerInstances: Map<string, ContainerInstanceState>;
  /** By name. FARGATE and FARGATE_SPOT are not in here. */
  readonly capacityProviders: Map<string, CapacityProviderState>;
  /** Of FARGATE and FARGATE_SPOT, those that have no capacity now. */
  readonly fargateShortages: Set<string>;
  readonly accountSettings: AccountSettings;
  /** RunTask's client tokens. */
  readonly runs: Map<string, { readonly fingerprint: string; readonly tasks: readonly TaskState[] }>;
}

export function emptyEcs(): EcsState {
  return {
    clusters: new Map(),
    families: new Map(),
    revisions: new Map(),
    serviceDeployments: new Map(),
    containerInstances: new Map(),
    capacityProviders: new Map(),
    fargateShortages: new Set(),
    accountSettings: new Map(),
    runs: new Map(),
  };
}
