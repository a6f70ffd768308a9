import { Counter, Histogram, type Registry } from 'prom-client';
import type { ObservedPass } from '../engine/controller.ts';
import type { PassResult } from '../engine/outcome.ts';

/** Counts passes. Series of every kind exist from the start: a rate over a series that begins with its first event misses that event. */
export function passMetrics(registry: Registry, kinds: readonly string[]) {
  const registers = [registry];
  const total = new Counter({
    name: 'ecs_operator_reconcile_total',
    help: 'Reconciles, by how they ended. Stale ones, which look at nothing, are not among them.',
    labelNames: ['kind', 'outcome'],
    registers,
  });
  const errors = new Counter({
    name: 'ecs_operator_reconcile_errors_total',
    help: 'Reconciles that failed or found that the spec cannot work, by the reason that the conditions show.',
    labelNames: ['kind', 'reason'],
    registers,
  });
  const duration = new Histogram({
    name: 'ecs_operator_reconcile_duration_seconds',
    help: 'How long reconciles took.',
    labelNames: ['kind'],
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 120],
    registers,
  });
  const stale = new Counter({
    name: 'ecs_operator_stale_skips_total',
    help: "Reconciles put off for a moment, because the watch had not brought the operator's own last write yet.",
    labelNames: ['kind'],
    registers,
  });
  const waited = new Histogram({
    name: 'workqueue_queue_duration_seconds',
    help: 'How long keys were due before a worker took them.',
    labelNames: ['name'],
    buckets: [0.001, 0.005, 0.01, 0.05, 0.1, 0.5, 1, 5, 10, 30, 60, 300],
    registers,
  });
  for (const kind of kinds) {
    stale.inc({ kind }, 0);
    for (const outcome of outcomes) total.inc({ kind, outcome }, 0);
    duration.zero({ kind });
    waited.zero({ name: kind });
  }
  return ({ kind, result, durationMs, waitedMs }: ObservedPass & { readonly kind: string }): void => {
    waited.observe({ name: kind }, waitedMs / 1_000);
    if (result.kind === 'stale') {
      stale.inc({ kind });
      return;
    }
    total.inc({ kind, outcome: result.kind });
    duration.observe({ kind }, durationMs / 1_000);
    if (result.kind === 'failed' || result.kind === 'terminal') errors.inc({ kind, reason: result.reason });
  };
}

const outcomes = [
  'settled',
  'progressing',
  'blocked',
  'terminal',
  'throttled',
  'failed',
  'gone',
  'early',
] as const satisfies readonly PassResult['kind'][];

/** Counts repairs of what somebody else changed in AWS: each tells an Event `DriftCorrected`. */
export function driftMetrics(registry: Registry, kinds: readonly string[]) {
  const corrections = new Counter({
    name: 'ecs_operator_drift_corrections_total',
    help: 'Times that AWS was brought back to a spec which it had agreed with before.',
    labelNames: ['kind'],
    registers: [registry],
  });
  for (const kind of kinds) corrections.inc({ kind }, 0);
  return ({ kind, reason }: { readonly kind: string; readonly reason: string }): void => {
    if (reason === 'DriftCorrected') corrections.inc({ kind });
  };
}
