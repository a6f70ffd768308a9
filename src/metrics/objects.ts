import type { Registry } from 'prom-client';
import type { Clock } from '../clock.ts';
import type { CommonSpec, CommonStatus } from '../engine/kind.ts';
import type { ECSService, ECSServiceStatus } from '../kinds/service/api.ts';
import type { KubeObject } from '../kube/types.ts';
import { gaugeAtScrape } from './at-scrape.ts';

type Managed = KubeObject<CommonSpec, CommonStatus>;

export interface Stored {
  readonly kind: string;
  readonly store: { list(): readonly Managed[] };
}

/** These are shown with 0 too, so that an alert on them has data while all is well. */
const always = ['Ready', 'NotReady', 'Reconciling', 'Stalled'] as const;

/** Objects by condition, and the services' own figures: all from the stores, so that a scrape asks neither API server nor AWS. */
export function objectMetrics(registry: Registry, states: () => readonly Stored[], clock: Pick<Clock, 'wallMs'>): void {
  gaugeAtScrape(
    registry,
    {
      name: 'ecs_operator_objects',
      help: 'Objects with this condition True. Those without Ready=True are under NotReady.',
      labelNames: ['kind', 'condition'],
    },
    (report) => {
      for (const { kind, store } of states()) {
        for (const [condition, count] of conditionCounts(store.list())) report({ kind, condition }, count);
      }
    },
  );
  const labelNames = ['namespace', 'name'] as const;
  const services = (): readonly ECSService[] => states().flatMap(({ store }) => store.list().filter(isService));
  gaugeAtScrape(
    registry,
    { labelNames, name: 'ecs_operator_service_desired_tasks', help: 'Tasks that the service is to run.' },
    (report) => {
      for (const { metadata, status } of services()) {
        if (status?.desiredCount !== undefined) report(nameOf(metadata), status.desiredCount);
      }
    },
  );
  gaugeAtScrape(
    registry,
    { labelNames, name: 'ecs_operator_service_running_tasks', help: 'Tasks of the service that run.' },
    (report) => {
      for (const { metadata, status } of services()) {
        if (status?.runningCount !== undefined) report(nameOf(metadata), status.runningCount);
      }
    },
  );
  gaugeAtScrape(
    registry,
    {
      labelNames,
      name: 'ecs_operator_service_rollout_age_seconds',
      help: 'For how long the rollout of the service has been under way; 0 when none is.',
    },
    (report) => {
      for (const { metadata, status } of services()) {
        if (status?.deployments !== undefined) report(nameOf(metadata), rolloutAgeSeconds(status, clock.wallMs()));
      }
    },
  );
}

/** How many objects have each condition True. */
export function conditionCounts(objects: readonly Managed[]): ReadonlyMap<string, number> {
  const counts = new Map<string, number>(always.map((condition) => [condition, 0]));
  const count = (condition: string): void => void counts.set(condition, (counts.get(condition) ?? 0) + 1);
  for (const { status } of objects) {
    const held = (status?.conditions ?? []).filter((condition) => condition.status === 'True');
    for (const { type } of held) count(type);
    if (!held.some(({ type }) => type === 'Ready')) count('NotReady');
  }
  return counts;
}

/** The age of the live deployment while ECS is still at it. */
export function rolloutAgeSeconds(
  { rolloutState, deployments = [] }: Pick<ECSServiceStatus, 'rolloutState' | 'deployments'>,
  nowMs: number,
): number {
  if (rolloutState !== 'IN_PROGRESS') return 0;
  const primary = deployments.find(({ status }) => status === 'PRIMARY');
  const startedMs = Date.parse(primary?.createdAt ?? '');
  return Number.isNaN(startedMs) ? 0 : Math.max(0, (nowMs - startedMs) / 1_000);
}

function isService(object: Managed): object is ECSService {
  return object.kind === 'ECSService';
}

function nameOf({ namespace, name }: Managed['metadata']): { readonly namespace: string; readonly name: string } {
  return { namespace, name };
}
