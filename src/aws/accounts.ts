import { AssumeRoleCommand, GetCallerIdentityCommand } from '@aws-sdk/client-sts';
import type { Clock } from '../clock.ts';
import { OperatorError } from '../errors.ts';
import type { Caller } from './command.ts';
import { type CredentialProvider, RoleCredentials } from './credentials.ts';
import { fromAws } from './errors.ts';
import { type CallerIdentity, Identity } from './identity.ts';
import type { Region } from './region.ts';

/** How an account is reached, and which one it has to be. */
export interface AccountAccess {
  readonly accountId: string;
  /** Assumed with the operator's own credentials; without it these are used as they are. */
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  /** Where AWS is asked who we are: the account may have switched other regions off. */
  readonly region?: string | undefined;
}

/** One set of credentials: the operator's own, or those of a role. */
export interface Session {
  /** `undefined`: those that the SDK finds. */
  readonly credentials: CredentialProvider | undefined;
  readonly identity: Identity;
  /** AWS does not take them any more. */
  refused(): void;
}

export interface SessionsOptions {
  readonly clock: Clock;
  readonly sessionName: string;
  /** STS with the operator's own credentials. */
  readonly signIn: () => Region;
  /** STS with the credentials of this account. */
  readonly regionOf: (access: AccountAccess) => Region;
}

/** A user waits for each of these calls, and each is made for many. */
const caller = (): Caller => ({ priority: 'user', signal: new AbortController().signal });

/** Every set of credentials in use. Two AWSAccounts with the same role and external id share one. */
export class Sessions {
  readonly #options: SessionsOptions;
  readonly #roles = new Map<string, Session>();
  #own: Session | undefined;

  constructor(options: SessionsOptions) {
    this.#options = options;
  }

  get own(): Session {
    this.#own ??= this.#createOwn();
    return this.#own;
  }

  of(access: AccountAccess): Session {
    const { roleArn } = access;
    if (roleArn === undefined) return this.own;
    const name = sessionKey(access);
    const known = this.#roles.get(name) ?? this.#assumed(roleArn, access);
    this.#roles.set(name, known);
    return known;
  }

  /**
   * Who AWS says we are in this account, or with the operator's own credentials. Throws `AccountMismatch` when that is another account:
   * whoever may choose the role could otherwise choose the account.
   */
  async identify(signal: AbortSignal, access: AccountAccess | undefined): Promise<CallerIdentity> {
    const session = access === undefined ? this.own : this.of(access);
    const identity = await session.identity.get(signal);
    if (access === undefined || identity.account === access.accountId) return identity;
    throw new OperatorError(
      'terminal',
      'AccountMismatch',
      `The account has to be ${access.accountId}, but AWS says that the credentials are of ${identity.account} (${identity.arn}). Nothing is done there. Correct accountId or roleArn of the AWSAccount, or give the operator credentials of ${access.accountId}.`,
    );
  }

  #createOwn(): Session {
    const { signIn } = this.#options;
    const identity = new Identity({
      credentials: async () => {
        try {
          return await signIn().credentials();
        } catch (error) {
          throw fromAws(error, 'GetCallerIdentity');
        }
      },
      ask: () => signIn().call('sts', new GetCallerIdentityCommand({}), caller()),
    });
    // The SDK's own providers know when to renew what they gave.
    return { credentials: undefined, identity, refused: () => {} };
  }

  #assumed(roleArn: string, access: AccountAccess): Session {
    const { clock, sessionName, signIn, regionOf } = this.#options;
    const role = new RoleCredentials({
      role: { roleArn, externalId: access.externalId },
      sessionName,
      clock,
      assume: (input) => signIn().call('sts', new AssumeRoleCommand(input), caller()),
    });
    const identity = new Identity({
      credentials: (signal) => role.get(signal),
      ask: () => regionOf(access).call('sts', new GetCallerIdentityCommand({}), caller()),
    });
    return { credentials: role.provider, identity, refused: () => role.refused() };
  }
}

/** The same for accesses that share credentials. */
export function sessionKey({ roleArn, externalId }: AccountAccess): string {
  return roleArn === undefined ? '' : JSON.stringify([roleArn, externalId ?? '']);
}
