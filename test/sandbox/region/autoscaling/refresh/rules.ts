import type { RefreshPreferences } from '@aws-sdk/client-auto-scaling';
import { AwsError } from '../../errors.ts';
import type { World } from '../../world.ts';
import { validationError } from '../errors.ts';
import { candidatesOf } from '../source.ts';
import type { LaunchSource } from '../state.ts';

/** What StartInstanceRefresh refuses of the preferences as they were given. */
export function checkPreferences(preferences: RefreshPreferences): void {
  checkPercentages(preferences.MinHealthyPercentage, preferences.MaxHealthyPercentage);
  checkCheckpoints(preferences.CheckpointPercentages ?? []);
  if (preferences.CheckpointDelay !== undefined && preferences.CheckpointPercentages === undefined) {
    throw validationError('CheckpointPercentages must be specified if CheckpointDelay is.');
  }
}

function checkPercentages(min: number | undefined, max: number | undefined): void {
  if (min !== undefined && (min < 0 || min > 100)) {
    throw validationError('MinHealthyPercentage must be between 0 and 100.');
  }
  if (max === undefined) return;
  if (min === undefined) throw validationError('MinHealthyPercentage must be specified if MaxHealthyPercentage is.');
  if (max < 100 || max > 200) throw validationError('MaxHealthyPercentage must be between 100 and 200.');
  if (max - min > 100) {
    throw validationError(
      'The difference between MinHealthyPercentage and MaxHealthyPercentage cannot be greater than 100.',
    );
  }
}

function checkCheckpoints(percentages: readonly number[]): void {
  const isAscending = percentages.every((each, index) => index === 0 || each > (percentages[index - 1] ?? 0));
  if (isAscending && percentages.every((each) => each >= 1 && each <= 100)) return;
  throw validationError('CheckpointPercentages must be unique numbers from 1 to 100 in ascending order.');
}

export function checkAutoRollback(world: World, hasDesiredConfiguration: boolean, previous: LaunchSource): void {
  if (!hasDesiredConfiguration) {
    throw validationError('You must specify a desired configuration to enable auto rollback.');
  }
  if (canBeRestored(world, previous)) return;
  throw validationError(
    'Auto rollback cannot be enabled when the launch template of the Auto Scaling group uses $Latest, $Default or a Systems ' +
      'Manager parameter.',
  );
}

/** What may stand for something else by now cannot be gone back to: an alias of a version, or a parameter that names an image. */
export function canBeRestored(world: World, source: LaunchSource): boolean {
  const { version } = source.template;
  if (version === undefined || version.startsWith('$')) return false;
  try {
    return candidatesOf(world, source).every(({ data }) => data.ImageId?.startsWith('resolve:ssm:') !== true);
  } catch (error) {
    // The template or its version is gone.
    if (error instanceof AwsError) return false;
    throw error;
  }
}
