import type { Logger } from 'pino';
import { type CallRecord, type Cloud, createCloud } from './aws/cloud.ts';
import type { AwsReads } from './aws/reads.ts';
import type { Clock } from './clock.ts';
import type { Config } from './config.ts';
import type { ObservedPass } from './engine/controller.ts';
import { Manager } from './engine/manager.ts';
import { defaultEngineOptions } from './engine/options.ts';
import { kinds } from './kinds/index.ts';
import type { KubeCredentials } from './kube/connection.ts';
import { EventRecorder } from './kube/events.ts';
import { Transport } from './kube/transport.ts';

export interface OperatorOptions {
  readonly config: Config;
  readonly credentials: KubeCredentials;
  readonly clock: Clock;
  readonly log: Logger;
  /** Throws when this process may not write. Without leader election it always may. */
  readonly gate?: () => void;
  readonly onPass?: (pass: ObservedPass & { readonly kind: string }) => void;
  readonly onCall?: (call: CallRecord) => void;
}

/** The whole operator: the three layers joined. */
export class Operator {
  readonly manager: Manager<AwsReads>;
  readonly #cloud: Cloud;
  readonly #transport: Transport;
  readonly #events: EventRecorder;
  readonly #log: Logger;

  constructor(options: OperatorOptions) {
    const { config, clock, log, onPass, onCall } = options;
    this.#log = log;
    this.#transport = new Transport({ credentials: options.credentials, clock });
    this.#events = new EventRecorder({ transport: this.#transport, clock, log, reportingInstance: config.instance });
    this.#cloud = createCloud({
      config: { region: config.region, budget: { quotaScale: config.quotaScale } },
      clock,
      log,
      onCall,
    });
    this.manager = new Manager({
      kinds,
      transport: this.#transport,
      cloud: this.#cloud,
      events: this.#events,
      clock,
      log,
      gate: options.gate ?? (() => {}),
      options: {
        ...defaultEngineOptions,
        resyncMs: config.resyncMs,
        concurrency: config.concurrency,
        defaultRegion: config.region,
      },
      namespace: config.namespace,
      onPass,
    });
  }

  /** Resolves once every kind has been listed and reconciling has begun. */
  async start(): Promise<void> {
    await this.manager.start();
    this.#log.info('reconciling');
  }

  /** Finishes the passes at work, writes the Events that wait, and closes every connection. */
  async stop(): Promise<void> {
    await this.manager.stop();
    await this.#events.flush(AbortSignal.timeout(2_000)).catch((error: unknown) => {
      this.#log.warn({ err: error }, 'some events were not written');
    });
    this.#cloud.close();
    await this.#transport.close();
    this.#log.info('stopped');
  }

  identify(signal: AbortSignal): ReturnType<Cloud['identify']> {
    return this.#cloud.identify(signal);
  }
}
