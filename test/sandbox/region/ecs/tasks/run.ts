import type { Failure, RunTaskRequest, RunTaskResponse, StartTaskRequest } from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import type { Tags } from '../account/tag-rules.ts';
import { tagsFrom } from '../account/tag-rules.ts';
import { type Placement, place } from '../capacity/place.ts';
import { chooseProvider } from '../capacity/strategy.ts';
import type { ClusterState } from '../clusters/state.ts';
import { launchTypeOfProvider } from '../fargate.ts';
import { findCluster } from '../find.ts';
import type { Template } from '../services/state.ts';
import { isFargate, newTemplate } from '../services/template.ts';
import type { TaskDefinitionState } from '../task-definitions/state.ts';
import { startTask } from './life.ts';
import { checkRun } from './run-rules.ts';
import type { TaskState } from './state.ts';
import { taskView } from './view.ts';

/** Starts up to ten tasks wherever they fit. Those that do not are in `failures`, and that is no error (guide 4, 18). */
export function runTask(world: World, input: RunTaskRequest): RunTaskResponse {
  const cluster = findCluster(world, input.cluster);
  const fingerprint = JSON.stringify(input);
  const earlier = input.clientToken === undefined ? undefined : world.ecs.runs.get(input.clientToken);
  if (earlier !== undefined) {
    if (earlier.fingerprint !== fingerprint) {
      throw new AwsError('ConflictException', 'The client token was already used with other parameters.');
    }
    return answer(earlier.tasks, []);
  }
  const template = newTemplate(world, cluster, input);
  checkRun(input, template.taskDefinition, isFargate(template));
  const { tasks, failures } = placeAndStart(world, cluster, input, template);
  if (input.clientToken !== undefined) world.ecs.runs.set(input.clientToken, { fingerprint, tasks });
  return answer(tasks, failures);
}

function placeAndStart(
  world: World,
  cluster: ClusterState,
  input: RunTaskRequest,
  template: Template,
): { tasks: TaskState[]; failures: readonly Failure[] } {
  const common = commonInput(cluster, input, template);
  const asked = { constraints: input.placementConstraints ?? [], strategy: input.placementStrategy ?? [] };
  const tags = runTags(cluster, input, template.taskDefinition);
  const placed = new Map<string, number>();
  const tasks: TaskState[] = [];
  while (tasks.length < (input.count ?? 1)) {
    const target = nextTarget(template, placed);
    const where = place(world, { ...common, ...asked, ...target });
    if (where.kind === 'refused') return { tasks, failures: refusals(where, tasks.length) };
    const containerInstance = where.kind === 'instance' ? where.instance : undefined;
    const own = { ...target, containerInstance, placement: asked, tags: new Map(tags) };
    tasks.push(startTask(world, { ...common, ...own }));
  }
  return { tasks, failures: [] };
}

/** A cluster without any instance is the caller's mistake, and an error of its own. */
function refusals(placement: Extract<Placement, { kind: 'refused' }>, started: number): readonly Failure[] {
  if (started > 0 || placement.failures.length > 0) return placement.failures;
  throw invalidParameter(placement.event.replace(/^.*Reason: /, ''));
}

/** Launch type and provider of the next task; `placed` counts those of this call. */
function nextTarget(template: Template, placed: Map<string, number>) {
  const capacityProvider = chooseProvider(template.strategy ?? [], placed);
  if (capacityProvider === undefined) return { launchType: template.launchType ?? 'EC2', capacityProvider };
  placed.set(capacityProvider, (placed.get(capacityProvider) ?? 0) + 1);
  return { launchType: launchTypeOfProvider(capacityProvider), capacityProvider };
}

/** What RunTask and StartTask give to every task that they start. */
export function commonInput(cluster: ClusterState, input: RunTaskRequest | StartTaskRequest, template: Template) {
  return {
    cluster,
    taskDefinition: template.taskDefinition,
    platformVersion: template.platformVersion,
    networkConfiguration: template.networkConfiguration,
    overrides: input.overrides,
    group: input.group ?? `family:${template.taskDefinition.family}`,
    startedBy: input.startedBy,
    enableExecuteCommand: input.enableExecuteCommand ?? false,
  };
}

/** Tags of the task definition if asked for, those of ECS, and the caller's over them (TG-03, TG-05). */
export function runTags(
  cluster: ClusterState,
  input: Pick<RunTaskRequest, 'propagateTags' | 'enableECSManagedTags' | 'tags'>,
  taskDefinition: TaskDefinitionState,
): Tags {
  const tags: Tags = new Map(input.propagateTags === 'TASK_DEFINITION' ? taskDefinition.tags : []);
  if (input.enableECSManagedTags === true) tags.set('aws:ecs:clusterName', cluster.name);
  for (const [key, value] of tagsFrom(input.tags)) tags.set(key, value);
  return tags;
}

export function answer(tasks: readonly TaskState[], failures: readonly Failure[]): RunTaskResponse {
  return { tasks: tasks.map((task) => taskView(task, true)), failures: [...failures] };
}
