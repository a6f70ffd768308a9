import type { ExecuteCommandRequest, ExecuteCommandResponse } from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { findCluster } from '../find.ts';
import type { ContainerState, TaskState } from './state.ts';
import { findTask } from './tasks.ts';

/** Checks what ECS checks; then nobody answers, as with a task whose SSM agent has no network: there are no sessions here. */
export function executeCommand(world: World, input: ExecuteCommandRequest): ExecuteCommandResponse {
  const cluster = findCluster(world, input.cluster);
  const task = findTask(cluster, input.task ?? '');
  if (task === undefined) throw invalidParameter('The referenced task was not found.');
  if (input.interactive !== true) throw invalidParameter('Interactive is the only mode supported currently.');
  const container = containerOf(task, input.container);
  if (!task.enableExecuteCommand || container.lastStatus !== 'RUNNING') {
    throw invalidParameter(
      'The execute command failed because execute command was not enabled when the task was run or the execute ' +
        'command agent isn’t running. Wait and try again or run a new task with execute command enabled and try again.',
    );
  }
  throw new AwsError(
    'TargetNotConnectedException',
    'The execute command failed due to an internal error. Try again later.',
  );
}

/** The name may be left out only where there is one container (EX-8). */
function containerOf(task: TaskState, name: string | undefined): ContainerState {
  const [only, ...others] = task.containers;
  if (name === undefined && only !== undefined && others.length === 0) return only;
  if (name === undefined)
    throw invalidParameter('Container name must be specified for a task with multiple containers.');
  const found = task.containers.find((container) => container.name === name);
  if (found === undefined) throw invalidParameter(`The container ${name} does not exist in the task.`);
  return found;
}
