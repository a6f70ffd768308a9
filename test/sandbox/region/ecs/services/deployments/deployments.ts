import type { World } from '../../../world.ts';
import { arn } from '../../arn.ts';
import { revisionNumber, serviceDeploymentId } from '../../ids.ts';
import { addEvent, EVENT, resolveCauses } from '../events.ts';
import type { DeploymentState, RevisionState, ServiceDeploymentState, ServiceState, Template } from '../state.ts';
import { newLifecycle } from '../traffic/stages.ts';
import { alarmsInAlarm } from './alarms.ts';
import { finish, isOpen, recordOf, setStatus } from './record.ts';
import { setRollout } from './rollout-state.ts';

/** Makes the template the PRIMARY deployment; what ran before becomes ACTIVE and is replaced. */
export function beginDeployment(world: World, service: ServiceState, template: Template): void {
  const now = world.agenda.date;
  supersede(world, service);
  const sources = service.deployments;
  service.template = template;
  const revision = createRevision(world, service, template);
  const deployment = newDeployment(world, revision);
  service.deployments = [deployment, ...sources];
  const configuration = service.deploymentConfiguration;
  const record: ServiceDeploymentState = {
    arn: arn(world, `service-deployment/${service.cluster.name}/${service.name}/${serviceDeploymentId()}`),
    service,
    target: revision,
    sources: sources.map((source) => source.revision),
    source: sources.find(({ rolloutState }) => rolloutState === 'COMPLETED') ?? sources.at(-1),
    configuration,
    createdAt: now,
    startedAt: undefined,
    updatedAt: now,
    finishedAt: undefined,
    stoppedAt: undefined,
    status: 'PENDING',
    statusReason: undefined,
    rollback: undefined,
    breaker: configuration.deploymentCircuitBreaker?.enable ? 'MONITORING' : 'DISABLED',
    failureCount: 0,
    alarms: {
      status: configuration.alarms?.enable ? 'MONITORING' : 'DISABLED',
      ignored: alarmsInAlarm(world, configuration),
      triggered: [],
    },
    bakedAt: undefined,
    lifecycle: newLifecycle(configuration, sources.length),
  };
  service.serviceDeployments.unshift(record);
  world.ecs.serviceDeployments.set(record.arn, record);
  service.failures = 0;
  service.throttledUntil = 0;
  service.steady = false;
  resolveCauses(service);
}

/** The first look of the scheduler after a deployment was created begins it, and ends the one that it takes the place of. */
export function startPending(world: World, service: ServiceState): void {
  for (const record of service.serviceDeployments) {
    if (record.status === 'STOP_REQUESTED') {
      finish(world, record, 'STOPPED', 'Service deployment stopped because a newer service deployment was started.');
    }
    if (record.status !== 'PENDING') continue;
    setStatus(world, record, 'IN_PROGRESS', undefined);
    record.startedAt = world.agenda.date;
  }
}

/** The PRIMARY deployment has all its tasks healthy and nothing of the others is left, or is needed. */
export function completeDeployment(world: World, service: ServiceState): void {
  const [primary] = service.deployments;
  if (primary === undefined) return;
  dropReplaced(service);
  if (primary.rolloutState !== 'IN_PROGRESS') return;
  setRollout(world, primary, 'COMPLETED', `ECS deployment ${primary.id} completed.`);
  addEvent(world, service, EVENT.completed(primary.id));
  const record = recordOf(service);
  if (record === undefined) return;
  if (record.status === 'ROLLBACK_IN_PROGRESS') finish(world, record, 'ROLLBACK_SUCCESSFUL', record.statusReason);
  else finish(world, record, 'SUCCESSFUL', undefined);
}

/** Deployments that are not PRIMARY go once they have no task any more. */
export function dropReplaced(service: ServiceState): void {
  const inUse = new Set<DeploymentState | undefined>();
  for (const task of service.tasks) if (task.desiredStatus === 'RUNNING') inUse.add(task.deployment);
  const [primary, ...old] = service.deployments;
  if (primary === undefined || old.length === 0) return;
  service.deployments = [primary, ...old.filter((deployment) => inUse.has(deployment))];
  for (const deployment of old) if (!inUse.has(deployment)) release(deployment);
}

/** A newer deployment ends the one that is under way. */
function supersede(world: World, service: ServiceState): void {
  const record = recordOf(service);
  if (record === undefined || !isOpen(record)) return;
  setStatus(world, record, 'STOP_REQUESTED', undefined);
}

/** When the service goes, so do its deployments. */
export function endDeployments(world: World, service: ServiceState): void {
  for (const record of service.serviceDeployments) {
    if (isOpen(record)) finish(world, record, 'STOPPED', 'Service deployment stopped because the service was deleted.');
  }
  for (const deployment of service.deployments) release(deployment);
  service.deployments = [];
}

export function newDeployment(world: World, revision: RevisionState): DeploymentState {
  const id = `ecs-svc/${revision.number}`;
  const now = world.agenda.date;
  revision.template.taskDefinition.users += 1;
  return {
    id,
    revision,
    createdAt: now,
    updatedAt: now,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
    hasBeenHealthy: false,
  };
}

/** Its task definition may be deleted, as far as this deployment is concerned. */
export function release(deployment: DeploymentState): void {
  deployment.revision.template.taskDefinition.users -= 1;
}

export function createRevision(world: World, service: ServiceState, template: Template): RevisionState {
  const number = revisionNumber();
  const current =
    service.deployments.find(({ rolloutState }) => rolloutState === 'COMPLETED') ?? service.deployments[0];
  const shifts = (service.deploymentConfiguration.strategy ?? 'ROLLING') !== 'ROLLING';
  const revision: RevisionState = {
    arn: arn(world, `service-revision/${service.cluster.name}/${service.name}/${number}`),
    number,
    service,
    template,
    createdAt: world.agenda.date,
    alternate: current === undefined ? false : shifts !== current.revision.alternate,
  };
  world.ecs.revisions.set(revision.arn, revision);
  return revision;
}
