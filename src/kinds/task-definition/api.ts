import type { RegisterTaskDefinitionRequest } from '@aws-sdk/client-ecs';
import type { CommonSpec, CommonStatus } from '../../engine/kind.ts';
import type { KubeObject } from '../../kube/types.ts';

/**
 * `RegisterTaskDefinition`'s input. `family` defaults to `metadata.name`. ECS takes task-level `cpu` and `memory` as strings only;
 * people write numbers, and YAML turns an unquoted `256` into one, so both are accepted.
 */
export type ECSTaskDefinitionSpec = CommonSpec &
  Omit<RegisterTaskDefinitionRequest, 'family' | 'cpu' | 'memory'> & {
    family?: string | undefined;
    cpu?: string | number | undefined;
    memory?: string | number | undefined;
  };

/** A revision that this object registered. */
export interface OwnRevision {
  readonly taskDefinitionArn: string;
  readonly contentHash: string;
}

export interface ECSTaskDefinitionStatus extends CommonStatus {
  readonly taskDefinitionArn?: string | undefined;
  readonly family?: string | undefined;
  readonly revision?: number | undefined;
  readonly contentHash?: string | undefined;
  /** Own known revisions, newest first, at most ten. */
  readonly revisions?: readonly OwnRevision[] | undefined;
  readonly status?: string | undefined;
}

export type ECSTaskDefinition = KubeObject<ECSTaskDefinitionSpec, ECSTaskDefinitionStatus>;
