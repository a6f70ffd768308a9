import type {
  DeleteTaskDefinitionsRequest,
  DeleteTaskDefinitionsResponse,
  DeregisterTaskDefinitionRequest,
  DeregisterTaskDefinitionResponse,
  DescribeTaskDefinitionRequest,
  DescribeTaskDefinitionResponse,
  ListTaskDefinitionFamiliesRequest,
  ListTaskDefinitionFamiliesResponse,
  ListTaskDefinitionsRequest,
  ListTaskDefinitionsResponse,
  RegisterTaskDefinitionRequest,
  RegisterTaskDefinitionResponse,
  TaskDefinition,
} from '@aws-sdk/client-ecs';
import { clientException, invalidParameter } from '../../errors.ts';
import type { Caller } from '../../wire/caller.ts';
import type { World } from '../../world.ts';
import { tagList, tagsFrom } from '../account/tag-rules.ts';
import { arn, shortName } from '../arn.ts';
import { findTaskDefinition } from '../find.ts';
import { page } from '../pages.ts';
import { normalizedDefinition } from './defaults.ts';
import { checkTaskDefinition } from './rules/index.ts';
import type { FamilyState, TaskDefinitionState } from './state.ts';

export function registerTaskDefinition(
  world: World,
  input: RegisterTaskDefinitionRequest,
  caller: Caller,
): RegisterTaskDefinitionResponse {
  checkTaskDefinition(input);
  const tags = tagsFrom(input.tags);
  const name = input.family ?? '';
  const family = world.ecs.families.get(name) ?? { name, lastRevision: 0, revisions: new Map() };
  world.ecs.families.set(name, family);
  family.lastRevision += 1;
  const revision = family.lastRevision;
  const taskDefinitionArn = arn(world, `task-definition/${name}:${revision}`);
  const registered: TaskDefinitionState = {
    arn: taskDefinitionArn,
    family: name,
    revision,
    status: 'ACTIVE',
    definition: {
      ...normalizedDefinition(input),
      taskDefinitionArn,
      revision,
      registeredAt: world.agenda.date,
      registeredBy: caller.arn,
    },
    tags,
    deregisteredAt: undefined,
    deleteRequestedAt: undefined,
    users: 0,
  };
  family.revisions.set(revision, registered);
  return { taskDefinition: view(registered), tags: tags.size > 0 ? tagList(tags) : undefined };
}

export function describeTaskDefinition(
  world: World,
  input: DescribeTaskDefinitionRequest,
): DescribeTaskDefinitionResponse {
  const found = findTaskDefinition(world, input.taskDefinition);
  if (found === undefined) throw clientException('Unable to describe task definition.');
  return { taskDefinition: view(found), tags: input.include?.includes('TAGS') ? tagList(found.tags) : [] };
}

export function listTaskDefinitions(world: World, input: ListTaskDefinitionsRequest): ListTaskDefinitionsResponse {
  const status = input.status ?? 'ACTIVE';
  const arns: string[] = [];
  for (const family of familiesInOrder(world)) {
    // `familyPrefix` is the whole family name here, unlike in ListTaskDefinitionFamilies.
    if (input.familyPrefix !== undefined && family.name !== input.familyPrefix) continue;
    for (const definition of family.revisions.values()) if (definition.status === status) arns.push(definition.arn);
  }
  if (input.sort === 'DESC') arns.reverse();
  const { items, nextToken } = page(arns, input, { size: 100, max: 100 });
  return { taskDefinitionArns: items, nextToken };
}

export function listTaskDefinitionFamilies(
  world: World,
  input: ListTaskDefinitionFamiliesRequest,
): ListTaskDefinitionFamiliesResponse {
  const names = familiesInOrder(world)
    .filter((family) => family.name.startsWith(input.familyPrefix ?? '') && hasStatus(family, input.status ?? 'ALL'))
    .map((family) => family.name);
  const { items, nextToken } = page(names, input, { size: 100, max: 100 });
  return { families: items, nextToken };
}

export function deregisterTaskDefinition(
  world: World,
  input: DeregisterTaskDefinitionRequest,
): DeregisterTaskDefinitionResponse {
  const found = withRevision(world, input.taskDefinition);
  if (found === undefined) throw clientException('Unable to describe task definition.');
  if (found.status !== 'ACTIVE') {
    throw clientException(
      'The specified task definition is inactive. Specify an active task definition and try again.',
    );
  }
  found.status = 'INACTIVE';
  found.deregisteredAt = world.agenda.date;
  return { taskDefinition: view(found) };
}

/** INACTIVE revisions go to DELETE_IN_PROGRESS and vanish once no task and no deployment uses them (TDL-01). */
export function deleteTaskDefinitions(
  world: World,
  input: DeleteTaskDefinitionsRequest,
): DeleteTaskDefinitionsResponse {
  const references = input.taskDefinitions ?? [];
  if (references.length === 0 || references.length > 10) {
    throw invalidParameter('taskDefinitions must have between 1 and 10 items.');
  }
  const taskDefinitions: TaskDefinition[] = [];
  const failures = [];
  for (const reference of references) {
    const found = withRevision(world, reference);
    if (found === undefined) {
      failures.push({
        arn: reference,
        reason:
          'The specified task definition does not exist. Specify a valid account, family, revision and try again.',
      });
    } else if (found.status === 'ACTIVE') {
      failures.push({
        arn: found.arn,
        reason: 'The specified task definition is still in ACTIVE status. Please deregister the target and try again.',
      });
    } else {
      requestDeletion(world, found);
      taskDefinitions.push(view(found));
    }
  }
  return { taskDefinitions, failures };
}

function requestDeletion(world: World, definition: TaskDefinitionState): void {
  if (definition.status === 'DELETE_IN_PROGRESS') return;
  definition.status = 'DELETE_IN_PROGRESS';
  definition.deleteRequestedAt = world.agenda.date;
  const remove = (delayMs: number): void => {
    world.agenda.after(delayMs, () => {
      if (definition.users > 0) remove(world.timings.throttle);
      else world.ecs.families.get(definition.family)?.revisions.delete(definition.revision);
    });
  };
  remove(world.timings.taskDefinitionDeletion);
}

function withRevision(world: World, reference: string | undefined): TaskDefinitionState | undefined {
  if (!/:\d+$/.test(shortName(reference ?? ''))) throw clientException('Revision is missing.');
  return findTaskDefinition(world, reference);
}

function view(state: TaskDefinitionState): TaskDefinition {
  return {
    ...state.definition,
    status: state.status,
    deregisteredAt: state.deregisteredAt,
    deleteRequestedAt: state.deleteRequestedAt,
  };
}

function familiesInOrder(world: World): FamilyState[] {
  return [...world.ecs.families.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

/** A family is ACTIVE while one of its revisions is (TDL-08). */
function hasStatus(family: FamilyState, status: 'ACTIVE' | 'INACTIVE' | 'ALL'): boolean {
  const active = [...family.revisions.values()].some((definition) => definition.status === 'ACTIVE');
  switch (status) {
    case 'ACTIVE':
      return active;
    case 'INACTIVE':
      return !active && family.revisions.size > 0;
    case 'ALL':
      return family.revisions.size > 0;
  }
}
