import type { World } from '../../../world.ts';
import type { ServiceDeploymentState, ServiceDeploymentStatus, ServiceState } from '../state.ts';

/** Service deployments are history for 90 days. */
const KEPT_MS = 90 * 24 * 3_600_000;

/** The newest service deployment. */
export function recordOf(service: ServiceState): ServiceDeploymentState | undefined {
  return service.serviceDeployments[0];
}

/** What it does is not decided yet: it neither succeeded nor was it stopped. */
export function isOpen(record: ServiceDeploymentState): boolean {
  switch (record.status) {
    case 'PENDING':
    case 'IN_PROGRESS':
    case 'STOP_REQUESTED':
    case 'ROLLBACK_REQUESTED':
    case 'ROLLBACK_IN_PROGRESS':
      return true;
    case 'SUCCESSFUL':
    case 'STOPPED':
    case 'ROLLBACK_SUCCESSFUL':
    case 'ROLLBACK_FAILED':
      return false;
  }
}

/** Tasks are brought forward or back for it. */
export function isUnderWay(record: ServiceDeploymentState): boolean {
  return record.status === 'PENDING' || record.status === 'IN_PROGRESS' || record.status === 'ROLLBACK_IN_PROGRESS';
}

export function setStatus(
  world: World,
  record: ServiceDeploymentState,
  status: ServiceDeploymentStatus,
  reason: string | undefined,
): void {
  record.status = status;
  record.statusReason = reason;
  record.updatedAt = world.agenda.date;
}

/** Its last status. From then on it does not change. */
export function finish(
  world: World,
  record: ServiceDeploymentState,
  status: 'SUCCESSFUL' | 'STOPPED' | 'ROLLBACK_SUCCESSFUL' | 'ROLLBACK_FAILED',
  reason: string | undefined,
): void {
  setStatus(world, record, status, reason);
  record.finishedAt = world.agenda.date;
  if (status === 'STOPPED') record.stoppedAt = world.agenda.date;
  if (record.breaker === 'MONITORING') record.breaker = 'MONITORING_COMPLETE';
  if (record.alarms.status === 'MONITORING') record.alarms.status = 'MONITORING_COMPLETE';
  world.agenda.after(KEPT_MS, () => forget(world, record));
}

function forget(world: World, record: ServiceDeploymentState): void {
  const { service } = record;
  // The newest one stays: a service has a current service deployment for as long as it lives.
  if (recordOf(service) === record && service.status !== 'INACTIVE') return;
  world.ecs.serviceDeployments.delete(record.arn);
  service.serviceDeployments = service.serviceDeployments.filter((other) => other !== record);
}
