import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  LaunchType,
  ListTasksRequest,
  ListTasksResponse,
  StopTaskRequest,
  StopTaskResponse,
} from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { arn, resourceOf, shortName } from '../arn.ts';
import { findInstance } from '../capacity/instances/find.ts';
import type { ContainerInstanceState } from '../capacity/state.ts';
import type { ClusterState } from '../clusters/state.ts';
import { findCluster, serviceOrThrow } from '../find.ts';
import { page } from '../pages.ts';
import type { ServiceState } from '../services/state.ts';
import { stopTask } from './life.ts';
import type { TaskState } from './state.ts';
import { taskView } from './view.ts';

const MAX_DESCRIBED = 100;

export function stopTaskOperation(world: World, input: StopTaskRequest): StopTaskResponse {
  const cluster = findCluster(world, input.cluster);
  const task = findTask(cluster, input.task ?? '');
  if (task === undefined) throw invalidParameter('The referenced task was not found.');
  stopTask(world, task, 'UserInitiated', input.reason ?? 'Task stopped by user');
  return { task: taskView(task, false) };
}

export function describeTasks(world: World, input: DescribeTasksRequest): DescribeTasksResponse {
  const cluster = findCluster(world, input.cluster);
  const references = input.tasks ?? [];
  if (references.length === 0) throw invalidParameter('Tasks cannot be empty.');
  if (references.length > MAX_DESCRIBED) throw invalidParameter(`Tasks can have at most ${MAX_DESCRIBED} items.`);
  const withTags = input.include?.includes('TAGS') ?? false;
  const tasks = [];
  const failures = [];
  for (const reference of references) {
    const task = findTask(cluster, reference);
    if (task !== undefined) tasks.push(taskView(task, withTags));
    else failures.push({ arn: taskArn(world, cluster, reference), reason: 'MISSING' });
  }
  return { tasks, failures };
}

export function listTasks(world: World, input: ListTasksRequest): ListTasksResponse {
  const cluster = findCluster(world, input.cluster);
  // "When you specify startedBy as the filter, it must be the only filter that you use" (API reference); the status is none.
  const others = [input.serviceName, input.family, input.containerInstance];
  if (input.startedBy !== undefined && others.some((filter) => filter !== undefined)) {
    throw invalidParameter('startedBy cannot be combined with another filter.');
  }
  const wanted: Wanted = {
    service: input.serviceName === undefined ? undefined : serviceOrThrow(cluster, input.serviceName),
    instance: input.containerInstance === undefined ? undefined : instanceOf(cluster, input.containerInstance),
    family: input.family,
    startedBy: input.startedBy,
    launchType: input.launchType,
  };
  // A desired status of PENDING is allowed, and no task ever has it.
  const desiredStatus = input.desiredStatus ?? 'RUNNING';
  const arns: string[] = [];
  // A service knows its live tasks: most callers ask for those of one service among thousands.
  const live = desiredStatus === 'RUNNING' ? wanted.service?.tasks : undefined;
  for (const task of live ?? cluster.tasks.values()) {
    if (task.desiredStatus === desiredStatus && matches(task, wanted)) arns.push(task.arn);
  }
  const { items, nextToken } = page(arns, input, { size: 100, max: 100 });
  return { taskArns: items, nextToken };
}

interface Wanted {
  readonly service: ServiceState | undefined;
  readonly instance: ContainerInstanceState | undefined;
  readonly family: string | undefined;
  readonly startedBy: string | undefined;
  readonly launchType: LaunchType | undefined;
}

function matches(task: TaskState, wanted: Wanted): boolean {
  const is = <T>(value: T, filter: T | undefined): boolean => filter === undefined || value === filter;
  return (
    is(task.service, wanted.service) &&
    is(task.containerInstance, wanted.instance) &&
    is(task.taskDefinition.family, wanted.family) &&
    is(task.startedBy, wanted.startedBy) &&
    is(task.launchType, wanted.launchType)
  );
}

function instanceOf(cluster: ClusterState, reference: string): ContainerInstanceState {
  const instance = findInstance(cluster, reference);
  if (instance === undefined) throw invalidParameter('The referenced container instance was not found.');
  return instance;
}

/** A task by its ARN or id. An ARN of another cluster names none of this one's. */
export function findTask(cluster: ClusterState, reference: string): TaskState | undefined {
  const task = cluster.tasks.get(shortName(reference));
  return resourceOf(reference) === undefined || task?.arn === reference ? task : undefined;
}

/** The ARN that a reference stands for, to name it in a failure. */
export function taskArn(world: World, cluster: ClusterState, reference: string): string {
  return resourceOf(reference) === undefined ? arn(world, `task/${cluster.name}/${reference}`) : reference;
}
