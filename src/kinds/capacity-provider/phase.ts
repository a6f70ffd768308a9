import type { CapacityProvider } from '@aws-sdk/client-ecs';
import type { DesiredProvider } from './desired.ts';

/** What ECS is doing with a provider, or failed to do last. */
export type Phase =
  | 'creating'
  | 'updating'
  | 'deleting'
  | 'creationFailed'
  | 'updateFailed'
  | 'deletionFailed'
  | 'idle';

export function phaseOf({ status, updateStatus }: CapacityProvider): Phase {
  switch (updateStatus) {
    case 'CREATE_IN_PROGRESS':
      return 'creating';
    case 'UPDATE_IN_PROGRESS':
      return 'updating';
    case 'DELETE_IN_PROGRESS':
      return 'deleting';
    case 'CREATE_FAILED':
      return 'creationFailed';
    case 'UPDATE_FAILED':
      return 'updateFailed';
    case 'DELETE_FAILED':
      return 'deletionFailed';
    default:
      // An Auto Scaling group provider is made at once and has no update status then.
      return status === 'PROVISIONING' ? 'creating' : status === 'DEPROVISIONING' ? 'deleting' : 'idle';
  }
}

/** ECS takes no other change meanwhile: it answers UpdateInProgressException. */
export function isBusy(phase: Phase): boolean {
  return phase === 'creating' || phase === 'updating' || phase === 'deleting';
}

/** True when ECS has been at work on this generation: what it could not do is told, and not tried over and over (MD-10). */
export function wasTried({ status, object }: DesiredProvider): boolean {
  return status?.attemptedGeneration === object.metadata.generation;
}

/**
 * The generation that ECS was last seen at work on. What was under way when the generation changed is the work of the one before. A failure
 * is only put down to a generation by this, and not by having been seen with it: a read may be older than our update.
 */
export function attemptedGeneration({ status, object }: DesiredProvider, live: CapacityProvider): number | undefined {
  const phase = phaseOf(live);
  const isAtWork = phase === 'creating' || phase === 'updating';
  const hasBegun = isAtWork && status?.updateStatus !== live.updateStatus;
  return hasBegun ? object.metadata.generation : status?.attemptedGeneration;
}
