import { AwsError } from '../errors.ts';

export const validationError = (message: string): AwsError => new AwsError('ValidationError', message);
export const resourceInUse = (message: string): AwsError => new AwsError('ResourceInUse', message);
export const limitExceeded = (message: string): AwsError => new AwsError('LimitExceeded', message);
export const activityInProgress = (message: string): AwsError => new AwsError('ScalingActivityInProgress', message);
export const invalidToken = (): AwsError => new AwsError('InvalidNextToken', 'The token is invalid.');
