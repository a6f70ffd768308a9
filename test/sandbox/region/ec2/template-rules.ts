import type { RequestLaunchTemplateData, ResponseLaunchTemplateData, ValidationWarning } from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import { invalidCombination, invalidValue } from './errors.ts';
import { instanceType } from './instance-types.ts';

/** Launch templates a region and versions a template can have (EC2 quotas). */
export const MAX_TEMPLATES = 5_000;
export const MAX_VERSIONS = 10_000;
const MAX_USER_DATA_BYTES = 16_384;

export function checkTemplateName(name: string): void {
  if (/^[a-zA-Z0-9().\-/_]{3,128}$/.test(name)) return;
  throw new AwsError(
    'InvalidLaunchTemplateName.MalformedException',
    'A launch template name must be between 3 and 128 characters, and may contain letters, numbers, and the following ' +
      'characters: - ( ) . / _.',
  );
}

/** What EC2 refuses when a template is written; whether an instance can really be launched from it shows later. */
export function checkTemplateData(data: ResponseLaunchTemplateData): void {
  checkUserData(data.UserData);
  if (data.InstanceType !== undefined && data.InstanceRequirements !== undefined) {
    throw invalidCombination('InstanceType and InstanceRequirements cannot be specified together.');
  }
  const groups = data.SecurityGroupIds ?? data.SecurityGroups ?? [];
  if (groups.length > 0 && (data.NetworkInterfaces ?? []).length > 0) {
    throw invalidCombination(
      'Network interfaces and an instance-level security groups may not be specified on the same request',
    );
  }
}

export function checkUserData(userData: string | undefined): void {
  if (userData === undefined) return;
  if (!/^[A-Za-z0-9+/\s]*={0,2}\s*$/.test(userData)) {
    throw new AwsError('InvalidUserData.Malformed', 'Invalid BASE64 encoding of user data.');
  }
  if (Buffer.from(userData, 'base64').length > MAX_USER_DATA_BYTES) {
    throw invalidValue(`User data is limited to ${MAX_USER_DATA_BYTES} bytes`);
  }
}

/** An unknown instance type does not keep a template from being stored: AWS warns in the answer. */
export function warningOf(data: ResponseLaunchTemplateData): ValidationWarning | undefined {
  if (data.InstanceType === undefined || instanceType(data.InstanceType) !== undefined) return undefined;
  return {
    Errors: [{ Code: 'InvalidParameterValue', Message: `Invalid value '${data.InstanceType}' for InstanceType.` }],
  };
}

/** Members of the new version replace those of its source as a whole: nothing below them is merged. */
export function mergedData(
  source: ResponseLaunchTemplateData,
  given: RequestLaunchTemplateData,
): ResponseLaunchTemplateData {
  return { ...source, ...given };
}
