import type { TaskSet } from '@aws-sdk/client-ecs';
import { tagList } from '../../account/tag-rules.ts';
import { resolvedPlatform } from '../../fargate.ts';
import type { ServiceState } from '../state.ts';
import { compute, fargateEphemeralStorage } from '../view.ts';
import { computedDesiredCount } from './look.ts';
import type { TaskSetState } from './state.ts';

export function taskSetView(service: ServiceState, taskSet: TaskSetState, withTags: boolean): TaskSet {
  const { template } = taskSet.deployment.revision;
  let running = 0;
  let pending = 0;
  for (const task of service.tasks) {
    if (task.deployment !== taskSet.deployment || task.desiredStatus === 'STOPPED') continue;
    if (task.lastStatus === 'RUNNING') running += 1;
    else pending += 1;
  }
  return {
    id: taskSet.id,
    taskSetArn: taskSet.arn,
    serviceArn: service.arn,
    clusterArn: service.cluster.arn,
    startedBy: taskSet.startedBy,
    externalId: taskSet.externalId,
    status: taskSet.status,
    taskDefinition: template.taskDefinition.arn,
    computedDesiredCount: computedDesiredCount(service, taskSet),
    pendingCount: pending,
    runningCount: running,
    createdAt: taskSet.createdAt,
    updatedAt: taskSet.updatedAt,
    ...compute(template),
    platformVersion: resolvedPlatform(template.taskDefinition.definition, template.platformVersion),
    networkConfiguration: template.networkConfiguration,
    loadBalancers: [...template.loadBalancers],
    serviceRegistries: [...template.serviceRegistries],
    scale: taskSet.scale,
    stabilityStatus: taskSet.stabilityStatus,
    stabilityStatusAt: taskSet.stabilityStatusAt,
    tags: withTags ? tagList(taskSet.tags) : undefined,
    fargateEphemeralStorage: fargateEphemeralStorage(service, template),
  };
}
