import type { AwsCommand } from './kind.ts';
import type { PassIdentity } from './pass.ts';
import type { Priority } from './queue.ts';

/** How an AWS account is reached, and which one it has to be. */
export interface AccountAccess {
  readonly accountId: string;
  /** Without a role: by the operator's own credentials. */
  readonly roleArn?: string | undefined;
  readonly externalId?: string | undefined;
  /** Of objects that name none. */
  readonly region?: string | undefined;
}

export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
}

/** On whose behalf AWS is called. */
export interface CallScope {
  /** Nothing is changed before AWS has said that this is the account. */
  readonly account: AccountAccess;
  readonly region: string;
  readonly priority: Priority;
  readonly signal: AbortSignal;
  /** Throws when this process may no longer write. Called after every wait and immediately before a mutation is sent. */
  readonly gate: () => void;
  /** Comes back with the record of each call; this is for whoever watches, and changes nothing. */
  readonly cause: PassIdentity;
}

export interface BoundCloud<Reads> {
  readonly reads: Reads;
  /** Sends one mutation, once. Rejects with an `OperatorError`; what was ambiguous has to be observed, not repeated. */
  send(service: string, command: AwsCommand): Promise<unknown>;
}

/** What the engine needs of the AWS layer; `aws/cloud.ts` implements it, `main.ts` joins them. */
export interface Cloud<Reads> {
  /**
   * Who AWS says we are in this account, or with the operator's own credentials if none is given. Rejects with an `OperatorError`, also
   * when it is another account than it has to be.
   */
  identify(signal: AbortSignal, account?: AccountAccess): Promise<CallerIdentity>;
  bind(scope: CallScope): BoundCloud<Reads>;
}
