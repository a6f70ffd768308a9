import type { RunTaskRequest, StartTaskRequest, TaskOverride } from '@aws-sdk/client-ecs';
import { invalidParameter } from '../../errors.ts';
import { tagsFrom } from '../account/tag-rules.ts';
import { checkPlacementRules } from '../capacity/placement/rules.ts';
import type { TaskDefinitionState } from '../task-definitions/state.ts';

const MAX_TASKS = 10;
const MAX_INSTANCES = 10;
const MAX_CONSTRAINTS = 10;
const MAX_STRATEGIES = 5;
/** Characters of all overrides together, as JSON. */
const MAX_OVERRIDES = 8_192;

/** What RunTask refuses. The template (launch type, strategy, network) has been checked before. */
export function checkRun(input: RunTaskRequest, taskDefinition: TaskDefinitionState, fargate: boolean): void {
  const { count = 1, placementConstraints = [], placementStrategy = [] } = input;
  if (!Number.isInteger(count) || count < 1 || count > MAX_TASKS) {
    throw invalidParameter(`Count must be between 1 and ${MAX_TASKS}.`);
  }
  const constraints = placementConstraints.length + (taskDefinition.definition.placementConstraints?.length ?? 0);
  if (constraints > MAX_CONSTRAINTS) {
    throw invalidParameter(`placementConstraints can have at most ${MAX_CONSTRAINTS} items.`);
  }
  if (placementStrategy.length > MAX_STRATEGIES) {
    throw invalidParameter(`placementStrategy can have at most ${MAX_STRATEGIES} items.`);
  }
  checkPlacementRules(placementConstraints, placementStrategy);
  if (fargate && placementConstraints.length > 0) {
    throw invalidParameter('Placement constraints are not supported with FARGATE launch type.');
  }
  if (fargate && placementStrategy.length > 0) {
    throw invalidParameter('Placement strategies are not supported with FARGATE launch type.');
  }
  checkCommon(input, taskDefinition);
}

/** What StartTask refuses. */
export function checkStart(input: StartTaskRequest, taskDefinition: TaskDefinitionState): void {
  const { containerInstances = [] } = input;
  if (containerInstances.length === 0) throw invalidParameter('Container instances cannot be empty.');
  if (containerInstances.length > MAX_INSTANCES) {
    throw invalidParameter(`Container instances can have at most ${MAX_INSTANCES} items.`);
  }
  checkCommon(input, taskDefinition);
}

function checkCommon(input: RunTaskRequest | StartTaskRequest, taskDefinition: TaskDefinitionState): void {
  const { group = '', startedBy = '', referenceId = '', overrides } = input;
  if (group.startsWith('service:')) throw invalidParameter('Task groups starting with service: are reserved.');
  if (group.length > 255) throw invalidParameter('Group can have at most 255 characters.');
  if (!/^[a-zA-Z0-9_/-]{0,128}$/.test(startedBy)) {
    throw invalidParameter(
      'startedBy can have up to 128 letters (uppercase and lowercase), numbers, hyphens, forward slash, and underscores.',
    );
  }
  if (referenceId.length > 1_024) throw invalidParameter('referenceId can have at most 1024 characters.');
  if (input.propagateTags === 'SERVICE') {
    throw invalidParameter('propagateTags SERVICE is not supported when a task is run.');
  }
  tagsFrom(input.tags);
  checkOverrides(overrides, taskDefinition);
  const role = overrides?.taskRoleArn ?? taskDefinition.definition.taskRoleArn;
  if (input.enableExecuteCommand === true && role === undefined) {
    throw invalidParameter(
      "The task couldn't be run because a valid taskRoleArn is not being used. " +
        'Specify a valid task role in your task definition and try again.',
    );
  }
}

function checkOverrides(overrides: TaskOverride | undefined, taskDefinition: TaskDefinitionState): void {
  if (overrides === undefined) return;
  const names = new Set(taskDefinition.definition.containerDefinitions?.map(({ name }) => name));
  for (const { name } of overrides.containerOverrides ?? []) {
    if (name === undefined) throw invalidParameter('Container name must be specified when overriding a container.');
    if (!names.has(name)) {
      throw invalidParameter(`Override for container named ${name} is not a container in the TaskDefinition.`);
    }
  }
  if (JSON.stringify(overrides).length > MAX_OVERRIDES) {
    throw invalidParameter(`Container Overrides length must be at most ${MAX_OVERRIDES}`);
  }
}
