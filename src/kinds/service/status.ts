import type { Deployment, Service, ServiceEvent } from '@aws-sdk/client-ecs';
import type { Conclusion } from '../../engine/kind.ts';
import { nameOfArn } from '../shared/owner.ts';
import { timestamp } from '../shared/timestamp.ts';
import type { ECSServiceStatus, RolledBack, ServiceDeploymentStatus, ServiceEventStatus } from './api.ts';
import { primaryOf } from './progress.ts';

/** ECS keeps a hundred and repeats itself; ten different ones tell the story and keep the object small. */
const EVENTS_SHOWN = 10;

export function serviceStatus(
  service: Service,
  rolledBack: RolledBack | undefined,
): Conclusion<ECSServiceStatus>['status'] {
  const primary = primaryOf(service);
  const live = primary?.taskDefinition ?? service.taskDefinition;
  return {
    serviceArn: service.serviceArn,
    serviceName: service.serviceName,
    clusterArn: service.clusterArn,
    status: service.status,
    createdAt: timestamp(service.createdAt),
    desiredCount: service.desiredCount,
    runningCount: service.runningCount,
    pendingCount: service.pendingCount,
    taskDefinition: live,
    taskDefinitionRevision: live === undefined ? undefined : nameOfArn(live),
    deployments: (service.deployments ?? []).map(deploymentStatus),
    rolloutState: primary?.rolloutState,
    rolloutStateReason: primary?.rolloutStateReason,
    events: distinctEvents(service.events ?? []),
    rolledBack,
  };
}

function deploymentStatus(deployment: Deployment): ServiceDeploymentStatus {
  return {
    id: deployment.id ?? '',
    status: deployment.status,
    taskDefinition: deployment.taskDefinition,
    desiredCount: deployment.desiredCount,
    runningCount: deployment.runningCount,
    pendingCount: deployment.pendingCount,
    failedTasks: deployment.failedTasks,
    rolloutState: deployment.rolloutState,
    rolloutStateReason: deployment.rolloutStateReason,
    createdAt: timestamp(deployment.createdAt),
    updatedAt: timestamp(deployment.updatedAt),
  };
}

/** Newest first. "has reached a steady state" comes back every six hours under a new id: only its newest is kept. */
function distinctEvents(events: readonly ServiceEvent[]): readonly ServiceEventStatus[] {
  const seen = new Set<string>();
  const distinct: ServiceEventStatus[] = [];
  for (const { id, createdAt, message } of events) {
    if (message === undefined || seen.has(message)) continue;
    seen.add(message);
    distinct.push({ id: id ?? '', createdAt: timestamp(createdAt) ?? '', message });
    if (distinct.length === EVENTS_SHOWN) break;
  }
  return distinct;
}
