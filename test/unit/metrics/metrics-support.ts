import { pino } from 'pino';
import type { AccountBudgetLevel } from '../../../src/aws/cloud.ts';
import type { ControllerStats } from '../../../src/engine/controller.ts';
import type { CommonSpec, CommonStatus } from '../../../src/engine/kind.ts';
import type { LeaseHolding } from '../../../src/engine/leadership.ts';
import type { KindState } from '../../../src/engine/manager.ts';
import type { ReflectorStats } from '../../../src/kube/reflector.ts';
import { Store } from '../../../src/kube/store.ts';
import type { Condition, KubeObject } from '../../../src/kube/types.ts';
import { Metrics } from '../../../src/metrics/metrics.ts';
import type { Watched } from '../../../src/metrics/watches.ts';
import { VirtualClock } from '../../support/virtual-clock.ts';

export interface Looked {
  states?: readonly KindState[];
  watches?: readonly Watched[];
  budgets?: readonly AccountBudgetLevel[];
  leases?: readonly LeaseHolding[];
  ready?: boolean;
}

/** Metrics of an operator that consists of what `looked` says, at this moment. */
export function metricsOf(looked: Looked, clock = new VirtualClock()): Metrics {
  return new Metrics({
    version: '1.2.3',
    clock,
    kinds: ['ECSService'],
    states: () => looked.states ?? [],
    watches: () => looked.watches ?? [],
    budgets: () => looked.budgets ?? [],
    leases: () => looked.leases ?? [],
    ready: () => looked.ready,
  });
}

export function emptyMetrics(): Metrics {
  return metricsOf({});
}

type Managed = KubeObject<CommonSpec, CommonStatus>;

export function queueOf(stats: Partial<ControllerStats> = {}): ControllerStats {
  return { due: 0, adds: 0, retries: 0, working: 0, concurrency: 1, longestRunningMs: 0, ...stats };
}

export function watchOf(stats: Partial<ReflectorStats> = {}): ReflectorStats {
  return {
    state: 'watching',
    relists: 0,
    reconnects: 0,
    parseErrors: 0,
    lastEventAtMs: 0,
    seenResourceVersion: '1',
    ...stats,
  };
}

/** A kind `ECSService` with these objects. */
export function stateOf({
  queue = queueOf(),
  watch = watchOf(),
  objects = [],
}: Partial<Pick<KindState, 'queue' | 'watch'>> & { readonly objects?: readonly Managed[] }): KindState {
  const store = new Store<Managed>({ log: pino({ level: 'silent' }) });
  store.replace(objects, '1');
  return { kind: 'ECSService', queue, watch, store };
}

/** A service of namespace `shop`; without conditions and status it has not been reconciled yet. */
export function objectOf(given: {
  readonly name: string;
  readonly conditions?: readonly Pick<Condition, 'type' | 'status'>[] | undefined;
  readonly status?: object;
}): Managed {
  const { name, conditions, status } = given;
  const filled = conditions?.map((condition) => ({
    ...condition,
    reason: 'R',
    message: '',
    observedGeneration: 1,
    lastTransitionTime: '2026-01-01T00:00:00Z',
  }));
  const metadata = {
    name,
    namespace: 'shop',
    uid: name,
    resourceVersion: '1',
    generation: 1,
    creationTimestamp: '2026-01-01T00:00:00Z',
  };
  const told = filled === undefined ? status : { ...status, conditions: filled };
  return { apiVersion: 'v1', kind: 'ECSService', metadata, spec: {}, ...(told === undefined ? {} : { status: told }) };
}
