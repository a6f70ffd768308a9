import { Counter, Histogram, type Registry } from 'prom-client';
import type { AccountBudgetLevel, BudgetWait, CallRecord } from '../aws/cloud.ts';
import { gaugeAtScrape } from './at-scrape.ts';

/** Calls of AWS and the request budget that they are paid from. */
export function awsMetrics(registry: Registry, budgets: () => readonly AccountBudgetLevel[]) {
  const registers = [registry];
  const requests = new Counter({
    name: 'ecs_operator_aws_requests_total',
    help: 'Calls of AWS, by what came of them: ok, or the reason. A read that the SDK sent twice is one call.',
    labelNames: ['service', 'operation', 'region', 'account', 'code'],
    registers,
  });
  const duration = new Histogram({
    name: 'ecs_operator_aws_request_duration_seconds',
    help: 'How long calls of AWS took, without the time that they waited for the budget.',
    labelNames: ['service', 'operation'],
    buckets: [0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const throttles = new Counter({
    name: 'ecs_operator_aws_throttles_total',
    help: 'Calls that AWS answered with a rate limit.',
    labelNames: ['service', 'operation', 'region', 'account'],
    registers,
  });
  const waited = new Histogram({
    name: 'ecs_operator_aws_budget_wait_seconds',
    help: 'How long calls waited for the request budget before they were sent.',
    labelNames: ['service', 'priority'],
    buckets: [0.001, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  gaugeAtScrape(
    registry,
    {
      name: 'ecs_operator_aws_budget_tokens',
      help: 'Calls that might be sent at once, by class of the request budget.',
      labelNames: ['service', 'class', 'region', 'account'],
    },
    (report) => {
      for (const { tokens, ...labels } of budgets()) report(labels, tokens);
    },
  );
  return {
    onCall({ service, operation, region, account, outcome, reason, durationMs }: CallRecord): void {
      const call = { service, operation, region, account };
      requests.inc({ ...call, code: outcome === 'ok' ? 'ok' : (reason ?? outcome) });
      duration.observe({ service, operation }, durationMs / 1_000);
      throttles.inc(call, reason === 'Throttled' ? 1 : 0);
    },
    onBudgetWait({ service, priority, waitedMs }: BudgetWait): void {
      waited.observe({ service, priority }, waitedMs / 1_000);
    },
  };
}
