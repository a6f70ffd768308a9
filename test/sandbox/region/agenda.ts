interface Entry {
  readonly at: number;
  readonly order: number;
  readonly run: () => void;
}

/**
 * What is still to happen in the simulated world: a binary heap of due times. Nothing runs by itself; `runUntil` is called before each
 * request, so an idle region costs nothing and a test that owns the clock owns every transition.
 */
export class Agenda {
  readonly #heap: Entry[] = [];
  #now: number;
  #order = 0;

  constructor(start: number) {
    this.#now = start;
  }

  /** The simulated time: that of the event being run, or of the last `runUntil`. */
  get now(): number {
    return this.#now;
  }

  get date(): Date {
    return new Date(this.#now);
  }

  get size(): number {
    return this.#heap.length;
  }

  /** Runs `run` after `delayMs` of simulated time; events due at the same time run in the order in which they were added. */
  after(delayMs: number, run: () => void): void {
    this.#heap.push({ at: this.#now + Math.max(0, delayMs), order: this.#order++, run });
    this.#siftUp(this.#heap.length - 1);
  }

  /** `before` is told the time of each event just before it runs. */
  runUntil(time: number, before?: (at: number) => void): void {
    for (let next = this.#heap[0]; next !== undefined && next.at <= time; next = this.#heap[0]) {
      this.#pop();
      this.#now = Math.max(this.#now, next.at);
      before?.(this.#now);
      next.run();
    }
    this.#now = Math.max(this.#now, time);
  }

  #pop(): void {
    const last = this.#heap.pop();
    if (last === undefined || this.#heap.length === 0) return;
    this.#heap[0] = last;
    this.#siftDown(0);
  }

  #siftUp(start: number): void {
    let index = start;
    while (index > 0) {
      const parent = (index - 1) >> 1;
      if (!this.#swapIfBefore(index, parent)) return;
      index = parent;
    }
  }

  #siftDown(start: number): void {
    let index = start;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const child = this.#before(right, left) ? right : left;
      if (!this.#swapIfBefore(child, index)) return;
      index = child;
    }
  }

  #swapIfBefore(a: number, b: number): boolean {
    if (!this.#before(a, b)) return false;
    const first = this.#heap[a];
    const second = this.#heap[b];
    if (first === undefined || second === undefined) return false;
    this.#heap[a] = second;
    this.#heap[b] = first;
    return true;
  }

  #before(a: number, b: number): boolean {
    const first = this.#heap[a];
    const second = this.#heap[b];
    if (first === undefined || second === undefined) return false;
    return first.at < second.at || (first.at === second.at && first.order < second.order);
  }
}
