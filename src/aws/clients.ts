import { AsyncLocalStorage } from 'node:async_hooks';
import http from 'node:http';
import https from 'node:https';
import { AutoScalingClient } from '@aws-sdk/client-auto-scaling';
import { EC2Client } from '@aws-sdk/client-ec2';
import { ECSClient, type ECSClientConfig } from '@aws-sdk/client-ecs';
import { SSMClient } from '@aws-sdk/client-ssm';
import { STSClient } from '@aws-sdk/client-sts';
import { OperatorError } from '../errors.ts';
import { type AwsCommand, isRead, operationName } from './command.ts';
import type { CredentialProvider } from './credentials.ts';

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

/** The SDK clients of one account in one region. */
export interface RegionClients {
  /** What the requests are signed with. */
  readonly credentials: CredentialProvider;
  /** `gate` is asked when the request is signed and about to leave; when it throws, nothing is sent, and that is what this rejects with. */
  send(service: string, command: AwsCommand, signal: AbortSignal, gate?: Gate): Promise<unknown>;
  /** Closes idle connections. */
  destroy(): void;
}

/** Throws when the request may not be sent. */
export type Gate = () => void;

/** The gate of the request under way. */
const gates = new AsyncLocalStorage<Gate>();

/**
 * The last that happens in the SDK before a request leaves: fetching new credentials for the signature may take seconds, in which the Lease
 * may have run out.
 */
const lastStep = { step: 'finalizeRequest', priority: 'low', name: 'askGate' } as const;

const askGate =
  <Args, Result>(next: (args: Args) => Promise<Result>) =>
  (args: Args): Promise<Result> => {
    gates.getStore()?.();
    return next(args);
  };

/** What every SDK client is, as far as sending goes. */
interface Sender {
  readonly config: { readonly credentials: CredentialProvider };
  send(command: AwsCommand, options: { abortSignal: AbortSignal }): Promise<unknown>;
  destroy(): void;
}

/** An SDK client, as far as the gate is put into it. */
interface Gated {
  readonly middlewareStack: { add(middleware: typeof askGate, options: typeof lastStep): void };
}

type Settings = Pick<ECSClientConfig, 'region' | 'retryMode' | 'maxAttempts' | 'customUserAgent' | 'requestHandler'>;
type Factory = (config: Settings & { credentials?: CredentialProvider }) => Sender;

/** Reads and mutations have a client each, because the number of attempts is a property of the client. */
const factories = new Map<string, { readonly read: Factory; readonly mutation?: Factory }>([
  ['ecs', both((config) => new ECSClient(config))],
  ['autoscaling', both((config) => new AutoScalingClient(config))],
  ['ec2', both((config) => new EC2Client(config))],
  ['ssm', { read: (config) => new SSMClient(config) }],
  ['sts', { read: (config) => new STSClient(config) }],
]);

/** Each request asks the gate that it was given. */
function both(create: (...args: Parameters<Factory>) => Sender & Gated): {
  readonly read: Factory;
  readonly mutation: Factory;
} {
  const gated: Factory = (config) => {
    const client = create(config);
    client.middlewareStack.add(askGate, lastStep);
    return client;
  };
  return { read: gated, mutation: gated };
}

/**
 * The endpoint is found by the SDK itself: `AWS_ENDPOINT_URL`, then the region. So are credentials that are not given: by the default
 * provider chain.
 */
export function createRegionClients(region: string, settings: HttpSettings, given?: CredentialProvider): RegionClients {
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
    }) satisfies Settings;
  // The provider chain is walked once, and all clients use what the first one finds.
  let credentials = given;
  const senders = new Map<string, Sender>();
  const senderOf = (service: string, use: keyof typeof attempts): Sender | undefined => {
    const name = `${service}/${use}`;
    const known = senders.get(name);
    if (known !== undefined) return known;
    const config = { ...configFor(attempts[use]), ...(credentials === undefined ? {} : { credentials }) };
    const sender = factories.get(service)?.[use]?.(config);
    if (sender === undefined) return undefined;
    credentials ??= sender.config.credentials;
    senders.set(name, sender);
    return sender;
  };
  return {
    get credentials() {
      if (credentials !== undefined) return credentials;
      const sender = senderOf('sts', 'read');
      if (sender === undefined) throw new OperatorError('failed', 'InternalError', 'There is no client for STS.');
      return sender.config.credentials;
    },
    async send(service, command, signal, gate = () => {}) {
      const operation = operationName(command);
      const sender = senderOf(service, isRead(operation) ? 'read' : 'mutation');
      if (sender === undefined) {
        throw new OperatorError('failed', 'InternalError', `No AWS client sends ${operation} to "${service}".`);
      }
      return await gates.run(gate, () => sender.send(command, { abortSignal: signal }));
    },
    destroy() {
      for (const client of senders.values()) client.destroy();
      httpAgent.destroy();
      httpsAgent.destroy();
    },
  };
}
