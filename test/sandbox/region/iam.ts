import type { Caller, Credential } from './wire/caller.ts';
import { DEFAULT_ACCOUNT } from './wire/caller.ts';

/** Who may call. One for all accounts and regions, because a role of one account is assumed from another. */
export interface IamState {
  /** Sessions of assumed roles by their access key. They stay when they have expired, so that they can be told from what never was. */
  readonly sessions: Map<string, Session>;
  /** By the role's ARN; a role that is not among them trusts everybody. */
  readonly trusts: Map<string, Trust>;
}

/** What a role's trust policy asks of those who assume it. */
export type Trust = { readonly externalId: string } | 'nobody';

/** How a test says whom roles trust. */
export interface IamHandle {
  setTrust(roleArn: string, trust: Trust | 'everybody'): void;
}

export const iamHandle = ({ trusts }: IamState): IamHandle => ({
  setTrust(roleArn, trust) {
    if (trust === 'everybody') trusts.delete(roleArn);
    else trusts.set(roleArn, trust);
  },
});

export function isTrusted({ trusts }: IamState, roleArn: string, externalId: string | undefined): boolean {
  const trust = trusts.get(roleArn);
  return trust === undefined || (trust !== 'nobody' && trust.externalId === externalId);
}

export interface Session {
  readonly accessKey: string;
  readonly secretKey: string;
  readonly token: string;
  readonly account: string;
  readonly roleName: string;
  readonly sessionName: string;
  readonly externalId: string | undefined;
  /** Who assumed the role. */
  readonly source: string;
  /** In simulated time. */
  readonly expires: number;
}

export const emptyIam = (): IamState => ({ sessions: new Map(), trusts: new Map() });

/** AWS's prefix of access keys that are temporary. */
export const TEMPORARY = 'ASIA';

/**
 * An access key that is twelve digits long names its account, so that a test can be two accounts at once; a temporary one is its session's; any
 * other is the default account's.
 */
export function callerOf(iam: IamState, credential: Credential): Caller {
  const { accessKey } = credential;
  const session = iam.sessions.get(accessKey);
  if (session !== undefined) {
    return {
      ...credential,
      account: session.account,
      arn: sessionArn(session),
      userId: `${roleId(session)}:${session.sessionName}`,
      ...(session.externalId === undefined ? {} : { externalId: session.externalId }),
    };
  }
  const account = /^\d{12}$/.test(accessKey) ? accessKey : DEFAULT_ACCOUNT;
  return { ...credential, account, arn: `arn:aws:iam::${account}:user/simulated`, userId: `AIDA${accessKey}` };
}

/** Whether temporary credentials still hold at a simulated time; others always do. */
export function validity(iam: IamState, credential: Credential, now: number): 'valid' | 'invalid' | 'expired' {
  const session = iam.sessions.get(credential.accessKey);
  if (session === undefined) return credential.accessKey.startsWith(TEMPORARY) ? 'invalid' : 'valid';
  if (session.token !== credential.sessionToken) return 'invalid';
  return session.expires > now ? 'valid' : 'expired';
}

export const sessionArn = ({ account, roleName, sessionName }: Session): string =>
  `arn:aws:sts::${account}:assumed-role/${roleName}/${sessionName}`;

/** AWS gives each role an id that has nothing to do with its name; here it only has to be the same for the same role. */
export const roleId = ({ account, roleName }: Pick<Session, 'account' | 'roleName'>): string =>
  `AROA${Buffer.from(`${account}/${roleName}`).toString('hex').toUpperCase().slice(-16).padStart(16, '0')}`;
