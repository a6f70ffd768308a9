import { performance } from 'node:perf_hooks';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits for a condition in real time, looking every few milliseconds; `step` runs before each look. Fails with `what` after the deadline. */
export async function until(
  what: string,
  condition: () => boolean,
  options: { readonly step?: () => void; readonly deadlineMs?: number } = {},
): Promise<void> {
  const end = performance.now() + (options.deadlineMs ?? 4_000);
  while (!condition()) {
    if (performance.now() > end) throw new Error(`Waited in vain for: ${what}`);
    options.step?.();
    await delay(2);
  }
}
