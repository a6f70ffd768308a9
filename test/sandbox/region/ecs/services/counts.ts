import { recordOf } from './deployments/record.ts';
import type { DeploymentState, ServiceState } from './state.ts';
import { wantedTasks } from './traffic/lifecycle.ts';

export interface Counts {
  running: number;
  pending: number;
}

/** Live tasks of each deployment. A task that is to stop counts no more. */
export function countTasks(service: ServiceState): ReadonlyMap<DeploymentState, Counts> {
  const result = new Map<DeploymentState, Counts>();
  for (const task of service.tasks) {
    if (task.deployment === undefined || task.desiredStatus === 'STOPPED') continue;
    let counts = result.get(task.deployment);
    if (counts === undefined) {
      counts = { running: 0, pending: 0 };
      result.set(task.deployment, counts);
    }
    counts[task.lastStatus === 'RUNNING' ? 'running' : 'pending'] += 1;
  }
  return result;
}

/** The PRIMARY deployment wants the whole count, or none once it has failed; the others want what they still have. */
export function requestedTasks(
  service: ServiceState,
  deployment: DeploymentState,
  counts: ReadonlyMap<DeploymentState, Counts>,
): number {
  const record = recordOf(service);
  const underWay = record?.status === 'IN_PROGRESS' || record?.status === 'PENDING';
  if (underWay && record.lifecycle !== undefined) return wantedTasks(record, record.lifecycle, deployment);
  if (deployment === service.deployments[0] && deployment.rolloutState !== 'FAILED') return service.desiredCount;
  const count = counts.get(deployment);
  return (count?.running ?? 0) + (count?.pending ?? 0);
}
