import type { Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { ReflectorStats } from '../kube/reflector.ts';
import { counterAtScrape, gaugeAtScrape } from './at-scrape.ts';

export interface Watched {
  readonly kind: string;
  readonly watch: ReflectorStats;
}

/** How fresh the operator's view of the API server is. */
export function watchMetrics(
  registry: Registry,
  states: () => readonly Watched[],
  clock: Pick<Clock, 'monotonicMs'>,
): void {
  const labelNames = ['kind'] as const;
  gaugeAtScrape(
    registry,
    {
      labelNames,
      name: 'ecs_operator_watch_last_event_age_seconds',
      help: 'Time since the watch last brought an event, a bookmark or a list page. The API server sends a bookmark about each minute.',
    },
    (report) => {
      for (const { kind, watch } of states()) {
        if (watch.lastEventAtMs === undefined) continue;
        report({ kind }, (clock.monotonicMs() - watch.lastEventAtMs) / 1_000);
      }
    },
  );
  const counters = [
    ['ecs_operator_watch_relists_total', 'Complete lists after the first.', 'relists'],
    ['ecs_operator_watch_reconnects_total', 'Watches opened after the first.', 'reconnects'],
    ['ecs_operator_watch_parse_errors_total', 'Lines of a watch that were not an event.', 'parseErrors'],
  ] as const;
  for (const [name, help, field] of counters) {
    counterAtScrape(registry, { name, help, labelNames }, (report) => {
      for (const { kind, watch } of states()) report({ kind }, watch[field]);
    });
  }
}
