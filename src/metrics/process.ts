import { totalmem } from 'node:os';
import type { Registry } from 'prom-client';
import { gaugeAtScrape } from './at-scrape.ts';

/** What prom-client's metrics of the process leave out, and alerts need. `ready` is undefined until somebody has asked for /readyz. */
export function processMetrics(registry: Registry, ready: () => boolean | undefined): void {
  gaugeAtScrape(
    registry,
    { name: 'ecs_operator_ready', help: 'Whether /readyz answered well when it was asked last.', labelNames: [] },
    (report) => {
      const answer = ready();
      if (answer !== undefined) report({}, answer ? 1 : 0);
    },
  );
  gaugeAtScrape(
    registry,
    {
      name: 'ecs_operator_memory_limit_bytes',
      help: "Memory that the process may use: its container's limit, or all that the machine has.",
      labelNames: [],
    },
    (report) => report({}, memoryLimitBytes(process.constrainedMemory(), totalmem())),
  );
}

/** Without a control group's limit, libuv says 0 or more than any machine has. */
export function memoryLimitBytes(constrained: number, total: number): number {
  return constrained > 0 ? Math.min(constrained, total) : total;
}
