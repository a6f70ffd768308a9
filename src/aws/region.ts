import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { OperatorError } from '../errors.ts';
import type { RequestBudget } from './budget.ts';
import { createRegionClients, defaultHttpSettings, type Gate, type RegionClients } from './clients.ts';
import type { BudgetWait, CallRecord, CloudConfig } from './cloud.ts';
import { type AnsweredCommand, type AwsCommand, type Caller, operationName } from './command.ts';
import type { CredentialProvider } from './credentials.ts';
import { attemptsOf, fromAws, statusOf } from './errors.ts';
import { Slots } from './slots.ts';
import type { Place } from './waiters.ts';

export interface RegionOptions {
  readonly region: string;
  /** Id of the account; empty before it is known. */
  readonly account: () => string;
  /** Those of the default provider chain if they are not given. */
  readonly credentials?: CredentialProvider | undefined;
  /** Of this account in this region, whatever the credentials. */
  readonly budget: RequestBudget;
  readonly config: CloudConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onCall: (call: CallRecord) => void;
  readonly onBudgetWait: (wait: BudgetWait) => void;
  /** AWS does not take the credentials any more. */
  readonly onRefused?: (() => void) | undefined;
}

/** The one way to AWS in a region of an account: budget, then a slot, then the caller's gate, then exactly one request. */
export class Region {
  readonly #options: RegionOptions;
  readonly #clients: RegionClients;
  readonly #budget: RequestBudget;
  readonly #slots: Slots;

  constructor(options: RegionOptions) {
    const http = { ...defaultHttpSettings, ...options.config.http };
    this.#options = options;
    this.#clients = createRegionClients(options.region, http, options.credentials);
    this.#budget = options.budget;
    this.#slots = new Slots(http.concurrency);
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  get credentials(): CredentialProvider {
    return this.#clients.credentials;
  }

  /** A place in the line for one `operation`. Throws `throttled` when the line is too long to wait in. */
  queue(service: string, operation: string, caller: Caller): Place {
    const { clock, onBudgetWait } = this.#options;
    const { priority } = caller;
    const startedMs = clock.monotonicMs();
    const place = this.#budget.acquire(service, operation, priority, caller.signal);
    place.turn.then(
      () => onBudgetWait({ service, priority, waitedMs: clock.monotonicMs() - startedMs }),
      // Who waits hears of it; somebody who gave up did not get through.
      () => {},
    );
    return place;
  }

  /** Waits for budget and sends. */
  async call<Output>(service: string, command: AnsweredCommand<Output>, caller: Caller, gate?: Gate): Promise<Output>;
  async call(service: string, command: AwsCommand, caller: Caller, gate?: Gate): Promise<unknown>;
  async call(service: string, command: AwsCommand, caller: Caller, gate?: Gate): Promise<unknown> {
    const operation = operationName(command);
    await budgeted(operation, this.queue(service, operation, caller).turn);
    return await this.send(service, command, caller, gate);
  }

  /** Sends what has budget already. */
  async send<Output>(service: string, command: AnsweredCommand<Output>, caller: Caller, gate?: Gate): Promise<Output>;
  async send(service: string, command: AwsCommand, caller: Caller, gate?: Gate): Promise<unknown>;
  async send(service: string, command: AwsCommand, caller: Caller, gate?: Gate): Promise<unknown> {
    const operation = operationName(command);
    let leave: () => void;
    try {
      leave = await this.#slots.enter(caller.priority, caller.signal);
    } catch (error) {
      throw aborted(operation, error);
    }
    try {
      return await this.#transmit(service, operation, command, caller, gate);
    } finally {
      leave();
    }
  }

  destroy(): void {
    this.#clients.destroy();
  }

  async #transmit(
    service: string,
    operation: string,
    command: AwsCommand,
    caller: Caller,
    gate?: Gate,
  ): Promise<unknown> {
    const { clock, region, onCall } = this.#options;
    const { signal, cause } = caller;
    const account = this.#options.account();
    const startedMs = clock.monotonicMs();
    const record = (call: Pick<CallRecord, 'outcome' | 'reason' | 'requestId' | 'status' | 'attempts'>): void => {
      this.#budget.chargeRetries(service, operation, call.attempts);
      onCall({ service, operation, region, account, cause, durationMs: clock.monotonicMs() - startedMs, ...call });
    };
    let refusal: { readonly error: unknown } | undefined;
    const ask = (): void => {
      try {
        gate?.();
      } catch (error) {
        refusal = { error };
        throw error;
      }
    };
    try {
      const answer = await this.#clients.send(service, command, signal, ask);
      record({ outcome: 'ok', reason: undefined, ...metadataOf(answer) });
      return answer;
    } catch (thrown) {
      // Nothing was sent: there is no call to tell of.
      if (refusal !== undefined) throw refusal.error;
      const error = signal.aborted ? aborted(operation, thrown) : fromAws(thrown, operation);
      record({
        outcome: error.disposition,
        reason: error.reason,
        requestId: error.requestId,
        status: statusOf(thrown),
        attempts: attemptsOf(thrown),
      });
      if (error.reason === 'CredentialsUnavailable') this.#options.onRefused?.();
      if (error.reason === 'Throttled') {
        const requestsPerSecond = this.#budget.throttled(service, operation, error.retryAfterMs);
        this.#options.log.warn({ service, operation, region, requestsPerSecond }, 'throttled by AWS, rate lowered');
      }
      throw error;
    }
  }
}

/** Waiting for budget and giving up is no failure: nothing was sent. */
export async function budgeted(operation: string, turn: Promise<void>): Promise<void> {
  try {
    await turn;
  } catch (error) {
    throw new OperatorError('throttled', 'BudgetExhausted', `${operation} was still waiting for the request budget.`, {
      cause: error,
      operation,
    });
  }
}

function aborted(operation: string, cause: unknown): OperatorError {
  return new OperatorError('failed', 'Aborted', `${operation} was given up; the next pass looks again.`, {
    cause,
    operation,
  });
}

function metadataOf(answer: unknown): Pick<CallRecord, 'requestId' | 'status' | 'attempts'> {
  const metadata: unknown =
    typeof answer === 'object' && answer !== null && '$metadata' in answer ? answer.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null) {
    return { requestId: undefined, status: undefined, attempts: 1 };
  }
  const status = 'httpStatusCode' in metadata ? metadata.httpStatusCode : undefined;
  return {
    requestId: 'requestId' in metadata && typeof metadata.requestId === 'string' ? metadata.requestId : undefined,
    status: typeof status === 'number' ? status : undefined,
    attempts: 'attempts' in metadata && typeof metadata.attempts === 'number' ? metadata.attempts : 1,
  };
}
