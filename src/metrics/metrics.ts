import { Counter, collectDefaultMetrics, Registry } from 'prom-client';
import type { AccountBudgetLevel, BudgetWait, CallRecord } from '../aws/cloud.ts';
import type { Clock } from '../clock.ts';
import type { ObservedPass } from '../engine/controller.ts';
import type { LeaseHolding } from '../engine/leadership.ts';
import type { KindState } from '../engine/manager.ts';
import type { RequestRecord } from '../kube/transport.ts';
import { gaugeAtScrape } from './at-scrape.ts';
import { awsMetrics } from './aws.ts';
import { objectMetrics } from './objects.ts';
import { driftMetrics, passMetrics } from './passes.ts';
import { processMetrics } from './process.ts';
import { queueMetrics } from './queues.ts';
import { type Watched, watchMetrics } from './watches.ts';

/** What is looked at when somebody scrapes; nothing is measured by a timer. */
export interface MetricsSources {
  readonly version: string;
  readonly clock: Clock;
  /** All kinds that are reconciled. */
  readonly kinds: readonly string[];
  readonly states: () => readonly KindState[];
  /** What else is watched. */
  readonly watches: () => readonly Watched[];
  readonly budgets: () => readonly AccountBudgetLevel[];
  readonly leases: () => readonly LeaseHolding[];
  /** What /readyz answered last; undefined until somebody has asked. */
  readonly ready: () => boolean | undefined;
}

/** What the layers report as it happens. */
export interface MetricsHooks {
  onPass(pass: ObservedPass & { readonly kind: string }): void;
  onEvent(event: { readonly kind: string; readonly reason: string }): void;
  onCall(call: CallRecord): void;
  onBudgetWait(wait: BudgetWait): void;
  onRequest(request: RequestRecord): void;
}

/** Every metric of the operator; docs/metrics.md explains them. Object names are labels of the services' gauges only. */
export class Metrics {
  readonly hooks: MetricsHooks;
  readonly #registry = new Registry();

  constructor({ version, clock, kinds, states, watches, budgets, leases, ready }: MetricsSources) {
    const registry = this.#registry;
    collectDefaultMetrics({ register: registry });
    queueMetrics(registry, states);
    watchMetrics(registry, () => [...states(), ...watches()], clock);
    objectMetrics(registry, states, clock);
    leaseMetrics(registry, leases);
    processMetrics(registry, ready);
    gaugeAtScrape(
      registry,
      { name: 'ecs_operator_build_info', help: 'Always 1; the version is in the label.', labelNames: ['version'] },
      (report) => report({ version }, 1),
    );
    this.hooks = {
      onPass: passMetrics(registry, kinds),
      onEvent: driftMetrics(registry, kinds),
      onRequest: requestMetrics(registry),
      ...awsMetrics(registry, budgets),
    };
  }

  /** Prometheus' text format. */
  render(): Promise<string> {
    return this.#registry.metrics();
  }

  get contentType(): string {
    return this.#registry.contentType;
  }

  /** Name, type and labels of all metrics that are ours. */
  get definitions(): readonly MetricDefinition[] {
    return this.#registry
      .getMetricsAsArray()
      .map((metric) => {
        const labels: readonly string[] =
          'labelNames' in metric && isStrings(metric.labelNames) ? metric.labelNames : [];
        return { name: metric.name, help: metric.help, type: String(metric.type), labels };
      })
      .filter(({ name }) => !/^(?:process|nodejs)_/.test(name));
  }
}

export interface MetricDefinition {
  readonly name: string;
  readonly help: string;
  readonly type: string;
  readonly labels: readonly string[];
}

/** client-go's name: 1 while this process may act for the Lease. */
function leaseMetrics(registry: Registry, leases: () => readonly LeaseHolding[]): void {
  gaugeAtScrape(
    registry,
    {
      name: 'leader_election_master_status',
      help: 'Whether this process holds the Lease.',
      labelNames: ['name'],
    },
    (report) => {
      for (const { name, held } of leases()) report({ name }, held ? 1 : 0);
    },
  );
}

/** client-go's name, and its word for a request without an answer. */
function requestMetrics(registry: Registry): MetricsHooks['onRequest'] {
  const requests = new Counter({
    name: 'rest_client_requests_total',
    help: 'Requests to the API server; a watch counts when it is opened.',
    labelNames: ['method', 'code'],
    registers: [registry],
  });
  return ({ method, status }) => requests.inc({ method, code: status === undefined ? '<error>' : String(status) });
}

function isStrings(value: unknown): value is readonly string[] {
  return Array.isArray(value) && value.every((one) => typeof one === 'string');
}
