import type { World } from '../../../world.ts';
import type { DeploymentState, ServiceState } from '../state.ts';
import { breakerThreshold } from './circuit-breaker.ts';
import { failDeployment } from './failure.ts';
import { isUnderWay, recordOf } from './record.ts';

/** A task that never counted as healthy, or one that failed its health checks: the two stages of the circuit breaker (CB-03). */
export type FailureKind = 'start' | 'health';

/** Counts a failed task and trips the circuit breaker when it was one too many (CB-03, CB-05). True if the breaker judges it. */
export function countFailure(
  world: World,
  service: ServiceState,
  deployment: DeploymentState,
  kind: FailureKind,
): boolean {
  const breaker = service.deploymentConfiguration.deploymentCircuitBreaker;
  if (kind === 'start' && deployment.hasBeenHealthy && breaker?.resetOnHealthyTask !== false) return false;
  deployment.failedTasks += 1;
  deployment.updatedAt = world.agenda.date;
  const record = recordOf(service);
  const judged =
    record !== undefined &&
    isUnderWay(record) &&
    service.deployments[0] === deployment &&
    deployment.rolloutState === 'IN_PROGRESS' &&
    breaker?.enable === true;
  if (!judged) return false;
  record.failureCount = deployment.failedTasks;
  if (deployment.failedTasks >= breakerThreshold(breaker, service.desiredCount)) {
    failDeployment(world, service, 'breaker', breaker.rollback === true);
  }
  return true;
}

/** A task that is healthy sets the count of failures back, unless the breaker is told not to. */
export function countSuccess(service: ServiceState, deployment: DeploymentState): void {
  if (service.deploymentConfiguration.deploymentCircuitBreaker?.resetOnHealthyTask === false) return;
  deployment.hasBeenHealthy = true;
  deployment.failedTasks = 0;
}
