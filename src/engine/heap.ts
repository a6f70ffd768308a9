/** A binary min-heap of values by a number. */
export class MinHeap<T> {
  readonly #items: { readonly rank: number; readonly value: T }[] = [];

  get size(): number {
    return this.#items.length;
  }

  /** The smallest rank, or Infinity when empty. */
  get minRank(): number {
    return this.#items[0]?.rank ?? Number.POSITIVE_INFINITY;
  }

  push(rank: number, value: T): void {
    const items = this.#items;
    let index = items.length;
    const item = { rank, value };
    while (index > 0) {
      const parentIndex = (index - 1) >> 1;
      const parent = items[parentIndex];
      if (parent === undefined || parent.rank <= rank) break;
      items[index] = parent;
      index = parentIndex;
    }
    items[index] = item;
  }

  pop(): T | undefined {
    const items = this.#items;
    const top = items[0];
    const last = items.pop();
    if (top === undefined || last === undefined || items.length === 0) return top?.value;
    let index = 0;
    for (;;) {
      const left = 2 * index + 1;
      const right = left + 1;
      const smaller = rankAt(items, right) < rankAt(items, left) ? right : left;
      const child = items[smaller];
      if (child === undefined || child.rank >= last.rank) break;
      items[index] = child;
      index = smaller;
    }
    items[index] = last;
    return top.value;
  }
}

function rankAt(items: readonly { readonly rank: number }[], index: number): number {
  return items[index]?.rank ?? Number.POSITIVE_INFINITY;
}
