import { type LaunchFailure, launchFailureOf } from '../shared/launch-failures.ts';
import { failureOfNewestLaunch } from '../shared/launches.ts';
import { lacksInstances } from './instances.ts';
import type { ObservedGroup } from './observed.ts';
import { isActive } from './refresh-decision.ts';

/** Why the newest launch came to nothing; `message` is what AWS says, and what to do. */
export interface FailedLaunch extends Pick<LaunchFailure, 'kind' | 'reason'> {
  readonly message: string;
}

/** The newest launch, if it failed and instances are still wanted. */
export function failedLaunch({ group, refresh, activities }: ObservedGroup): FailedLaunch | undefined {
  if (!lacksInstances(group) && !isActive(refresh)) return undefined;
  const said = failureOfNewestLaunch(activities);
  if (said === undefined) return undefined;
  const { kind, reason, advice } = launchFailureOf(said);
  return { kind, reason, message: `${said} ${advice}`.trim() };
}
