import type { GetCallerIdentityResponse } from '@aws-sdk/client-sts';
import * as sdk from '@aws-sdk/client-sts';
import { AwsError } from './errors.ts';
import type { Caller } from './wire/caller.ts';
import { operationsOf } from './wire/shape.ts';

export const STS_NAMESPACE = 'https://sts.amazonaws.com/doc/2011-06-15/';

const OPERATIONS = operationsOf(sdk);
const ENVELOPE = ['Action', 'Version'];

/** Throws unless it is GetCallerIdentity with no input, the only thing this region's STS does. */
export function stsOperation(name: string, input: Readonly<Record<string, string>>): void {
  const operation = OPERATIONS.get(name);
  if (operation === undefined || name !== 'GetCallerIdentity') {
    throw new AwsError('InvalidAction', `The simulated region does not support the action ${name}.`);
  }
  for (const member of Object.keys(input)) {
    if (ENVELOPE.includes(member) || operation.input.members.has(member)) continue;
    throw new AwsError('ValidationError', `Unknown parameter ${member}.`);
  }
}

export function callerIdentity(caller: Caller): GetCallerIdentityResponse {
  return {
    UserId: `AIDA${caller.accessKey}`,
    Account: caller.account,
    Arn: `arn:aws:iam::${caller.account}:user/simulated`,
  };
}
