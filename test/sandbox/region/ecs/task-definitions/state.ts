import type { TaskDefinition } from '@aws-sdk/client-ecs';
import type { Tags } from '../account/tag-rules.ts';

export interface FamilyState {
  readonly name: string;
  /** Never goes back, also when revisions are deleted. */
  lastRevision: number;
  readonly revisions: Map<number, TaskDefinitionState>;
}

export interface TaskDefinitionState {
  readonly arn: string;
  readonly family: string;
  readonly revision: number;
  status: 'ACTIVE' | 'INACTIVE' | 'DELETE_IN_PROGRESS';
  /** What Register answered; `status` and the dates are laid over it. */
  readonly definition: TaskDefinition;
  readonly tags: Tags;
  deregisteredAt: Date | undefined;
  deleteRequestedAt: Date | undefined;
  /** Live tasks and deployments that keep a deletion from finishing. */
  users: number;
}
