import type { Registry } from 'prom-client';
import type { KindState } from '../engine/manager.ts';
import { counterAtScrape, gaugeAtScrape } from './at-scrape.ts';

type Queued = Pick<KindState, 'kind' | 'queue'>;

/** Queues and workers. The names that begin with `workqueue_` are client-go's, so that dashboards made for controllers work. */
export function queueMetrics(registry: Registry, states: () => readonly Queued[]): void {
  const workers = { labelNames: ['kind'] } as const;
  gaugeAtScrape(
    registry,
    { ...workers, name: 'ecs_operator_active_workers', help: 'Reconciles at work.' },
    (report) => {
      for (const { kind, queue } of states()) report({ kind }, queue.working);
    },
  );
  gaugeAtScrape(
    registry,
    { ...workers, name: 'ecs_operator_max_concurrent_reconciles', help: 'Reconciles that may be at work at once.' },
    (report) => {
      for (const { kind, queue } of states()) report({ kind }, queue.concurrency);
    },
  );
  const byName = { labelNames: ['name'] } as const;
  gaugeAtScrape(
    registry,
    { ...byName, name: 'workqueue_depth', help: 'Keys that are due and that no worker has taken.' },
    (report) => {
      for (const { kind, queue } of states()) report({ name: kind }, queue.due);
    },
  );
  counterAtScrape(
    registry,
    { ...byName, name: 'workqueue_adds_total', help: 'Keys put into the queue, those for later included.' },
    (report) => {
      for (const { kind, queue } of states()) report({ name: kind }, queue.adds);
    },
  );
  counterAtScrape(
    registry,
    { ...byName, name: 'workqueue_retries_total', help: 'Keys put back with backoff after a failure.' },
    (report) => {
      for (const { kind, queue } of states()) report({ name: kind }, queue.retries);
    },
  );
  gaugeAtScrape(
    registry,
    {
      ...byName,
      name: 'workqueue_longest_running_processor_seconds',
      help: 'For how long the oldest reconcile at work has been running; 0 when none is.',
    },
    (report) => {
      for (const { kind, queue } of states()) report({ name: kind }, queue.longestRunningMs / 1_000);
    },
  );
}
