import type { GetCallerIdentityCommandOutput } from '@aws-sdk/client-sts';
import { OperatorError } from '../errors.ts';
import type { AwsCredentials } from './credentials.ts';
import { SingleFlight } from './singleflight.ts';

export interface CallerIdentity {
  readonly account: string;
  readonly arn: string;
}

export interface IdentityOptions {
  readonly credentials: (signal: AbortSignal) => Promise<AwsCredentials>;
  readonly ask: () => Promise<GetCallerIdentityCommandOutput>;
}

/** To whom credentials belong, as AWS says. Asked once for each access key, and so again after every renewal; errors are not remembered. */
export class Identity {
  readonly #options: IdentityOptions;
  readonly #flight = new SingleFlight<CallerIdentity>('GetCallerIdentity');
  #known: (CallerIdentity & { readonly accessKeyId: string }) | undefined;

  constructor(options: IdentityOptions) {
    this.#options = options;
  }

  /** As it was last told; `undefined` before the first time. */
  get last(): CallerIdentity | undefined {
    return this.#known;
  }

  async get(signal: AbortSignal): Promise<CallerIdentity> {
    const { accessKeyId } = await this.#options.credentials(signal);
    // An answer that was asked for with other credentials is none for these.
    while (this.#known?.accessKeyId !== accessKeyId) await this.#flight.join(() => this.#ask(accessKeyId), signal);
    return this.#known;
  }

  async #ask(accessKeyId: string): Promise<CallerIdentity> {
    const { Account: account, Arn: arn } = await this.#options.ask();
    if (account === undefined || arn === undefined) {
      throw new OperatorError('failed', 'IncompleteAnswer', 'GetCallerIdentity answered without account or ARN.', {
        operation: 'GetCallerIdentity',
      });
    }
    this.#known = { account, arn, accessKeyId };
    return this.#known;
  }
}
