import type { World } from '../../world.ts';
import type { StartCause } from './behaviour.ts';
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

/** Why the container cannot be started, if it cannot, once resources are there. */
export function startFailure(task: TaskState, container: ContainerState): StartFailure | undefined {
  switch (container.behaviour.kind) {
    case 'cannotPull':
      return cannotPull(task, container);
    case 'cannotStart': {
      const reason = CAUSES[container.behaviour.cause];
      return { stoppedReason: task.launchType === 'FARGATE' ? reason : TASK_FAILED_TO_START, containerReason: reason };
    }
    default:
      return undefined;
  }
}

/** The subnet has no address left for the task's interface. */
export function noAddress(task: TaskState): string {
  const publicly =
    task.networkConfiguration?.awsvpcConfiguration?.assignPublicIp === 'ENABLED' ? 'enabled' : 'disabled';
  return (
    'Unexpected EC2 error while attempting to Create Network Interface with public IP assignment ' +
    `${publicly} in subnet '${task.subnetId ?? ''}': InsufficientFreeAddressesInSubnet`
  );
}

/** The codes are the guide's (10.2); what follows them is like what tasks say. */
const CAUSES: Readonly<Record<StartCause, string>> = {
  'cannot-start':
    'CannotStartContainerError: failed to get container status: failed to create shim task: OCI runtime create failed',
  'cannot-create-volume': 'CannotCreateVolumeError: failed to mount volume: mount target is not available',
  'log-driver':
    'ResourceInitializationError: failed to initialize logging driver: failed to create Cloudwatch log group',
  'runtime-timeout':
    'ContainerRuntimeTimeoutError: Could not transition to running; timed out after waiting 1m: context deadline exceeded',
  'runtime-error': 'ContainerRuntimeError: failed to create container IO set: failed to open fifo',
  'internal-error': 'InternalError: unable to start the task',
};

function cannotPull(task: TaskState, container: ContainerState): StartFailure {
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
