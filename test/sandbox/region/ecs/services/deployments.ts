import type { World } from '../../world.ts';
import { arn } from '../arn.ts';
import { revisionNumber, serviceDeploymentId } from '../ids.ts';
import { breakerThreshold } from './circuit-breaker.ts';
import { addEvent, EVENT } from './events.ts';
import type {
  DeploymentState,
  RevisionState,
  ServiceDeploymentState,
  ServiceDeploymentStatus,
  ServiceState,
} from './state.ts';

const ROLLED_BACK = 'Service deployment rolled back because the circuit breaker threshold was exceeded.';

/** Makes the service's present template the PRIMARY deployment; what ran before becomes ACTIVE and is replaced. */
export function beginDeployment(world: World, service: ServiceState): void {
  const now = world.agenda.date;
  const revision = createRevision(world, service);
  const sources = service.deployments.map((deployment) => deployment.revision);
  supersede(world, service);
  const id = `ecs-svc/${revision.number}`;
  service.deployments.unshift({
    id,
    revision,
    createdAt: now,
    updatedAt: now,
    rolloutState: 'IN_PROGRESS',
    rolloutStateReason: `ECS deployment ${id} in progress.`,
    failedTasks: 0,
    hasBeenHealthy: false,
  });
  revision.template.taskDefinition.users += 1;
  const record: ServiceDeploymentState = {
    arn: arn(world, `service-deployment/${service.cluster.name}/${service.name}/${serviceDeploymentId()}`),
    service,
    target: revision,
    sources,
    configuration: service.deploymentConfiguration,
    createdAt: now,
    updatedAt: now,
    finishedAt: undefined,
    stoppedAt: undefined,
    status: 'IN_PROGRESS',
    statusReason: undefined,
    rollback: undefined,
    breaker: service.deploymentConfiguration.deploymentCircuitBreaker?.enable ? 'MONITORING' : 'DISABLED',
    failureCount: 0,
  };
  service.serviceDeployments.unshift(record);
  world.ecs.serviceDeployments.set(record.arn, record);
  service.failures = 0;
  service.throttledUntil = 0;
  service.steady = false;
}

/** The PRIMARY deployment has all its tasks healthy and nothing of the others is left. */
export function completeDeployment(world: World, service: ServiceState): void {
  const [primary, ...old] = service.deployments;
  if (primary === undefined) return;
  for (const deployment of old) forget(deployment);
  service.deployments = [primary];
  if (primary.rolloutState !== 'IN_PROGRESS') return;
  setRollout(world, primary, 'COMPLETED', `ECS deployment ${primary.id} completed.`);
  addEvent(world, service, EVENT.completed(primary.id));
  const record = service.serviceDeployments[0];
  if (record === undefined) return;
  if (record.breaker === 'MONITORING') record.breaker = 'MONITORING_COMPLETE';
  if (record.status === 'ROLLBACK_IN_PROGRESS') finish(world, record, 'ROLLBACK_SUCCESSFUL', ROLLED_BACK);
  else if (record.status === 'IN_PROGRESS') finish(world, record, 'SUCCESSFUL', undefined);
}

/** Counts a failed task and trips the circuit breaker when it was one too many (CB-03, CB-05). */
export function countFailure(world: World, service: ServiceState, deployment: DeploymentState): void {
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
  if (deployment.hasBeenHealthy && breaker?.resetOnHealthyTask !== false) return;
  deployment.failedTasks += 1;
  deployment.updatedAt = world.agenda.date;
  const record = service.serviceDeployments[0];
  const isPrimary = service.deployments[0] === deployment;
  if (!isPrimary || deployment.rolloutState !== 'IN_PROGRESS' || !breaker?.enable) return;
  if (record !== undefined) record.failureCount = deployment.failedTasks;
  if (deployment.failedTasks >= breakerThreshold(breaker, service.desiredCount)) {
    failDeployment(world, service, deployment, breaker.rollback === true);
  }
}

