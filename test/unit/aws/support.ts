import { pino } from 'pino';
import { onTestFinished } from 'vitest';
import { type BoundCloud, createCloud } from '../../../src/aws/cloud.ts';
import { systemClock } from '../../../src/clock.ts';
import { type JournalEntry, type Region, type RegionOptions, startRegion } from '../../sandbox/region/index.ts';

export interface RegionBed {
  readonly region: Region;
  /** The reads and the sending of one pass. */
  pass(): BoundCloud;
  /** What `work` came to, and the calls that arrived in the meantime. */
  callsOf<Result>(work: () => Promise<Result>): Promise<{ result: Result; calls: readonly JournalEntry[] }>;
}

/** A simulated region in which time stands still, and the AWS layer in front of it. */
export async function startBed(options: RegionOptions = {}): Promise<RegionBed> {
  const region = await startRegion({ timings: 'instant', speed: 0, ...options });
  const kept = { ...process.env };
  Object.assign(process.env, region.env);
  const cloud = createCloud({
    // A test may make more than a burst allows.
    config: { region: 'eu-west-1', budget: { quotaScale: 100 } },
    clock: systemClock,
    log: pino({ level: 'silent' }),
  });
  onTestFinished(async () => {
    cloud.close();
    await region.stop();
    for (const name of Object.keys(region.env)) delete process.env[name];
    Object.assign(process.env, kept);
  });
  return {
    region,
    pass: () => {
      const { signal } = new AbortController();
      const account = { accountId: '123456789012' };
      return cloud.bind({ account, region: 'eu-west-1', priority: 'user', signal, gate: () => {} });
    },
    callsOf: async (work) => {
      const mark = region.journal.mark();
      const result = await work();
      return { result, calls: region.journal.since(mark) };
    },
  };
}

/** `web-0`, `web-1`, ... */
export function names(count: number, prefix = 'web'): string[] {
  return Array.from({ length: count }, (_, index) => `${prefix}-${index}`);
}

/** The calls by operation, as in `{ DescribeServices: 3 }`. */
export function countCalls(calls: readonly JournalEntry[]): Record<string, number> {
  const counts: Record<string, number> = {};
  for (const { operation } of calls) counts[operation] = (counts[operation] ?? 0) + 1;
  return counts;
}
