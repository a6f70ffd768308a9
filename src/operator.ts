import type { Logger } from 'pino';
import { type Cloud, createCloud } from './aws/cloud.ts';
import type { AwsReads } from './aws/reads.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import { alone, elected, type Leadership, type ShardWork } from './engine/leadership.ts';
import { Manager } from './engine/manager.ts';
import { defaultEngineOptions } from './engine/options.ts';
import { Health } from './health/health.ts';
import { kinds } from './kinds/index.ts';
import type { KubeCredentials } from './kube/connection.ts';
import { EventRecorder } from './kube/events.ts';
import { LeaseClient } from './kube/lease.ts';
import { Transport } from './kube/transport.ts';
import { Metrics, type MetricsHooks } from './metrics/metrics.ts';
import { type Serving, serve } from './serving.ts';
import { version } from './version.ts';
import { debugLog, joinWatchers, type Watcher } from './watchers.ts';

export interface OperatorOptions {
  readonly config: Config;
  readonly credentials: KubeCredentials;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called when a Lease was taken from this process: it does nothing any more and has to end, so that a fresh one takes its place. */
  readonly onLost?: (lease: string, reason: string) => void;
  /** Those who watch; for traces and tests. */
  readonly watchers?: readonly Watcher[];
}

/** The whole operator: the three layers joined. */
export class Operator {
  readonly manager: Manager<AwsReads>;
  /** Which objects this process acts on. */
  readonly leadership: Leadership;
  readonly #cloud: Cloud;
  readonly #transport: Transport;
  readonly #events: EventRecorder;
  /** Connections of their own: a renewal must not wait behind calls that hang. */
  readonly #leases: Transport;
  readonly #onLost: (lease: string, reason: string) => void;
  readonly #log: Logger;
  readonly #config: Config;
  readonly #metrics: Metrics | undefined;
  readonly #health: Health;
  #serving: Serving | undefined;

  constructor(options: OperatorOptions) {
    const { config, clock, log } = options;
    this.#log = log;
    this.#config = config;
    this.#metrics = config.metricsAddress === undefined ? undefined : this.#measure(clock);
    const { onPass, onCall, onRequest, onEvent, onBudgetWait } = this.#watch(options);
    this.#transport = new Transport({ credentials: options.credentials, clock, onRequest });
    this.#leases = new Transport({ credentials: options.credentials, clock, onRequest });
    this.leadership = this.#elect(clock);
    this.#onLost = options.onLost ?? (() => {});
    const { gate, shards } = this.leadership;
    this.#events = new EventRecorder({
      transport: this.#transport,
      clock,
      log,
      reportingInstance: config.instance,
      gate: ({ kind, namespace, name }) => gate(kind, `${namespace}/${name}`),
      onEvent,
    });
    this.#cloud = createCloud({
      config: {
        region: config.region,
        budget: { quotaScale: config.quotaScale },
        sessionName: `ecs-operator-${config.instance}`,
      },
      clock,
      log,
      onCall,
      onBudgetWait,
    });
    this.manager = new Manager({
      kinds: kindsOf(config),
      transport: this.#transport,
      cloud: this.#cloud,
      events: this.#events,
      clock,
      log,
      gate,
      shards,
      options: {
        ...defaultEngineOptions,
        resyncMs: config.resyncMs,
        concurrency: config.concurrency,
        defaultRegion: config.region,
      },
      namespace: config.namespace,
      labelSelector: config.labelSelector,
      onPass,
    });
    this.#health = new Health({
      clock,
      transport: this.#transport,
      passDeadlineMs: defaultEngineOptions.passDeadlineMs,
      states: () => this.manager.states,
      watches: () => this.manager.watches,
    });
  }

  /** Resolves once every kind has been listed and this replica acts, or asks for a Lease to act. Rejects when an address to serve on cannot be had. */
  async start(): Promise<void> {
    this.#serving = await serve(this.#config, { metrics: this.#metrics, health: this.#health });
    this.#log.info(this.ports, 'serving');
    await this.manager.start();
    this.leadership.start(this.#shardWork());
    this.#log.info({ leases: this.leadership.leases().map(({ name }) => name) }, 'reconciling');
  }

  /** The ports on which metrics and health are served. */
  get ports(): Pick<Serving, 'metricsPort' | 'healthPort'> {
    return { metricsPort: this.#serving?.metricsPort, healthPort: this.#serving?.healthPort };
  }

  /** Finishes the passes at work, writes the Events that wait, gives back the Leases, and closes every connection. */
  async stop(): Promise<void> {
    this.#health.stop();
    this.leadership.retire();
    await this.manager.stop();
    await this.#events.flush(AbortSignal.timeout(2_000)).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'some events were not written');
    });
    await this.leadership.giveBack();
    this.#cloud.close();
    await Promise.all([this.#transport.close(), this.#leases.close()]);
    await this.#serving?.close();
    this.#log.info('stopped');
  }

  #elect(clock: Clock): Leadership {
    const { instance, leaderElection } = this.#config;
    const { enabled, namespace, shards } = leaderElection;
    if (!enabled) return alone;
    // A pod that is started anew under its old name is another candidate.
    const identity = `${instance}_${Math.floor(clock.random() * 2 ** 48).toString(16)}`;
    const leases = new LeaseClient(this.#leases, namespace);
    return elected({ shards, identity, leases, timing: leaderElection, clock, log: this.#log });
  }

  #shardWork(): ShardWork {
    const { manager } = this;
    const led = new Set<number>();
    // The others spend the rest of AWS's rate limits.
    const share = (): void => {
      this.#cloud.share = Math.max(1, led.size) / (this.leadership.shards ?? 1);
    };
    return {
      takeOver: async (shard) => {
        led.add(shard);
        share();
        await manager.takeOver(shard);
        this.#log.info({ shard }, 'taken over');
      },
      giveUp: async (shard) => {
        await manager.giveUp(shard);
        led.delete(shard);
        share();
      },
      mayGiveUp: (shard) => manager.mayGiveUp(shard),
      lost: (lease, reason) => {
        this.#log.error({ lease, reason }, 'the Lease was lost');
        manager.abandon(new Error(`the Lease ${lease} was lost: ${reason}`));
        this.#onLost(lease, reason);
      },
    };
  }

  #watch({ log, watchers = [] }: OperatorOptions): MetricsHooks {
    const metrics = this.#metrics === undefined ? [] : [this.#metrics.hooks];
    return joinWatchers([...metrics, debugLog(log), ...watchers], log);
  }

  #measure(clock: Clock): Metrics {
    return new Metrics({
      version,
      clock,
      kinds: kindsOf(this.#config).map(({ names }) => names.kind),
      states: () => this.manager.states,
      watches: () => this.manager.watches,
      budgets: () => this.#cloud.budgets,
      leases: () => this.leadership.leases(),
      ready: () => this.#health.wasReady,
    });
  }

  identify(signal: AbortSignal): ReturnType<Cloud['identify']> {
    return this.#cloud.identify(signal);
  }
}

function kindsOf({ awsAccounts }: Config): typeof kinds {
  return awsAccounts ? kinds : kinds.filter(({ account }) => account === undefined);
}
