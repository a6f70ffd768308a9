import { OperatorError } from '../errors.ts';

/** Whose turn it is when budget is short: a user's change goes before resync and start-up work. */
export type Priority = 'user' | 'background';

/** The part of an SDK command that callers build and that this layer sends. */
export interface AwsCommand {
  readonly input: object;
}

/** A command whose answer's type is known: what the SDK declares its middleware to return. */
export interface AnsweredCommand<Output> extends AwsCommand {
  resolveMiddleware(...args: never[]): (...args: never[]) => Promise<{ readonly output: Output }>;
}

/** On whose behalf a call is made. */
export interface Caller {
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** What the call is made for; comes back in its record and means nothing here. A shared read has its first caller's. */
  readonly cause?: object | undefined;
}

/**
 * The operation's AWS name, such as `UpdateService`. Taken from the command's runtime schema
 * (`[9, namespace, name, ...]`) and not from the class name, which a bundler may change.
 */
export function operationName(command: AwsCommand): string {
  if ('schema' in command && Array.isArray(command.schema)) {
    const name: unknown = command.schema[2];
    if (typeof name === 'string') return name;
  }
  throw new OperatorError('failed', 'InternalError', 'This is not an AWS SDK command: it has no operation schema.');
}

/**
 * Reads may be repeated; anything else may not, because an answer that got lost may have taken effect. AssumeRole gives credentials and
 * changes nothing.
 */
export function isRead(operation: string): boolean {
  return /^(List|Describe|Get|AssumeRole$)/.test(operation);
}
