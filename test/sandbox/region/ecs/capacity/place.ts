import type { LaunchType, PlacementConstraint, PlacementStrategy } from '@aws-sdk/client-ecs';
import type { World } from '../../world.ts';
import type { ClusterState } from '../clusters/state.ts';
import type { TaskDefinitionState } from '../task-definitions/state.ts';
import type { ContainerInstanceState } from './state.ts';

export interface PlacementRequest {
  readonly cluster: ClusterState;
  readonly taskDefinition: TaskDefinitionState;
  readonly launchType: LaunchType;
  readonly capacityProvider: string | undefined;
  /** `service:web` or `family:web`, for distinctInstance and the query language. */
  readonly group: string;
  readonly constraints: readonly PlacementConstraint[];
  readonly strategy: readonly PlacementStrategy[];
}

export type Placement =
  /** Fargate: needs no instance. */
  | { readonly kind: 'serverless' }
  | { readonly kind: 'instance'; readonly instance: ContainerInstanceState }
  /** The capacity provider has no room yet: the task is PROVISIONING until it has. */
  | { readonly kind: 'waiting' }
  /** Nothing fits. `reason` as in `failures[]`, such as `RESOURCE:MEMORY`; `event` completes a service's event. */
  | { readonly kind: 'refused'; readonly reason: string; readonly event: string };

/** Where one task goes now. Changes nothing: the caller starts the task there. */
export function place(_world: World, request: PlacementRequest): Placement {
  if (request.launchType === 'FARGATE') return { kind: 'serverless' };
  if (request.capacityProvider !== undefined) return { kind: 'waiting' };
  return {
    kind: 'refused',
    reason: 'RESOURCE:CPU',
    event: 'No Container Instances were found in your cluster.',
  };
}
