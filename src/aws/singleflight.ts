import { OperatorError } from '../errors.ts';

/** One request for all who ask while it is under way. Who gives up leaves the others theirs. */
export class SingleFlight<Value> {
  readonly #operation: string;
  #flight: Promise<Value> | undefined;

  /** `operation` is what is asked for, for the error of one who gives up. */
  constructor(operation: string) {
    this.#operation = operation;
  }

  async join(start: () => Promise<Value>, signal?: AbortSignal): Promise<Value> {
    this.#flight ??= this.#begin(start);
    if (signal === undefined) return await this.#flight;
    const left = Promise.withResolvers<never>();
    const onAbort = (): void => left.reject(givenUp(this.#operation, signal));
    if (signal.aborted) onAbort();
    else signal.addEventListener('abort', onAbort, { once: true });
    try {
      return await Promise.race([this.#flight, left.promise]);
    } finally {
      signal.removeEventListener('abort', onAbort);
    }
  }

  #begin(start: () => Promise<Value>): Promise<Value> {
    const flight = start().finally(() => {
      this.#flight = undefined;
    });
    // All who asked may have given up.
    flight.catch(() => undefined);
    return flight;
  }
}

function givenUp(operation: string, signal: AbortSignal): OperatorError {
  return new OperatorError('failed', 'Aborted', `${operation} was given up; the next pass looks again.`, {
    cause: signal.reason,
    operation,
  });
}
