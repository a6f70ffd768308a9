import { AwsError } from '../errors.ts';

export const validation = (message: string): AwsError => new AwsError('ValidationException', message);
export const objectNotFound = (message: string): AwsError => new AwsError('ObjectNotFoundException', message);
export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceededException', message);
export const unsupported = (message: string): AwsError => new AwsError('UnsupportedFeatureException', message);

/** What the framework of AWS's services says of a member that is out of its bounds. */
export const constraint = (member: string, value: unknown, rule: string): AwsError =>
  validation(
    `1 validation error detected: Value '${String(value)}' at '${member}' failed to satisfy constraint: ${rule}`,
  );
