import type { AssumeRoleCommandInput, AssumeRoleCommandOutput } from '@aws-sdk/client-sts';
import type { Clock } from '../clock.ts';
import { fromUnknown, OperatorError } from '../errors.ts';
import { SingleFlight } from './singleflight.ts';

/** The role of an account and how it is asked for. */
export interface AssumedRole {
  readonly roleArn: string;
  readonly externalId?: string | undefined;
}

/** What the SDK signs with. */
export interface AwsCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken?: string;
}

/**
 * Where the SDK's clients get credentials from, for each request. `memoized` keeps the SDK from caching them once more, by the wall
 * clock: then credentials that AWS refuses could not be replaced before their time.
 */
export interface CredentialProvider {
  (): Promise<AwsCredentials>;
  memoized?: boolean;
}

/** An hour: every role allows that much, and a role that is assumed from a role no more ("role chaining"). */
export const sessionSeconds = 3_600;
const refreshBeforeMs = 5 * 60_000;
/** A failure is told for so long to all who ask: hundreds of objects would otherwise repeat it, each with a backoff of its own. */
const pauseMs = 2_000;
/** AWS may refuse credentials that it has just given, for another reason than their age: asking for more does not help. */
const youngMs = 10_000;

interface Session {
  readonly credentials: AwsCredentials;
  readonly obtainedAtMs: number;
  readonly expiresAtMs: number;
}

export interface RoleCredentialsOptions {
  readonly role: AssumedRole;
  /** In CloudTrail, who did it. */
  readonly sessionName: string;
  readonly clock: Pick<Clock, 'monotonicMs'>;
  readonly assume: (input: AssumeRoleCommandInput) => Promise<AssumeRoleCommandOutput>;
}

/**
 * Temporary credentials of a role, renewed five minutes before they end. Their age is counted by the monotonic clock from when they
 * were asked for, because `Expiration` is a time of AWS's clock, and ours may be off.
 */
export class RoleCredentials {
  readonly #options: RoleCredentialsOptions;
  readonly #flight = new SingleFlight<AwsCredentials>('AssumeRole');
  #session: Session | undefined;
  #failure: { readonly error: OperatorError; readonly atMs: number } | undefined;

  constructor(options: RoleCredentialsOptions) {
    this.#options = options;
  }

  readonly provider: CredentialProvider = Object.assign(() => this.get(), { memoized: true });

  /** Credentials that hold now. Rejects with an `OperatorError` that says why there are none. */
  async get(signal?: AbortSignal): Promise<AwsCredentials> {
    const now = this.#options.clock.monotonicMs();
    const failure = this.#failure !== undefined && now - this.#failure.atMs < pauseMs ? this.#failure : undefined;
    const session = this.#session;
    if (session !== undefined && now < session.expiresAtMs) {
      const isOld = now >= session.expiresAtMs - refreshBeforeMs;
      // Nobody waits for the new ones while the old ones hold.
      if (isOld && failure === undefined) this.#flight.join(() => this.#assume()).catch(() => undefined);
      return session.credentials;
    }
    if (failure !== undefined) throw failure.error;
    return await this.#flight.join(() => this.#assume(), signal);
  }

  /** AWS said that they do not hold: a role that was deleted and made again ends its sessions before their time. */
  refused(): void {
    const age = this.#options.clock.monotonicMs() - (this.#session?.obtainedAtMs ?? 0);
    if (age >= youngMs) this.#session = undefined;
  }

  async #assume(): Promise<AwsCredentials> {
    const { role, sessionName, clock, assume } = this.#options;
    const askedAtMs = clock.monotonicMs();
    try {
      const answer = await assume({
        RoleArn: role.roleArn,
        RoleSessionName: sessionName,
        DurationSeconds: sessionSeconds,
        ...(role.externalId === undefined ? {} : { ExternalId: role.externalId }),
      });
      const credentials = credentialsOf(answer);
      this.#session = { credentials, obtainedAtMs: askedAtMs, expiresAtMs: askedAtMs + sessionSeconds * 1_000 };
      this.#failure = undefined;
      return credentials;
    } catch (thrown) {
      const error = naming(role, fromUnknown(thrown));
      this.#failure = { error, atMs: clock.monotonicMs() };
      throw error;
    }
  }
}

function credentialsOf({ Credentials: given }: AssumeRoleCommandOutput): AwsCredentials {
  const { AccessKeyId: accessKeyId, SecretAccessKey: secretAccessKey, SessionToken: sessionToken } = given ?? {};
  if (accessKeyId === undefined || secretAccessKey === undefined || sessionToken === undefined) {
    throw new OperatorError('failed', 'IncompleteAnswer', 'AssumeRole answered without credentials.', {
      operation: 'AssumeRole',
    });
  }
  return { accessKeyId, secretAccessKey, sessionToken };
}

/** AWS does not always say which role it was. */
function naming({ roleArn }: AssumedRole, error: OperatorError): OperatorError {
  if (error.message.includes(roleArn)) return error;
  const { disposition, reason, operation, requestId, retryAfterMs, cause } = error;
  const details = { operation, requestId, retryAfterMs, cause };
  return new OperatorError(disposition, reason, `${error.message} The role is ${roleArn}.`, details);
}
