import type {
  Failure,
  GetTaskProtectionRequest,
  GetTaskProtectionResponse,
  ProtectedTask,
  UpdateTaskProtectionRequest,
  UpdateTaskProtectionResponse,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import type { ClusterState } from '../clusters/state.ts';
import { findCluster } from '../find.ts';
import type { TaskState } from './state.ts';
import { findTask, taskArn } from './tasks.ts';

const MAX_UPDATED = 10;
const MAX_READ = 100;
const MINUTE = 60_000;
const DEFAULT_MINUTES = 120;
const MAX_MINUTES = 2_880;

/** Whether neither scale-in nor a deployment may stop the task now (TP-01). */
export function isProtected(world: World, task: TaskState): boolean {
  return task.protectedUntil !== undefined && task.protectedUntil.getTime() > world.agenda.now;
}

/** Sets or ends the protection of service tasks; setting it again counts the time anew (TP-02). */
export function updateTaskProtection(world: World, input: UpdateTaskProtectionRequest): UpdateTaskProtectionResponse {
  const cluster = findCluster(world, input.cluster);
  const references = given(input.tasks, MAX_UPDATED);
  const minutes = input.expiresInMinutes ?? DEFAULT_MINUTES;
  if (!Number.isInteger(minutes) || minutes < 1 || minutes > MAX_MINUTES) {
    throw invalidParameter(`expiresInMinutes must be between 1 and ${MAX_MINUTES} (inclusive).`);
  }
  return forEachTask(world, cluster, references, (task) => {
    if (input.protectionEnabled !== true) {
      task.protectedUntil = undefined;
      world.on.task(world, task, 'moved');
      return undefined;
    }
    if (wouldBlock(world, task)) return 'DEPLOYMENT_BLOCKED';
    task.protectedUntil = new Date(world.agenda.now + minutes * MINUTE);
    // Whoever waits for it to end looks again when it does.
    world.agenda.after(minutes * MINUTE, () => {
      if (!isProtected(world, task) && task.desiredStatus === 'RUNNING') world.on.task(world, task, 'moved');
    });
    return undefined;
  });
}

export function getTaskProtection(world: World, input: GetTaskProtectionRequest): GetTaskProtectionResponse {
  const cluster = findCluster(world, input.cluster);
  if (input.tasks === undefined || input.tasks.length === 0) {
    const tasks = [...cluster.tasks.values()].filter((task) => isProtected(world, task));
    return { protectedTasks: tasks.map((task) => view(world, task)), failures: [] };
  }
  return forEachTask(world, cluster, given(input.tasks, MAX_READ), () => undefined);
}

/** More protected tasks than the service wants would keep its deployment from ever settling (TP-05). */
function wouldBlock(world: World, task: TaskState): boolean {
  const { service } = task;
  if (service === undefined) return false;
  let others = 0;
  for (const other of service.tasks) if (other !== task && isProtected(world, other)) others += 1;
  return others + 1 > service.desiredCount;
}

/** Only running tasks of services can be protected (guide 4, 18). */
function forEachTask(
  world: World,
  cluster: ClusterState,
  references: readonly string[],
  act: (task: TaskState) => string | undefined,
): { protectedTasks: ProtectedTask[]; failures: Failure[] } {
  const protectedTasks: ProtectedTask[] = [];
  const failures: Failure[] = [];
  for (const reference of references) {
    const task = findTask(cluster, reference);
    if (task === undefined) {
      failures.push({ arn: taskArn(world, cluster, reference), reason: 'MISSING' });
      continue;
    }
    const valid = task.service !== undefined && task.desiredStatus === 'RUNNING';
    const reason = valid ? act(task) : 'TASK_NOT_VALID';
    if (reason === undefined) protectedTasks.push(view(world, task));
    else failures.push({ arn: task.arn, reason });
  }
  return { protectedTasks, failures };
}

/** There is no expiration date without protection (TP-07). */
function view(world: World, task: TaskState): ProtectedTask {
  const enabled = isProtected(world, task);
  return {
    taskArn: task.arn,
    protectionEnabled: enabled,
    expirationDate: enabled ? task.protectedUntil : undefined,
  };
}

function given(tasks: readonly string[] | undefined, max: number): readonly string[] {
  if (tasks === undefined || tasks.length === 0) throw invalidParameter('Tasks cannot be empty.');
  if (tasks.length > max) throw invalidParameter(`Tasks can have at most ${max} items.`);
  return tasks;
}
