import { isDeepStrictEqual } from 'node:util';
import type {
  DescribeTasksRequest,
  DescribeTasksResponse,
  ListTasksRequest,
  ListTasksResponse,
  RunTaskRequest,
  RunTaskResponse,
  StopTaskRequest,
  StopTaskResponse,
} from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import type { Tags } from '../account/tag-rules.ts';
import { tagsFrom } from '../account/tag-rules.ts';
import { arn, resourceOf, shortName } from '../arn.ts';
import type { ClusterState } from '../clusters/state.ts';
import { findCluster, serviceOrThrow } from '../find.ts';
import { page } from '../pages.ts';
import { placement } from '../services/scheduler.ts';
import { newTemplate } from '../services/template.ts';
import { startTask, stopTask } from './life.ts';
import type { TaskState } from './state.ts';
import { taskView } from './view.ts';

const MAX_RUN = 10;

export function runTask(world: World, input: RunTaskRequest): RunTaskResponse {
  const cluster = findCluster(world, input.cluster);
  const fingerprint = JSON.stringify(input);
  const token = input.clientToken;
  const earlier = token === undefined ? undefined : world.ecs.runs.get(token);
  if (earlier !== undefined) {
    if (!isDeepStrictEqual(earlier.fingerprint, fingerprint)) {
      throw new AwsError('ConflictException', 'The client token was already used with other parameters.');
    }
    return { tasks: earlier.tasks.map((task) => taskView(task, true)), failures: [] };
  }
  const count = input.count ?? 1;
  if (count < 1 || count > MAX_RUN) throw invalidParameter(`Count must be between 1 and ${MAX_RUN}.`);
  if (/^service:/.test(input.group ?? '')) throw invalidParameter('Task groups starting with service: are reserved.');
  const template = newTemplate(world, cluster, input);
  const where = placement(template);
  // With launch type EC2 nothing can be placed: the region has no container instances.
  if (where.launchType === 'EC2' && where.capacityProvider === undefined) {
    return { tasks: [], failures: Array.from({ length: count }, () => ({ arn: cluster.arn, reason: 'RESOURCE:CPU' })) };
  }
  const tags = runTags(cluster, input, template.taskDefinition.tags);
  const tasks = Array.from({ length: count }, () =>
    startTask(world, {
      cluster,
      taskDefinition: template.taskDefinition,
      ...where,
      platformVersion: template.platformVersion,
      networkConfiguration: template.networkConfiguration,
      overrides: input.overrides,
      group: input.group ?? `family:${template.taskDefinition.family}`,
      startedBy: input.startedBy,
      enableExecuteCommand: input.enableExecuteCommand ?? false,
      tags: new Map(tags),
    }),
  );
  if (token !== undefined) world.ecs.runs.set(token, { fingerprint, tasks });
  return { tasks: tasks.map((task) => taskView(task, true)), failures: [] };
}

function runTags(cluster: ClusterState, input: RunTaskRequest, taskDefinitionTags: Tags): Tags {
  const tags: Tags = new Map(input.propagateTags === 'TASK_DEFINITION' ? taskDefinitionTags : []);
  if (input.enableECSManagedTags) tags.set('aws:ecs:clusterName', cluster.name);
  for (const [key, value] of tagsFrom(input.tags)) tags.set(key, value);
  return tags;
}

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
  if (references.length > 100) throw invalidParameter('Tasks can have at most 100 items.');
  const withTags = input.include?.includes('TAGS') ?? false;
  const tasks = [];
  const failures = [];
  for (const reference of references) {
    const task = findTask(cluster, reference);
    if (task !== undefined) tasks.push(taskView(task, withTags));
    else failures.push({ arn: missingArn(world, cluster, reference), reason: 'MISSING' });
  }
  return { tasks, failures };
}

export function listTasks(world: World, input: ListTasksRequest): ListTasksResponse {
  const cluster = findCluster(world, input.cluster);
  if (input.containerInstance !== undefined) return { taskArns: [] };
  const service = input.serviceName === undefined ? undefined : serviceOrThrow(cluster, input.serviceName);
  const wanted = input.desiredStatus ?? 'RUNNING';
  const arns: string[] = [];
  for (const task of cluster.tasks.values()) {
    if (task.desiredStatus !== wanted) continue;
    if (service !== undefined && task.service !== service) continue;
    if (matches(task, input)) arns.push(task.arn);
  }
  const { items, nextToken } = page(arns, input, { size: 100, max: 100 });
  return { taskArns: items, nextToken };
}

function matches(task: TaskState, input: ListTasksRequest): boolean {
  if (input.family !== undefined && task.taskDefinition.family !== input.family) return false;
  if (input.startedBy !== undefined && task.startedBy !== input.startedBy) return false;
  return input.launchType === undefined || task.launchType === input.launchType;
}

function findTask(cluster: ClusterState, reference: string): TaskState | undefined {
  return cluster.tasks.get(shortName(reference));
}

function missingArn(world: World, cluster: ClusterState, reference: string): string {
  return resourceOf(reference) === undefined ? arn(world, `task/${cluster.name}/${reference}`) : reference;
}
