import type { Priority } from './command.ts';
import { WaitingLine } from './waiters.ts';

/** At most `size` requests under way at once; who waits for a place waits in the same order as for budget. */
export class Slots {
  readonly #line = new WaitingLine();
  #free: number;

  constructor(size: number) {
    this.#free = size;
  }

  /** Resolves with the function that gives the slot back. */
  async enter(priority: Priority, signal: AbortSignal): Promise<() => void> {
    const { turn } = this.#line.join(priority, signal);
    this.#serve();
    await turn;
    return () => {
      this.#free += 1;
      this.#serve();
    };
  }

  #serve(): void {
    while (this.#free > 0) {
      const waiter = this.#line.first();
      if (waiter === undefined) return;
      this.#free -= 1;
      waiter.admit();
    }
  }
}
