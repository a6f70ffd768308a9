import type { OperatorError } from '../errors.ts';
import type { Outcome } from './outcome.ts';

/** When the other side did not say how long to wait. */
const DEFAULT_THROTTLE_MS = 2_000;

/** What an error that ended a pass means. `believed`: a refusal has been repeated often enough to be taken as final. */
export function outcomeOfError(error: OperatorError, believed: boolean): Outcome {
  const { reason } = error;
  const message = describe(error);
  switch (error.disposition) {
    case 'throttled':
      return { kind: 'throttled', reason, message, retryAfterMs: error.retryAfterMs ?? DEFAULT_THROTTLE_MS };
    case 'progressing':
    // What AWS waits for is not in our stores, so nothing would wake us: we have to look.
    case 'blocked':
      return { kind: 'progressing', reason, message };
    case 'terminal':
      return { kind: 'terminal', reason, message };
    case 'rejected':
      if (believed) return { kind: 'terminal', reason, message };
      // What is being made at the same time is waited for like what AWS works on: told at once, and looked at again soon.
      return { kind: error.heals ? 'progressing' : 'failed', reason, message };
    case 'absent':
    case 'failed':
      return { kind: 'failed', reason, message };
    default:
      return error.disposition satisfies never;
  }
}

/**
 * The message without the request id: a condition whose text changed with each try would be a status write, and an
 * Event, each time. The request id is in the log line.
 */
function describe(error: OperatorError): string {
  return error.operation === undefined || error.message.includes(error.operation)
    ? error.message
    : `${error.operation}: ${error.message}`;
}
