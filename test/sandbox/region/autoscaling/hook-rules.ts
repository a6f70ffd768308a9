import type { LifecycleHookSpecification } from '@aws-sdk/client-auto-scaling';
import { validationError } from './errors.ts';
import type { LifecycleHookState } from './state.ts';

const DEFAULT_TIMEOUT = 3_600;

/** A hook as given, with AWS's defaults. */
export function hookFrom(given: LifecycleHookSpecification): LifecycleHookState {
  return {
    name: checkedName(given.LifecycleHookName ?? ''),
    transition: checkedTransition(given.LifecycleTransition),
    defaultResult: checkedResult(given.DefaultResult ?? 'ABANDON'),
    heartbeatTimeout: checkedTimeout(given.HeartbeatTimeout ?? DEFAULT_TIMEOUT),
    notificationTargetArn: given.NotificationTargetARN,
    roleArn: given.RoleARN,
    notificationMetadata: given.NotificationMetadata,
  };
}

function checkedName(name: string): string {
  if (/^[A-Za-z0-9\-_/]{1,255}$/.test(name)) return name;
  throw validationError(
    `1 validation error detected: Value '${name}' at 'lifecycleHookName' failed to satisfy constraint: ` +
      'Member must satisfy regular expression pattern: [A-Za-z0-9\\-_\\/]+',
  );
}

function checkedTransition(given: string | undefined): LifecycleHookState['transition'] {
  if (given === undefined) throw validationError('LifecycleTransition is required to create a lifecycle hook.');
  switch (given) {
    case 'autoscaling:EC2_INSTANCE_LAUNCHING':
    case 'autoscaling:EC2_INSTANCE_TERMINATING':
      return given;
    default:
      throw validationError(
        `Invalid lifecycle transition ${given}. Valid transitions are autoscaling:EC2_INSTANCE_LAUNCHING and ` +
          'autoscaling:EC2_INSTANCE_TERMINATING.',
      );
  }
}

export function checkedResult(given: string): 'CONTINUE' | 'ABANDON' {
  if (given === 'CONTINUE' || given === 'ABANDON') return given;
  throw validationError(`Invalid lifecycle action result ${given}. Valid results are CONTINUE and ABANDON.`);
}

function checkedTimeout(seconds: number): number {
  if (seconds >= 30 && seconds <= 7_200) return seconds;
  throw validationError('The heartbeat timeout must be between 30 and 7200 seconds.');
}
