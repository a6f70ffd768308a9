import type { World } from '../../world.ts';
import type { ContainerState, TaskState } from './state.ts';

/** Texts of stopped tasks (guide 4, sections 10 and 11). Fargate names the cause on the task, EC2 on the container. */
export interface StartFailure {
  readonly stoppedReason: string;
  readonly containerReason: string | undefined;
}

export const ESSENTIAL_EXITED = 'Essential container in task exited';
export const TASK_FAILED_TO_START = 'Task failed to start';
export const SPOT_INTERRUPTED = 'Your Spot Task was interrupted.';
export const OUT_OF_MEMORY = 'OutOfMemoryError: Container killed due to memory usage';

export function cannotPull(task: TaskState, container: ContainerState): StartFailure {
  const { image = '' } = container.definition;
  if (task.launchType === 'FARGATE') {
    const reason =
      'CannotPullContainerError: pull image manifest has been retried 1 time(s): ' +
      `failed to resolve ref ${image}: not found`;
    return { stoppedReason: reason, containerReason: reason };
  }
  return {
    stoppedReason: TASK_FAILED_TO_START,
    containerReason:
      `CannotPullContainerError: Error response from daemon: pull access denied for ${repository(image)}, ` +
      "repository does not exist or may require 'docker login': denied: requested access to the resource is denied",
  };
}

/** The container says nothing of it: it was never made. */
export function secretMissing(world: World, task: TaskState, container: ContainerState): string {
  const secret =
    container.definition.secrets?.[0]?.valueFrom ??
    `arn:aws:secretsmanager:${world.region}:${world.account}:secret:missing`;
  const cause = "ResourceNotFoundException: Secrets Manager can't find the specified secret.";
  if (task.launchType !== 'FARGATE') {
    return `Fetching secret data from AWS Secrets Manager in region ${world.region}: secret ${secret}: ${cause}`;
  }
  return (
    'ResourceInitializationError: unable to pull secrets or registry auth: execution resource retrieval failed: ' +
    'unable to retrieve secret from asm: service call has been retried 1 time(s): ' +
    `failed to fetch secret ${secret} from secrets manager: ${cause}`
  );
}

const repository = (image: string): string => image.replace(/(@.*|:[^/]*)$/, '');
