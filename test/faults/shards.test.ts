import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { shardOf } from '../../src/engine/shard.ts';
import type { JournalEntry } from '../sandbox/region/index.ts';
import { Churn, clusterOf } from '../support/churn.ts';
import { eventually } from '../support/eventually.ts';
import { type Replica, Replicas } from '../support/replicas.ts';
import { type TestBed, testBed } from '../support/test-bed.ts';

const SHARDS = 6;

let bed: TestBed;
let replicas: Replicas;
let churn: Churn;

beforeAll(async () => {
  bed = await testBed({ withoutOperator: true });
  replicas = new Replicas(bed, SHARDS);
  await replicas.allow();
  churn = new Churn(bed, 18);
});

afterAll(async () => {
  await replicas.stopAll();
  await bed.stop();
});

const leaseOf = (entry: JournalEntry, besides = 0): string => {
  const name = clusterOf(entry);
  if (name === undefined) throw new Error(`${entry.operation} is about no cluster`);
  const shard = shardOf('ECSCluster', `${bed.namespace}/${name}`, SHARDS);
  return `ecs-operator-shard-${(shard + besides) % SHARDS}`;
};

/** Every cluster has been changed by the holder of its Lease since `mark`. */
async function allChangedBy(holders: readonly Replica[], mark: number): Promise<void> {
  const wanted = churn.names.map((name) => {
    const shard = shardOf('ECSCluster', `${bed.namespace}/${name}`, SHARDS);
    return `${name} by ${holders[shard]?.accessKey}`;
  });
  await eventually('every cluster is changed by its own leader', async () => {
    const seen = new Set(bed.region.journal.mutations(mark).map((one) => `${clusterOf(one)} by ${one.accessKey}`));
    const missing = wanted.filter((one) => !seen.has(one));
    return { value: missing, done: missing.length === 0 };
  });
}

describe('six shards', { timeout: 120_000 }, () => {
  test('are shared by three replicas, taken over from a dead one, and shared anew with one that joins, and no object ever has two leaders', async () => {
    const first = await replicas.start();
    await churn.begin();
    churn.start();
    const [second, third] = await Promise.all([replicas.start(), replicas.start()]);
    await allChangedBy(await replicas.shared([first, second, third], 30_000), bed.region.journal.mark());

    await second.process.kill();
    await allChangedBy(await replicas.shared([first, third], 30_000), bed.region.journal.mark());

    const fourth = await replicas.start();
    await allChangedBy(await replicas.shared([first, third, fourth], 30_000), bed.region.journal.mark());

    expect(await replicas.stop(first)).toBe(0);
    await allChangedBy(await replicas.shared([third, fourth], 30_000), bed.region.journal.mark());

    await churn.stop();
    const mutations = bed.region.journal.mutations();
    expect(new Set(mutations.map(({ accessKey }) => accessKey)).size).toBe(4);
    expect(replicas.trespasses(mutations, leaseOf)).toEqual([]);
    // The judge can accuse: by the Lease of another shard hardly anything was right.
    expect(replicas.trespasses(mutations, (entry) => leaseOf(entry, 1)).length).toBeGreaterThan(mutations.length / 10);
    for (const replica of [third, fourth]) expect(await replicas.stop(replica)).toBe(0);
  });
});
