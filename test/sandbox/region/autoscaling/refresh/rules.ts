import type { RefreshPreferences } from '@aws-sdk/client-auto-scaling';
import { validationError } from '../errors.ts';
import type { LaunchSource } from '../state.ts';

/** What StartInstanceRefresh refuses. The percentages have their defaults already. */
export function checkPreferences(
  preferences: RefreshPreferences,
  hasDesiredConfiguration: boolean,
  previous: LaunchSource,
): void {
  checkPercentages(preferences.MinHealthyPercentage ?? 90, preferences.MaxHealthyPercentage ?? 100);
  checkCheckpoints(preferences.CheckpointPercentages ?? []);
  if (preferences.AutoRollback !== true) return;
  if (!hasDesiredConfiguration) {
    throw validationError('You must specify a desired configuration to enable auto rollback.');
  }
  const version = previous.template.version;
  if (version === undefined || version.startsWith('$')) {
    throw validationError(
      'Auto rollback cannot be enabled when the launch template of the Auto Scaling group uses $Latest or $Default.',
    );
  }
}

function checkPercentages(min: number, max: number): void {
  if (min < 0 || min > 100) throw validationError('MinHealthyPercentage must be between 0 and 100.');
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
