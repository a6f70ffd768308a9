import { AwsError } from '../errors.ts';

export const invalidValue = (message: string): AwsError => new AwsError('InvalidParameterValue', message);
export const invalidCombination = (message: string): AwsError => new AwsError('InvalidParameterCombination', message);
export const missingParameter = (name: string): AwsError =>
  new AwsError('MissingParameter', `The request must contain the parameter ${name}`);
