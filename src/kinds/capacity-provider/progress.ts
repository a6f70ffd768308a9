import type { CapacityProvider } from '@aws-sdk/client-ecs';
import type { Progress } from '../../engine/kind.ts';
import type { DesiredProvider } from './desired.ts';
import { updateStep } from './diff.ts';
import { phaseOf } from './phase.ts';

/** How far ECS is with what the spec says. */
export function providerProgress(desired: DesiredProvider, live: CapacityProvider): Progress {
  const phase = phaseOf(live);
  switch (phase) {
    case 'creating':
      return { kind: 'progressing', reason: 'Provisioning', message: 'ECS is creating the capacity provider.' };
    case 'updating':
      return { kind: 'progressing', reason: 'Updating', message: 'ECS is updating the capacity provider.' };
    case 'deleting':
      return { kind: 'progressing', reason: 'Deprovisioning', message: 'ECS is deleting the capacity provider.' };
    case 'creationFailed':
      return stalled('CreateFailed', 'create', live, 'Correct the spec to try again.');
    case 'updateFailed':
      // What failed may have been something that the spec does not say any more.
      if (updateStep(desired, live) === undefined) return { kind: 'live' };
      return stalled('UpdateFailed', 'update', live, 'It is not tried again until the spec changes.');
    case 'deletionFailed':
      // Somebody tried, and it may be as good as before.
      if (live.status === 'ACTIVE') return { kind: 'live' };
      return stalled('DeleteFailed', 'delete', live, 'Delete it in AWS, or delete this object.');
    case 'idle':
      return { kind: 'live' };
    default:
      return phase satisfies never;
  }
}

function stalled(reason: string, verb: string, live: CapacityProvider, remedy: string): Progress {
  return { kind: 'stalled', reason, message: `${failureOf(verb, live)} ${remedy}` };
}

/** One sentence, with AWS's reason when it gives one. */
export function failureOf(verb: string, { updateStatusReason }: CapacityProvider): string {
  const why = updateStatusReason === undefined || updateStatusReason === '' ? '' : `: ${updateStatusReason}`;
  return `ECS could not ${verb} the capacity provider${why}`.replace(/[^.!?]$/, '$&.');
}
