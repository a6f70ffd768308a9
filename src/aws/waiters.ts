import type { Priority } from './command.ts';

/** Somebody's place in a line. */
export interface Waiter {
  readonly admit: () => void;
}

export interface Place {
  /** Resolves when it is our turn. */
  readonly turn: Promise<void>;
  /** Moves behind the last user who waits, because somebody with a user's change now depends on this place. */
  promote(): void;
}

/** A waiting line: users before background, first come first served inside each. A waiter whose signal aborts leaves the line. */
export class WaitingLine {
  readonly #lines: Record<Priority, Set<Waiter>> = { user: new Set(), background: new Set() };
  readonly #onAbandon: () => void;

  /** `onAbandon` is called when an aborted waiter has left the line. */
  constructor(onAbandon: () => void = () => {}) {
    this.#onAbandon = onAbandon;
  }

  get length(): number {
    return this.#lines.user.size + this.#lines.background.size;
  }

  /** How many would be served before one who came now. */
  ahead(priority: Priority): number {
    return priority === 'user' ? this.#lines.user.size : this.length;
  }

  join(priority: Priority, signal: AbortSignal): Place {
    const lines = this.#lines;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    const onAbort = (): void => {
      leave();
      reject(signal.reason);
      this.#onAbandon();
    };
    const leave = (): void => {
      lines.user.delete(waiter);
      lines.background.delete(waiter);
      signal.removeEventListener('abort', onAbort);
    };
    const waiter: Waiter = {
      admit: () => {
        leave();
        resolve();
      },
    };
    if (signal.aborted) {
      reject(signal.reason);
    } else {
      lines[priority].add(waiter);
      signal.addEventListener('abort', onAbort, { once: true });
    }
    return {
      turn: promise,
      promote: () => {
        if (lines.background.delete(waiter)) lines.user.add(waiter);
      },
    };
  }

  /** The one whose turn it is; it leaves the line by being admitted. */
  first(): Waiter | undefined {
    return firstOf(this.#lines.user) ?? firstOf(this.#lines.background);
  }
}

function firstOf(line: Set<Waiter>): Waiter | undefined {
  for (const waiter of line) return waiter;
  return undefined;
}
