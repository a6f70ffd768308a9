import type { Clock } from '../../../src/clock.ts';

/** Simulated time. It starts at the real time, runs `speed` times as fast, and can be pushed forward. */
export interface SimulatedTime {
  now(): number;
  advance(ms: number): void;
}

/** With `speed` 0 time stands still until `advance`. */
export function simulatedTime(clock: Clock, speed: number): SimulatedTime {
  const start = clock.wallMs();
  const startMonotonic = clock.monotonicMs();
  let pushed = 0;
  return {
    now: () => Math.floor(start + pushed + (clock.monotonicMs() - startMonotonic) * speed),
    advance: (ms) => {
      pushed += ms;
    },
  };
}
