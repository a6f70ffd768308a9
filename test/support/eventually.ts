import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** Looks until `done`, and returns what was seen then. After the deadline it fails with what was seen last. */
export async function eventually<T>(
  what: string,
  look: () => Promise<{ readonly value: T; readonly done: boolean }>,
  deadlineMs = 30_000,
): Promise<T> {
  const end = performance.now() + deadlineMs;
  for (;;) {
    const { value, done } = await look();
    if (done) return value;
    if (performance.now() > end)
      throw new Error(`Waited in vain for "${what}". Last seen: ${JSON.stringify(value, null, 1)}`);
    await delay(15);
  }
}
