/**
 * What an error means for the object being reconciled. `aws/errors.ts` and `kube/transport.ts` decide it from code, status and message;
 * `engine/outcome.ts` turns it into what the queue and the conditions do.
 */
export type Disposition =
  /** Rate limited: come back when there is budget. Not a failure. */
  | 'throttled'
  /** Transient or unknown. For a mutation it may or may not have taken effect: observe before doing anything else. */
  | 'failed'
  /** AWS is busy with an earlier change of the same resource. */
  | 'progressing'
  /** The thing asked for does not exist. */
  | 'absent'
  /** Something else has to go or come first (a dependant, a reference). */
  | 'blocked'
  /** AWS refused the input, but in ECS that may heal by itself (a role that has not propagated yet). */
  | 'rejected'
  /** This spec cannot work, or the name is somebody else's. Only the user can change that. */
  | 'terminal';

export interface ErrorDetails {
  readonly cause?: unknown;
  /** The AWS operation or Kubernetes verb that failed, such as `UpdateService`. */
  readonly operation?: string | undefined;
  readonly requestId?: string | undefined;
  /** How long the other side asked us to wait. */
  readonly retryAfterMs?: number | undefined;
  /** Of a refusal: it usually heals by itself, because what is missing is made at the same time and takes minutes. */
  readonly heals?: boolean | undefined;
}

/**
 * The only error type that crosses a module boundary. `reason` is a stable CamelCase word that appears unchanged in the
 * condition, the Event, the log line and the metric label; `message` is a sentence that tells the user what to do.
 */
export class OperatorError extends Error {
  override readonly name = 'OperatorError';
  readonly disposition: Disposition;
  readonly reason: string;
  readonly operation: string | undefined;
  readonly requestId: string | undefined;
  readonly retryAfterMs: number | undefined;
  readonly heals: boolean;

  constructor(disposition: Disposition, reason: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.disposition = disposition;
    this.reason = reason;
    this.operation = details.operation;
    this.requestId = details.requestId;
    this.retryAfterMs = details.retryAfterMs;
    this.heals = details.heals ?? false;
  }
}

/** Turns anything thrown into an OperatorError. What nobody classified is `failed`: retried with backoff, never fatal. */
export function fromUnknown(error: unknown): OperatorError {
  if (error instanceof OperatorError) return error;
  if (error instanceof Error) {
    const reason = error.name === 'AbortError' ? 'Aborted' : 'InternalError';
    return new OperatorError('failed', reason, error.message, { cause: error });
  }
  return new OperatorError('failed', 'InternalError', String(error), { cause: error });
}
