import type { Scale } from '@aws-sdk/client-ecs';
import type { Tags } from '../../account/tag-rules.ts';
import type { DeploymentState } from '../state.ts';

export interface TaskSetState {
  /** `ecs-svc/` and a number, as its deployment's. */
  readonly id: string;
  readonly arn: string;
  /** Whose tasks are the task set's. */
  readonly deployment: DeploymentState;
  readonly externalId: string | undefined;
  readonly startedBy: string | undefined;
  readonly clientToken: string | undefined;
  readonly tags: Tags;
  readonly createdAt: Date;
  updatedAt: Date;
  status: 'PRIMARY' | 'ACTIVE' | 'DRAINING';
  scale: Scale;
  stabilityStatus: 'STEADY_STATE' | 'STABILIZING';
  stabilityStatusAt: Date;
}
