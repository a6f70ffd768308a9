import type {
  CreateTaskSetRequest,
  CreateTaskSetResponse,
  DeleteTaskSetRequest,
  DeleteTaskSetResponse,
  DescribeTaskSetsRequest,
  DescribeTaskSetsResponse,
  Scale,
  UpdateServicePrimaryTaskSetRequest,
  UpdateServicePrimaryTaskSetResponse,
  UpdateTaskSetRequest,
  UpdateTaskSetResponse,
} from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../../errors.ts';
import type { World } from '../../../world.ts';
import { tagsFrom } from '../../account/tag-rules.ts';
import { findCluster, serviceOrThrow } from '../../find.ts';
import { controllerOf } from '../controller.ts';
import { checkCombination } from '../rules/service.ts';
import type { ServiceState } from '../state.ts';
import { newTemplate } from '../template.ts';
import { wake } from '../wake.ts';
import { beginTaskSet } from './begin.ts';
import { judgeStability } from './look.ts';
import type { TaskSetState } from './state.ts';
import { taskSetView } from './view.ts';

/** AWS has room for so many in one service. */
const MAX_TASK_SETS = 5;

/** XD-04. Without a scale it has no tasks yet. */
export function createTaskSet(world: World, input: CreateTaskSetRequest): CreateTaskSetResponse {
  const service = activeService(world, input);
  if (input.taskDefinition === undefined) throw invalidParameter('TaskDefinition can not be blank.');
  const earlier = service.taskSets.find(
    ({ clientToken }) => clientToken !== undefined && clientToken === input.clientToken,
  );
  if (earlier !== undefined) return { taskSet: taskSetView(service, earlier, true) };
  if (service.taskSets.length >= MAX_TASK_SETS) {
    throw new AwsError('LimitExceededException', `A service can have at most ${MAX_TASK_SETS} task sets.`);
  }
  const template = newTemplate(world, service.cluster, input);
  checkCombination(template, service.settings, service.deploymentConfiguration);
  const taskSet = beginTaskSet(world, service, template, {
    scale: checkedScale(input.scale ?? { value: 0, unit: 'PERCENT' }),
    status: 'ACTIVE',
    externalId: input.externalId,
    clientToken: input.clientToken,
    tags: tagsFrom(input.tags),
  });
  wake(world, service);
  return { taskSet: taskSetView(service, taskSet, true) };
}

export function describeTaskSets(world: World, input: DescribeTaskSetsRequest): DescribeTaskSetsResponse {
  const service = serviceWithTaskSets(world, input);
  const withTags = input.include?.includes('TAGS') ?? false;
  const failures: { arn: string; reason: string }[] = [];
  const found: TaskSetState[] = [];
  // None named means all of them.
  if ((input.taskSets ?? []).length === 0) found.push(...service.taskSets);
  for (const reference of input.taskSets ?? []) {
    const taskSet = find(service, reference);
    if (taskSet !== undefined) found.push(taskSet);
    else failures.push({ arn: reference, reason: 'MISSING' });
  }
  for (const taskSet of found) judgeStability(world, service, taskSet);
  return { taskSets: found.map((taskSet) => taskSetView(service, taskSet, withTags)), failures };
}

/** Only the scale can be changed (XD-03). */
export function updateTaskSet(world: World, input: UpdateTaskSetRequest): UpdateTaskSetResponse {
  const service = activeService(world, input);
  const taskSet = findOrThrow(service, input.taskSet);
  if (taskSet.status === 'DRAINING') throw invalidParameter('The task set is DRAINING and cannot be updated.');
  taskSet.scale = checkedScale(input.scale ?? {});
  touched(world, service, taskSet);
  return { taskSet: taskSetView(service, taskSet, false) };
}

/** The one that was PRIMARY becomes ACTIVE. */
export function updateServicePrimaryTaskSet(
  world: World,
  input: UpdateServicePrimaryTaskSetRequest,
): UpdateServicePrimaryTaskSetResponse {
  const service = activeService(world, input);
  const primary = findOrThrow(service, input.primaryTaskSet);
  if (primary.status === 'DRAINING')
    throw invalidParameter('The task set is DRAINING and cannot be the primary task set.');
  for (const taskSet of service.taskSets) if (taskSet.status === 'PRIMARY') taskSet.status = 'ACTIVE';
  primary.status = 'PRIMARY';
  // DescribeServices then shows what CodeDeploy has deployed: who declares services elsewhere sees it as drift.
  if (controllerOf(service.settings) === 'CODE_DEPLOY') service.template = primary.deployment.revision.template;
  touched(world, service, primary);
  return { taskSet: taskSetView(service, primary, false) };
}

export function deleteTaskSet(world: World, input: DeleteTaskSetRequest): DeleteTaskSetResponse {
  const service = activeService(world, input);
  const taskSet = findOrThrow(service, input.taskSet);
  if (taskSet.status === 'PRIMARY') throw invalidParameter('The primary task set cannot be deleted.');
  if (input.force !== true && (taskSet.scale.value ?? 0) > 0) {
    throw invalidParameter('The task set cannot be deleted while it is scaled above 0.');
  }
  taskSet.status = 'DRAINING';
  touched(world, service, taskSet);
  return { taskSet: taskSetView(service, taskSet, false) };
}

function touched(world: World, service: ServiceState, taskSet: TaskSetState): void {
  taskSet.updatedAt = world.agenda.date;
  judgeStability(world, service, taskSet);
  wake(world, service);
}

interface Reference {
  readonly cluster?: string | undefined;
  readonly service?: string | undefined;
}

function activeService(world: World, input: Reference): ServiceState {
  const service = serviceWithTaskSets(world, input);
  if (service.status !== 'ACTIVE') throw new AwsError('ServiceNotActiveException', 'Service was not ACTIVE.');
  return service;
}

function serviceWithTaskSets(world: World, input: Reference): ServiceState {
  const service = serviceOrThrow(findCluster(world, input.cluster), input.service);
  if (controllerOf(service.settings) === 'ECS') {
    throw invalidParameter(
      'Task sets are only supported on services with a CODE_DEPLOY or EXTERNAL deployment controller.',
    );
  }
  return service;
}

function findOrThrow(service: ServiceState, reference: string | undefined): TaskSetState {
  const taskSet = find(service, reference);
  if (taskSet === undefined) throw new AwsError('TaskSetNotFoundException', 'The specified task set was not found.');
  return taskSet;
}

/** By ARN, `ecs-svc/<number>` or the number alone. */
function find(service: ServiceState, reference = ''): TaskSetState | undefined {
  return service.taskSets.find(({ arn, id }) => reference === arn || reference === id || `ecs-svc/${reference}` === id);
}

function checkedScale({ value, unit = 'PERCENT' }: Scale): Scale {
  if (value === undefined || value < 0 || value > 100) {
    throw invalidParameter('Scale value must be between 0 and 100.');
  }
  return { value, unit };
}
