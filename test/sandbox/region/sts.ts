import type {
  AssumeRoleRequest,
  AssumeRoleResponse,
  GetCallerIdentityRequest,
  GetCallerIdentityResponse,
} from '@aws-sdk/client-sts';
import { AwsError } from './errors.ts';
import { isTrusted, roleId, type Session, sessionArn, TEMPORARY } from './iam.ts';
import { constraintDialect, type Handlers } from './service.ts';
import type { Caller } from './wire/caller.ts';
import type { World } from './world.ts';

export const STS_HANDLERS: Handlers = { AssumeRole: assumeRole, GetCallerIdentity: getCallerIdentity };

export const STS_DIALECT = constraintDialect('ValidationError', new Map());

const ROLE = /^arn:aws[\w-]*:iam::(\d{12}):role\/(?:[\x21-\x7e]*\/)?([\w+=,.@-]{1,64})$/;
const SESSION_NAME = /^[\w+=,.@-]{2,64}$/;
const HOUR_S = 3_600;
const DURATION_S = { min: 900, max: 43_200, default: HOUR_S } as const;

function getCallerIdentity(_world: World, _input: GetCallerIdentityRequest, caller: Caller): GetCallerIdentityResponse {
  return { UserId: caller.userId, Account: caller.account, Arn: caller.arn };
}

/** Every role of every account exists and trusts everybody, unless a test says otherwise by `setTrust`. */
function assumeRole(world: World, input: AssumeRoleRequest, caller: Caller): AssumeRoleResponse {
  const { iam, agenda } = world;
  const [, account = '', roleName = ''] = ROLE.exec(input.RoleArn ?? '') ?? [];
  if (account === '') throw invalid(`${input.RoleArn} is invalid`);
  if (!isTrusted(iam, input.RoleArn ?? '', input.ExternalId)) {
    const message = `User: ${caller.arn} is not authorized to perform: sts:AssumeRole on resource: ${input.RoleArn}`;
    throw new AwsError('AccessDenied', message, 403);
  }
  const sessionName = input.RoleSessionName ?? '';
  if (!SESSION_NAME.test(sessionName)) {
    throw invalid(
      `1 validation error detected: Value '${sessionName}' at 'roleSessionName' failed to satisfy constraint: ` +
        'Member must satisfy regular expression pattern: [\\w+=,.@-]*',
    );
  }
  const seconds = input.DurationSeconds ?? DURATION_S.default;
  checkDuration(seconds, iam.sessions.has(caller.accessKey));
  const number = iam.sessions.size + 1;
  const session: Session = {
    // Counted, not random, so that two runs of a test see the same.
    accessKey: `${TEMPORARY}${number.toString(36).toUpperCase().padStart(16, 'A')}`,
    secretKey: `simulated/${number}`,
    token: `simulated-session-${number}`,
    account,
    roleName,
    sessionName,
    externalId: input.ExternalId,
    source: caller.arn,
    expires: agenda.now + seconds * 1_000,
  };
  iam.sessions.set(session.accessKey, session);
  return {
    Credentials: {
      AccessKeyId: session.accessKey,
      SecretAccessKey: session.secretKey,
      SessionToken: session.token,
      Expiration: new Date(session.expires),
    },
    AssumedRoleUser: { AssumedRoleId: `${roleId(session)}:${sessionName}`, Arn: sessionArn(session) },
  };
}

/** A role that is assumed by a role lasts an hour at most ("role chaining" in AWS's words). */
function checkDuration(seconds: number, chained: boolean): void {
  const violated = (bound: string): AwsError =>
    invalid(
      `1 validation error detected: Value '${seconds}' at 'durationSeconds' failed to satisfy constraint: Member must have value ${bound}`,
    );
  if (seconds < DURATION_S.min) throw violated(`greater than or equal to ${DURATION_S.min}`);
  if (seconds > DURATION_S.max) throw violated(`less than or equal to ${DURATION_S.max}`);
  if (chained && seconds > HOUR_S) {
    throw invalid('The requested DurationSeconds exceeds the 1 hour session limit for roles assumed by role chaining');
  }
}

const invalid = (message: string): AwsError => new AwsError('ValidationError', message);
