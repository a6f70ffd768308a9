import { contentHash } from '../../canonical.ts';
import { awsFields } from '../shared/fields.ts';
import type { RolledBack } from './api.ts';
import type { DesiredService } from './desired.ts';
import { isAttemptOf } from './diff.ts';
import { type ObservedService, wasTakenBack } from './observe.ts';

/**
 * Whether ECS has taken back what this spec says. If so it must not be rolled out again until the spec changes: a
 * controller that retries a bad revision fights the circuit breaker for ever.
 *
 * The evidence is AWS's own: the newest service deployment was rolled back. It counts for this spec when it has been put
 * down to it before (`status.rolledBack`), or when it is not in the status yet and its target is what this spec rolls out:
 * the operator may have been killed between UpdateService and the status write, and must not try a second time then.
 */
export function rollbackOf(desired: DesiredService, observed: ObservedService): RolledBack | undefined {
  const { lastDeployment, lastTarget } = observed;
  const deployment = lastDeployment?.serviceDeploymentArn;
  if (deployment === undefined || !wasTakenBack(lastDeployment)) return undefined;
  const known = desired.status?.rolledBack;
  if (known?.deployment === deployment) return known.hash === attemptHash(desired) ? known : undefined;
  if (lastTarget === undefined || !isAttemptOf(desired, lastTarget)) return undefined;
  return {
    deployment,
    hash: attemptHash(desired),
    reason: lastDeployment?.rollback?.reason ?? lastDeployment?.statusReason ?? 'the deployment failed',
    ...(lastTarget.taskDefinition === undefined ? {} : { taskDefinition: lastTarget.taskDefinition }),
  };
}

/** What was tried, apart from how many: an autoscaler that changes `desiredCount` has not repaired anything. */
function attemptHash(desired: DesiredService): string {
  const { desiredCount, ...spec } = awsFields(desired.spec);
  return contentHash({ spec, references: Object.fromEntries(desired.references) });
}

export function isRollingBack(observed: ObservedService): boolean {
  const status = observed.lastDeployment?.status;
  return status === 'ROLLBACK_REQUESTED' || status === 'ROLLBACK_IN_PROGRESS';
}

/**
 * A rollback of an earlier spec stays on record, so that its deployment is never put down to a later one; but its hash
 * goes, so that a user who comes back to the same spec gets another try.
 */
export function supersededRollback(desired: DesiredService): RolledBack | undefined {
  const known = desired.status?.rolledBack;
  return known === undefined || known.hash === attemptHash(desired) ? known : { ...known, hash: '' };
}
