import http from 'node:http';
import https from 'node:https';
import { ECSClient, type ECSClientConfig } from '@aws-sdk/client-ecs';
import { STSClient } from '@aws-sdk/client-sts';
import { OperatorError } from '../errors.ts';
import { type AwsCommand, isRead, operationName } from './command.ts';

/** Every number here is explicit, because the SDK's defaults wait 15 minutes and change between minor versions (reliability §5). */
export interface HttpSettings {
  readonly connectTimeoutMs: number;
  /** For one request and its repeats together. */
  readonly requestTimeoutMs: number;
  readonly maxSockets: number;
  /**
   * Requests under way at once, below `maxSockets`: waiting for a socket is covered by none of the SDK's time-outs
   * (aws-sdk-js-v3#3722).
   */
  readonly concurrency: number;
}

export const defaultHttpSettings: HttpSettings = {
  connectTimeoutMs: 2_000,
  requestTimeoutMs: 10_000,
  maxSockets: 50,
  concurrency: 20,
};

/** The SDK's repeat of a read costs little. A mutation is sent once: the answer that got lost may have been a success. */
const attempts = { read: 2, mutation: 1 } as const;

/** The SDK clients of one region. */
export interface RegionClients {
  send(service: string, command: AwsCommand, signal: AbortSignal): Promise<unknown>;
  /** Closes idle connections. */
  destroy(): void;
}

/** What every SDK client is, as far as sending goes. */
interface Sender {
  send(command: AwsCommand, options: { abortSignal: AbortSignal }): Promise<unknown>;
  destroy(): void;
}

/** Endpoints and credentials are found by the SDK itself: `AWS_ENDPOINT_URL`, then the region; the default provider chain. */
export function createRegionClients(region: string, settings: HttpSettings): RegionClients {
  const agentOptions = { keepAlive: true, maxSockets: settings.maxSockets };
  // One pair of agents for all clients, so that they share connections and DNS answers.
  const httpAgent = new http.Agent(agentOptions);
  const httpsAgent = new https.Agent(agentOptions);
  const configFor = (maxAttempts: number) =>
    ({
      region,
      retryMode: 'standard',
      maxAttempts,
      customUserAgent: 'ecs-operator',
      requestHandler: {
        httpAgent,
        httpsAgent,
        connectionTimeout: settings.connectTimeoutMs,
        // All tries together stay within the limit, so that a hanging AWS holds a pass no longer for a read than for a mutation.
        requestTimeout: settings.requestTimeoutMs / maxAttempts,
        // Without this the SDK only logs a warning when the time is up.
        throwOnRequestTimeout: true,
      },
    }) satisfies ECSClientConfig;
  // Two clients, because the number of attempts is a property of the client.
  const ecsMutations = new ECSClient(configFor(attempts.mutation));
  // The provider chain is walked once, and all clients use what it finds.
  const shared = { credentials: ecsMutations.config.credentials };
  const ecsReads = new ECSClient({ ...configFor(attempts.read), ...shared });
  const stsReads = new STSClient({ ...configFor(attempts.read), ...shared });
  const senders = new Map<string, { readonly read: Sender; readonly mutation: Sender | undefined }>([
    ['ecs', { read: ecsReads, mutation: ecsMutations }],
    ['sts', { read: stsReads, mutation: undefined }],
  ]);
  return {
    async send(service, command, signal) {
      const operation = operationName(command);
      const sender = senders.get(service)?.[isRead(operation) ? 'read' : 'mutation'];
      if (sender === undefined) {
        throw new OperatorError('failed', 'InternalError', `No AWS client sends ${operation} to "${service}".`);
      }
      return await sender.send(command, { abortSignal: signal });
    },
    destroy() {
      for (const client of [ecsMutations, ecsReads, stsReads]) client.destroy();
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}
