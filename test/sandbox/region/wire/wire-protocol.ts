import { AwsError } from '../errors.ts';
import type { Operation } from './shape.ts';

export interface Answer {
  readonly status: number;
  readonly headers: Readonly<Record<string, string | string[]>>;
  readonly body: string | Buffer;
}

/** One of AWS's protocols, in the version and with the names of one service. */
export interface WireProtocol {
  /** The operation's input as a value of JSON, before its schema has judged it. Throws an `AwsError`. */
  read(operation: Operation, body: string, strict: boolean): unknown;
  /** What can be said of an input that `read` refuses, or whose operation is not known. */
  raw(body: string): unknown;
  answer(operation: Operation, output: object, requestId: string): Answer;
  refuse(error: AwsError, requestId: string): Answer;
  readonly refusals: Refusals;
}

/** The errors that do not come from an operation: each protocol has its own words for them. */
export interface Refusals {
  unknownOperation(operation: string): AwsError;
  /** The request is not signed. */
  unsigned(): AwsError;
  /** The access key or its session token is not known. */
  invalidToken(): AwsError;
  expiredToken(): AwsError;
  throttled(): AwsError;
  unavailable(): AwsError;
  /** `sentence` is what IAM says of it. */
  denied(sentence: string): AwsError;
}

export const unsupported = (service: string, operation: string): AwsError =>
  new AwsError('UnsupportedFeatureException', `The simulated region does not support ${operation} of ${service}.`);
