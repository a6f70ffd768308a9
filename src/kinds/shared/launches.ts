import type { Activity } from '@aws-sdk/client-auto-scaling';

/** An instance needs a few minutes to boot, fetch the agent's image and register; after this long something is wrong (AG-03). */
export const REGISTRATION_MS = 10 * 60_000;

/** Auto Scaling tells the sort of an activity only in its description. */
function isLaunch({ Description }: Activity): boolean {
  return Description?.startsWith('Launching') ?? false;
}

/** The id in `Launching a new EC2 instance: i-0123`. */
export function launchedInstance(activity: Activity): string | undefined {
  return isLaunch(activity) ? /: (i-[0-9a-f]+)/.exec(activity.Description ?? '')?.[1] : undefined;
}

/** What AWS says of the newest launch, if that came to nothing. `activities` are newest first. */
export function failureOfNewestLaunch(activities: readonly Activity[]): string | undefined {
  const newest = activities.find(isDecidedLaunch);
  if (newest === undefined || !hasFailed(newest)) return undefined;
  return stable(newest.StatusMessage ?? newest.Description ?? '');
}

/** EC2 has an answer to it: until there is an instance, a launch that is still under way may fail as the ones before it did. */
function isDecidedLaunch(activity: Activity): boolean {
  return isLaunch(activity) && (activity.EndTime !== undefined || launchedInstance(activity) !== undefined);
}

/** A launch that the user took back, by asking for fewer, is cancelled without a word. */
function hasFailed({ StatusCode, StatusMessage }: Activity): boolean {
  return StatusCode === 'Failed' || (StatusCode === 'Cancelled' && StatusMessage !== undefined);
}

/** Without what is another at each try: encoded texts and request ids would be a status write every time. */
function stable(message: string): string {
  return message
    .replace(/ *Encoded authorization failure message: \S+/, '')
    .replace(/ *(with token|\(?Request ?ID:?) *[0-9a-f-]{36}\)?/gi, '')
    .trim();
}

/**
 * When the instance came into service, in milliseconds since 1970. AWS does not say it of an instance, but its launch is an activity that
 * ended then. One whose launch is not among the newest activities is older than all of them.
 */
export function inServiceSince(id: string, activities: readonly Activity[]): number {
  const launch = activities.find((activity) => launchedInstance(activity) === id);
  if (launch !== undefined) return launch.EndTime?.getTime() ?? Number.POSITIVE_INFINITY;
  return activities.at(-1)?.StartTime?.getTime() ?? 0;
}
