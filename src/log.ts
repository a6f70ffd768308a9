import { type DestinationStream, type Logger, pino } from 'pino';
import { OperatorError } from './errors.ts';
import { REDACTED, redactText } from './redact.ts';

/** Fields that are never written, at the top of a line or one object below. Nothing logs them on purpose; this is for the day somebody does. */
const SECRET_FIELDS: readonly string[] = [
  'authorization',
  'credentials',
  'environment',
  'headers',
  'password',
  'secret',
  'secretAccessKey',
  'sessionToken',
  'token',
];

/** An error's cause has a cause; what lies deeper explains nothing. */
const CAUSES = 4;

/** JSON lines on standard output. Messages are constant, and what varies is in fields; docs/metrics.md lists them. */
export function createLogger(level: string, destination?: DestinationStream): Logger {
  const options = {
    level,
    base: null,
    timestamp: pino.stdTimeFunctions.isoTime,
    serializers: { err: loggedError },
    redact: { paths: SECRET_FIELDS.flatMap((field) => [field, `*.${field}`]), censor: REDACTED },
  };
  return destination === undefined ? pino(options) : pino(options, destination);
}

export interface LoggedError {
  readonly type: string;
  readonly message: string;
  readonly stack?: string | undefined;
  readonly code?: string | undefined;
  readonly reason?: string | undefined;
  readonly operation?: string | undefined;
  readonly awsRequestId?: string | undefined;
  readonly cause?: LoggedError | undefined;
}

/**
 * What is told of an error. Only what is named here: the SDK hangs the request and the response on its errors, with the headers
 * that carry the credentials.
 */
export function loggedError(error: unknown): LoggedError {
  return told(error, CAUSES);
}

function told(error: unknown, causes: number): LoggedError {
  if (!(error instanceof Error)) return { type: typeof error, message: redactText(String(error)) };
  const code = 'code' in error && typeof error.code === 'string' ? error.code : undefined;
  const known = error instanceof OperatorError ? error : undefined;
  return {
    type: error.name,
    message: redactText(error.message),
    stack: error.stack === undefined ? undefined : redactText(error.stack),
    code,
    reason: known?.reason,
    operation: known?.operation,
    awsRequestId: known?.requestId,
    cause: error.cause === undefined || causes === 0 ? undefined : told(error.cause, causes - 1),
  };
}
