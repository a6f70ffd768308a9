import type { Deployment, Service } from '@aws-sdk/client-ecs';
import type { Progress } from '../../engine/kind.ts';
import { nameOfArn } from '../shared/owner.ts';
import type { RolledBack } from './api.ts';

/** How far the service is, given that it already has the shape of the spec or has been rolled back from it. */
export function serviceProgress(service: Service, rolledBack: RolledBack | undefined, rollingBack: boolean): Progress {
  if (rolledBack !== undefined) return rollbackProgress(service, rolledBack, rollingBack);
  const primary = primaryOf(service);
  if (primary?.rolloutState === 'FAILED') {
    return {
      kind: 'stalled',
      reason: 'DeploymentFailed',
      message: `${primary.rolloutStateReason ?? 'The deployment failed'} (${nameOfArn(primary.taskDefinition ?? '')}).${lastEvent(service)} Change the spec to try again.`,
    };
  }
  if (primary?.rolloutState === 'IN_PROGRESS') {
    return { kind: 'progressing', reason: 'RolloutInProgress', message: rolloutMessage(service, primary) };
  }
  const { runningCount = 0, desiredCount = 0, pendingCount = 0 } = service;
  if (runningCount !== desiredCount || pendingCount > 0) {
    return {
      kind: 'progressing',
      reason: 'Scaling',
      message: `${runningCount} of ${desiredCount} tasks are running, ${pendingCount} pending.${lastEvent(service)}`,
    };
  }
  return { kind: 'live' };
}

export function primaryOf(service: Service): Deployment | undefined {
  return service.deployments?.find(({ status }) => status === 'PRIMARY');
}

function rollbackProgress(service: Service, rolledBack: RolledBack, rollingBack: boolean): Progress {
  const failed = rolledBack.taskDefinition === undefined ? 'the new revision' : nameOfArn(rolledBack.taskDefinition);
  const live = nameOfArn(service.taskDefinition ?? 'the previous revision');
  const message = `ECS rolled back from ${failed} to ${live}: ${rolledBack.reason.replace(/\.$/, '')}`;
  if (rollingBack) return { kind: 'progressing', reason: 'RollingBack', message };
  return {
    kind: 'stalled',
    reason: 'RolledBack',
    message: `${message}. It is not tried again until the spec changes.`,
  };
}

function rolloutMessage(service: Service, primary: Deployment): string {
  const { runningCount = 0, desiredCount = 0, failedTasks = 0 } = primary;
  const failures = failedTasks === 0 ? '' : ` ${failedTasks} tasks failed.${lastEvent(service)}`;
  return `${nameOfArn(primary.taskDefinition ?? '')}: ${runningCount} of ${desiredCount} tasks are running.${failures}`;
}

/** ECS says there why tasks do not start. */
function lastEvent(service: Service): string {
  const message = service.events?.[0]?.message;
  return message === undefined ? '' : ` Last event: ${message}`;
}
