import type { Failure, StartTaskRequest, StartTaskResponse } from '@aws-sdk/client-ecs';
import type { World } from '../../world.ts';
import { arn, resourceOf } from '../arn.ts';
import { isExternal } from '../capacity/instances/external.ts';
import { findInstance } from '../capacity/instances/find.ts';
import { misfit } from '../capacity/placement/fit.ts';
import type { ClusterState } from '../clusters/state.ts';
import { findCluster } from '../find.ts';
import { newTemplate } from '../services/template.ts';
import { startTask as start } from './life.ts';
import { answer, commonInput, runTags } from './run.ts';
import { checkStart } from './run-rules.ts';
import type { TaskState } from './state.ts';

/** Puts a task on each of the given instances: the caller is the scheduler, so no strategy and no constraint has a say. */
export function startTask(world: World, input: StartTaskRequest): StartTaskResponse {
  const cluster = findCluster(world, input.cluster);
  const template = newTemplate(world, cluster, {
    taskDefinition: input.taskDefinition,
    networkConfiguration: input.networkConfiguration,
    volumeConfigurations: input.volumeConfigurations,
    launchType: 'EC2',
  });
  checkStart(input, template.taskDefinition);
  const common = commonInput(cluster, input, template);
  const tags = runTags(cluster, input, template.taskDefinition);
  const tasks: TaskState[] = [];
  const failures: Failure[] = [];
  for (const reference of input.containerInstances ?? []) {
    const instance = findInstance(cluster, reference);
    if (instance === undefined) {
      failures.push({ arn: instanceArn(world, cluster, reference), reason: 'MISSING' });
      continue;
    }
    const reason =
      instance.status === 'ACTIVE' || instance.status === 'DRAINING'
        ? misfit(world, instance, { ...common, constraints: [] })
        : 'INACTIVE';
    if (reason !== undefined) {
      failures.push({ arn: instance.arn, reason });
      continue;
    }
    const launchType = isExternal(instance) ? 'EXTERNAL' : 'EC2';
    tasks.push(start(world, { ...common, launchType, containerInstance: instance, tags: new Map(tags) }));
  }
  return answer(tasks, failures);
}

function instanceArn(world: World, cluster: ClusterState, reference: string): string {
  if (resourceOf(reference) !== undefined) return reference;
  return arn(world, `container-instance/${cluster.name}/${reference}`);
}
