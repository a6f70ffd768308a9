import { once } from 'node:events';
import { promisify } from 'node:util';
import { ECSClient } from '@aws-sdk/client-ecs';
import { type Clock, systemClock } from '../../../src/clock.ts';
import { type CloudWatchHandle, cloudWatchHandle } from './cloudwatch/handle.ts';
import { type Ec2Handle, ec2Handle } from './ec2/handle.ts';
import { type CapacityHandle, capacityHandle } from './ecs/capacity/handle.ts';
import { Faults } from './faults.ts';
import { type IamHandle, iamHandle } from './iam.ts';
import type { Inventory } from './inventory.ts';
import { Journal } from './journal.ts';
import { type RateSetting, Rates } from './rates.ts';
import { createRegionServer } from './server.ts';
import { simulatedTime } from './time.ts';
import { type Timings, timingsOf } from './timings.ts';
import { DEFAULT_ACCOUNT, DEFAULT_REGION } from './wire/caller.ts';
import { Worlds } from './worlds.ts';

export type { Fault, FaultRule, RequestHook } from './faults.ts';
export type { Inventory } from './inventory.ts';
export { isMutation, type JournalEntry, type JournalQuery } from './journal.ts';
export type { RateSetting } from './rates.ts';
export type { Timings } from './timings.ts';
export type { Worlds } from './worlds.ts';

export interface RegionOptions {
  /** 0, the default, takes a free port. */
  readonly port?: number;
  readonly clock?: Clock;
  /** Simulated seconds in a real second. 0 stops time: it moves by `advance` only. */
  readonly speed?: number;
  readonly timings?: 'realistic' | 'instant' | Partial<Timings>;
  readonly journalCap?: number;
  /** Refuses members and parameters that AWS's schemas do not have, which AWS itself ignores. True if left out. */
  readonly strict?: boolean;
  /** AWS's rate limits, or so many times them, as in `rates.ts`; `unlimited` if left out. */
  readonly rates?: RateSetting;
  /** Decides whom the faults hit that have a `share`; 1 if left out. */
  readonly seed?: number;
  /** An endpoint that requests to services go to which the region does not model, such as moto's. They are refused if it is left out. */
  readonly fallback?: string;
}

export interface Region extends CloudWatchHandle, Ec2Handle, CapacityHandle, IamHandle {
  readonly endpoint: string;
  /** The environment for a child process or an SDK client that is to use this region. */
  readonly env: Readonly<Record<string, string>>;
  readonly journal: Journal;
  readonly faults: Faults;
  readonly rates: Rates;
  /** Everything that exists, over all accounts and regions. */
  inventory(): Inventory;
  /** Everything as it is now, for the fault `stale`. */
  snapshot(): Worlds;
  /** Open connections of clients. */
  connections(): Promise<number>;
  /** Moves simulated time forward and lets happen what is due. */
  advance(ms: number): void;
  stop(): Promise<void>;
}

/** Starts a simulated AWS region on the loopback interface. */
export async function startRegion(options: RegionOptions = {}): Promise<Region> {
  const clock = options.clock ?? systemClock;
  const worlds = new Worlds(simulatedTime(clock, options.speed ?? 1), timingsOf(options.timings ?? 'realistic'));
  const journal = new Journal(clock, options.journalCap ?? 200_000);
  const faults = new Faults({ seed: options.seed ?? 1, remember: (ms) => worlds.remember(ms) });
  const rates = new Rates(options.rates ?? 'unlimited');
  const stopped = new AbortController();
  const server = createRegionServer({
    clock,
    worlds,
    journal,
    faults,
    rates,
    strict: options.strict ?? true,
    fallback: options.fallback,
    signal: stopped.signal,
  });
  server.listen(options.port ?? 0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  if (address === null || typeof address === 'string') throw new Error('the region has no TCP port');
  const endpoint = `http://127.0.0.1:${address.port}`;
  return {
    endpoint,
    env: regionEnv(endpoint),
    journal,
    faults,
    rates,
    inventory: () => worlds.inventory(),
    connections: () => promisify(server.getConnections.bind(server))(),
    snapshot: () => worlds.snapshot(),
    ...iamHandle(worlds.iam),
    ...cloudWatchHandle(worlds.changing),
    ...ec2Handle(worlds.changing),
    ...capacityHandle(worlds.changing),
    advance: (ms) => worlds.advance(ms),
    async stop() {
      stopped.abort();
      const closed = once(server, 'close');
      server.close();
      server.closeAllConnections();
      await closed;
    },
  };
}

export interface ConnectionOptions {
  readonly account?: string;
  readonly region?: string;
}

/** The configuration of any SDK client that is to use the region, as in `new EC2Client(connection(region))`. */
export function connection(region: Pick<Region, 'endpoint'>, options: ConnectionOptions = {}) {
  return {
    endpoint: region.endpoint,
    region: options.region ?? DEFAULT_REGION,
    credentials: { accessKeyId: options.account ?? DEFAULT_ACCOUNT, secretAccessKey: 'simulated' },
    maxAttempts: 1,
  };
}

/** A client of the region, such as a test uses to change things behind the operator's back. */
export function client(region: Pick<Region, 'endpoint'>, options: ConnectionOptions = {}): ECSClient {
  return new ECSClient(connection(region, options));
}

function regionEnv(endpoint: string): Readonly<Record<string, string>> {
  return {
    AWS_ENDPOINT_URL: endpoint,
    AWS_REGION: DEFAULT_REGION,
    // botocore, under the AWS CLI and boto3, reads only this one.
    AWS_DEFAULT_REGION: DEFAULT_REGION,
    AWS_ACCESS_KEY_ID: DEFAULT_ACCOUNT,
    AWS_SECRET_ACCESS_KEY: 'simulated',
  };
}
