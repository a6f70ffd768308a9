import type { LifecycleHook, RefreshPreferences } from '@aws-sdk/client-auto-scaling';
import { canonicalJson } from '../../canonical.ts';
import { pascalCase } from '../shared/camel-case.ts';
import { MANAGED_DRAINING_HOOK } from '../shared/managed-by-ecs.ts';
import type { InstanceRefreshPolicy } from './api.ts';

/**
 * What StartInstanceRefresh is told. Managed termination protection protects every instance that runs tasks, so a refresh that waits for
 * the protection to end fails after an hour; where ECS drains what is terminated, it can be replaced all the same (MD-03, TF#33310).
 *
 * `goesOn`: an earlier refresh has begun to roll out the same. What it has replaced already is never replaced once more, or a
 * refresh that a window interrupts would begin anew each night.
 */
export function refreshPreferences(
  policy: InstanceRefreshPolicy,
  hooks: readonly LifecycleHook[] | undefined,
  goesOn: boolean,
): RefreshPreferences {
  const given = preferencesOf(policy);
  const drains = (hooks ?? []).some(({ LifecycleHookName }) => LifecycleHookName === MANAGED_DRAINING_HOOK);
  return {
    ...given,
    SkipMatching: goesOn || (given.SkipMatching ?? true),
    ScaleInProtectedInstances: given.ScaleInProtectedInstances ?? (drains ? 'Refresh' : 'Wait'),
  };
}

/** True when a refresh with these preferences left out what the spec, as it is now, leaves out. */
export function leavesOutTheSame(used: RefreshPreferences, policy: InstanceRefreshPolicy): boolean {
  return leftOut(used) === leftOut(preferencesOf(policy));
}

/** What of the preferences keeps a refresh that succeeds from having replaced everything. */
function leftOut({ CheckpointPercentages, ScaleInProtectedInstances, StandbyInstances }: RefreshPreferences): string {
  const isProtectedLeft = ScaleInProtectedInstances === 'Ignore';
  const isStandbyLeft = StandbyInstances === 'Ignore';
  return canonicalJson([isProtectedLeft, isStandbyLeft, CheckpointPercentages ?? []]);
}

function preferencesOf({ strategy, window, paused, ...preferences }: InstanceRefreshPolicy): RefreshPreferences {
  return pascalCase<RefreshPreferences>(preferences);
}