/** ECS stops counting failures once a task of the deployment is healthy. */
export function countSuccess(service: ServiceState, deployment: DeploymentState): void {
  if (service.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask === false) return;
  deployment.hasBeenHealthy = true;
  deployment.failedTasks = 0;
}

function failDeployment(world: World, service: ServiceState, failed: DeploymentState, rollback: boolean): void {
  setRollout(world, failed, 'FAILED', 'ECS deployment circuit breaker: tasks failed to start.');
  addEvent(world, service, EVENT.failed(failed.id));
  const record = service.serviceDeployments[0];
  if (record !== undefined) record.breaker = 'TRIGGERED';
  if (!rollback) {
    stop(world, record, 'Service deployment failed because the circuit breaker threshold was exceeded.');
    return;
  }
  // The newest COMPLETED deployment; while one rolls back it is IN_PROGRESS, so a failing rollback finds none (CB-04).
  const target = service.deployments.find((deployment) => deployment.rolloutState === 'COMPLETED');
  if (target === undefined) {
    finish(world, record, 'ROLLBACK_FAILED', 'No rollback candidate was found to run the rollback.');
    return;
  }
  rollBack(world, service, target, record);
}

function rollBack(
  world: World,
  service: ServiceState,
  target: DeploymentState,
  record: ServiceDeploymentState | undefined,
): void {
  service.deployments = [target, ...service.deployments.filter((deployment) => deployment !== target)];
  service.template = target.revision.template;
  target.failedTasks = 0;
  target.hasBeenHealthy = false;
  setRollout(
    world,
    target,
    'IN_PROGRESS',
    `ECS deployment circuit breaker: rolling back to deploymentId ${target.id}.`,
  );
  addEvent(world, service, EVENT.rollingBack(target.id));
  service.failures = 0;
  service.throttledUntil = 0;
  if (record === undefined) return;
  record.status = 'ROLLBACK_IN_PROGRESS';
  record.statusReason = ROLLED_BACK;
  record.updatedAt = world.agenda.date;
  record.rollback = { reason: ROLLED_BACK, startedAt: world.agenda.date, revision: target.revision };
}

/** A newer deployment ends the one that is under way. */
function supersede(world: World, service: ServiceState): void {
  const record = service.serviceDeployments[0];
  if (record?.status !== 'IN_PROGRESS' && record?.status !== 'ROLLBACK_IN_PROGRESS') return;
  stop(world, record, 'Service deployment stopped because a newer service deployment was started.');
}

/** When the service goes, so do its deployments. */
export function endDeployments(world: World, service: ServiceState): void {
  supersede(world, service);
  for (const deployment of service.deployments) forget(deployment);
  service.deployments = [];
}

function createRevision(world: World, service: ServiceState): RevisionState {
  const number = revisionNumber();
  const revision: RevisionState = {
    arn: arn(world, `service-revision/${service.cluster.name}/${service.name}/${number}`),
    number,
    service,
    template: service.template,
    createdAt: world.agenda.date,
  };
  world.ecs.revisions.set(revision.arn, revision);
  return revision;
}

function forget(deployment: DeploymentState): void {
  deployment.revision.template.taskDefinition.users -= 1;
}

function setRollout(
  world: World,
  deployment: DeploymentState,
  state: DeploymentState['rolloutState'],
  reason: string,
): void {
  deployment.rolloutState = state;
  deployment.rolloutStateReason = reason;
  deployment.updatedAt = world.agenda.date;
}

function stop(world: World, record: ServiceDeploymentState | undefined, reason: string): void {
  if (record === undefined) return;
  finish(world, record, 'STOPPED', reason);
  record.stoppedAt = world.agenda.date;
}

function finish(
  world: World,
  record: ServiceDeploymentState | undefined,
  status: ServiceDeploymentStatus,
  reason: string | undefined,
): void {
  if (record === undefined) return;
  record.status = status;
  record.statusReason = reason;
  record.finishedAt = world.agenda.date;
  record.updatedAt = world.agenda.date;
}
