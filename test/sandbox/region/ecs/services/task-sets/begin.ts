import type { World } from '../../../world.ts';
import type { Tags } from '../../account/tag-rules.ts';
import { arn } from '../../arn.ts';
import { createRevision, newDeployment } from '../deployments/deployments.ts';
import { setRollout } from '../deployments/rollout-state.ts';
import type { DeploymentState, ServiceState, Template } from '../state.ts';
import type { TaskSetState } from './state.ts';

export interface TaskSetInput {
  readonly scale: TaskSetState['scale'];
  readonly status: 'PRIMARY' | 'ACTIVE';
  readonly externalId?: string | undefined;
  readonly clientToken?: string | undefined;
  readonly tags?: Tags;
}

/** Adds a task set made from a template. */
export function beginTaskSet(
  world: World,
  service: ServiceState,
  template: Template,
  input: TaskSetInput,
): TaskSetState {
  const deployment = newDeployment(world, createRevision(world, service, template));
  // Nobody judges it: it only keeps its count.
  setRollout(world, deployment, 'COMPLETED', `ECS deployment ${deployment.id} completed.`);
  const taskSet = taskSetOf(world, service, deployment, input);
  service.taskSets.push(taskSet);
  return taskSet;
}

/** A task set for tasks that are there already. */
export function taskSetOf(
  world: World,
  service: ServiceState,
  deployment: DeploymentState,
  input: TaskSetInput,
): TaskSetState {
  const now = world.agenda.date;
  return {
    id: deployment.id,
    arn: arn(world, `task-set/${service.cluster.name}/${service.name}/${deployment.id}`),
    deployment,
    externalId: input.externalId,
    startedBy: undefined,
    clientToken: input.clientToken,
    tags: input.tags ?? new Map(),
    createdAt: now,
    updatedAt: now,
    status: input.status,
    scale: input.scale,
    stabilityStatus: 'STABILIZING',
    stabilityStatusAt: now,
  };
}
