import type { Logger } from 'pino';
import type { Clock } from '../clock.ts';
import { OperatorError } from '../errors.ts';
import { RequestBudget } from './budget.ts';
import { createRegionClients, defaultHttpSettings, type RegionClients } from './clients.ts';
import type { CallRecord, CloudConfig } from './cloud.ts';
import { type AnsweredCommand, type AwsCommand, type Caller, operationName } from './command.ts';
import { attemptsOf, fromAws } from './errors.ts';
import { Slots } from './slots.ts';
import type { Place } from './waiters.ts';

export interface RegionOptions {
  readonly region: string;
  readonly config: CloudConfig;
  readonly clock: Clock;
  readonly log: Logger;
  readonly onCall: (call: CallRecord) => void;
}

/** The one way to AWS in a region: budget, then a slot, then the caller's gate, then exactly one request. */
export class Region {
  readonly #options: RegionOptions;
  readonly #clients: RegionClients;
  readonly #budget: RequestBudget;
  readonly #slots: Slots;

  constructor(options: RegionOptions) {
    const http = { ...defaultHttpSettings, ...options.config.http };
    this.#options = options;
    this.#clients = createRegionClients(options.region, http);
    this.#budget = new RequestBudget(options.clock, options.config.budget);
    this.#slots = new Slots(http.concurrency);
  }

  get clock(): Clock {
    return this.#options.clock;
  }

  /** A place in the line for one `operation`. Throws `throttled` when the line is too long to wait in. */
  queue(service: string, operation: string, caller: Caller): Place {
    return this.#budget.acquire(service, operation, caller.priority, caller.signal);
  }

  /** Waits for budget and sends. */
  async call<Output>(
    service: string,
    command: AnsweredCommand<Output>,
    caller: Caller,
    gate?: () => void,
  ): Promise<Output>;
  async call(service: string, command: AwsCommand, caller: Caller, gate?: () => void): Promise<unknown>;
  async call(service: string, command: AwsCommand, caller: Caller, gate?: () => void): Promise<unknown> {
    const operation = operationName(command);
    await budgeted(operation, this.queue(service, operation, caller).turn);
    return await this.send(service, command, caller, gate);
  }

  /** Sends what has budget already. */
  async send<Output>(
    service: string,
    command: AnsweredCommand<Output>,
    caller: Caller,
    gate?: () => void,
  ): Promise<Output>;
  async send(service: string, command: AwsCommand, caller: Caller, gate?: () => void): Promise<unknown>;
  async send(service: string, command: AwsCommand, caller: Caller, gate?: () => void): Promise<unknown> {
    const operation = operationName(command);
    let leave: () => void;
    try {
      leave = await this.#slots.enter(caller.priority, caller.signal);
    } catch (error) {
      throw aborted(operation, error);
    }
    try {
      gate?.();
      return await this.#transmit(service, operation, command, caller.signal);
    } finally {
      leave();
    }
  }

  destroy(): void {
    this.#clients.destroy();
  }

  async #transmit(service: string, operation: string, command: AwsCommand, signal: AbortSignal): Promise<unknown> {
    const { clock, region, onCall } = this.#options;
    const startedMs = clock.monotonicMs();
    const record = (call: Pick<CallRecord, 'outcome' | 'reason' | 'requestId' | 'attempts'>): void => {
      this.#budget.chargeRetries(service, operation, call.attempts);
      onCall({ service, operation, region, durationMs: clock.monotonicMs() - startedMs, ...call });
    };
    try {
      const answer = await this.#clients.send(service, command, signal);
      record({ outcome: 'ok', reason: undefined, ...metadataOf(answer) });
      return answer;
    } catch (thrown) {
      const error = signal.aborted ? aborted(operation, thrown) : fromAws(thrown, operation);
      record({
        outcome: error.disposition,
        reason: error.reason,
        requestId: error.requestId,
        attempts: attemptsOf(thrown),
      });
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

function metadataOf(answer: unknown): { requestId: string | undefined; attempts: number } {
  const metadata: unknown =
    typeof answer === 'object' && answer !== null && '$metadata' in answer ? answer.$metadata : undefined;
  if (typeof metadata !== 'object' || metadata === null) return { requestId: undefined, attempts: 1 };
  return {
    requestId: 'requestId' in metadata && typeof metadata.requestId === 'string' ? metadata.requestId : undefined,
    attempts: 'attempts' in metadata && typeof metadata.attempts === 'number' ? metadata.attempts : 1,
  };
}
