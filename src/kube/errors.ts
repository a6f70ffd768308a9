import { type Disposition, type ErrorDetails, OperatorError } from '../errors.ts';

export interface KubeErrorDetails extends ErrorDetails {
  /** HTTP status, or the code of a watch's ERROR event; `undefined` when no answer came. */
  readonly status?: number | undefined;
}

/** A call to the API server that did not succeed. `reason` is Kubernetes' own where the server gave one. */
export class KubeError extends OperatorError {
  readonly status: number | undefined;

  constructor(disposition: Disposition, reason: string, message: string, details: KubeErrorDetails = {}) {
    super(disposition, reason, message, details);
    this.status = details.status;
  }
}

/** The `Status` object that the API server sends with an error, and as the object of an ERROR event. */
export interface KubeStatus {
  readonly kind?: string;
  readonly code?: number;
  readonly reason?: string;
  readonly message?: string;
  readonly details?: {
    readonly retryAfterSeconds?: number;
    readonly causes?: readonly { readonly reason?: string; readonly field?: string; readonly message?: string }[];
  };
}

interface Meaning {
  readonly disposition: Disposition;
  readonly reason: string;
}

/** What each HTTP status means for the object in hand. What is not listed is `failed`: retried with backoff. */
const meanings: ReadonlyMap<number, Meaning> = new Map([
  [400, { disposition: 'failed', reason: 'BadRequest' }],
  [401, { disposition: 'failed', reason: 'Unauthorized' }],
  [403, { disposition: 'failed', reason: 'Forbidden' }],
  [404, { disposition: 'absent', reason: 'NotFound' }],
  [409, { disposition: 'failed', reason: 'Conflict' }],
  [410, { disposition: 'failed', reason: 'Expired' }],
  [422, { disposition: 'terminal', reason: 'Invalid' }],
  [429, { disposition: 'throttled', reason: 'TooManyRequests' }],
  [503, { disposition: 'failed', reason: 'ServiceUnavailable' }],
  [504, { disposition: 'failed', reason: 'Timeout' }],
]);

/**
 * A 404 that is no `Status` says nothing of an object: a gateway has no route, or the API server does not serve the kind, which it says in
 * plain text. To take that for the end of an object would be to forget what it has in AWS.
 */
const unrecognized: Meaning = { disposition: 'failed', reason: 'UnrecognizedResponse' };

/** Classifies an answer by its HTTP status; but for a 404 the `Status` object only adds the server's words. */
export function fromStatus(status: number, body: KubeStatus | undefined, details: KubeErrorDetails = {}): KubeError {
  const known = meanings.get(status) ?? { disposition: 'failed', reason: 'InternalError' };
  const meaning = status === 404 && body?.kind !== 'Status' ? unrecognized : known;
  return new KubeError(meaning.disposition, reasonOf(status, body, meaning.reason), messageOf(status, body), {
    ...details,
    status,
  });
}

function reasonOf(status: number, body: KubeStatus | undefined, fallback: string): string {
  // The server says `Gone` or `Expired` for the same thing: start again with a list.
  if (status === 410) return fallback;
  // The rest of a list that began before etcd was restored would otherwise be asked for for ever. A watch is not told: see the reflector.
  if (body?.details?.causes?.some((cause) => cause.reason === 'ResourceVersionTooLarge') === true) {
    return 'ResourceVersionTooLarge';
  }
  const reason = body?.reason;
  return reason === undefined || reason === '' || reason === 'Unknown' ? fallback : reason;
}

function messageOf(status: number, body: KubeStatus | undefined): string {
  return body?.message ?? `The API server answered HTTP ${status}.`;
}

/** The resource version cannot be continued from: only a new list helps. */
export function needsRelist(error: unknown): boolean {
  return error instanceof KubeError && (error.status === 410 || error.reason === 'ResourceVersionTooLarge');
}
