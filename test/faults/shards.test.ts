import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { shardOf } from '../../src/engine/shard.ts';
import type { JournalEntry } from '../sandbox/region/index.ts';
import { Churn, clusterOf } from '../support/churn.ts';
import { eventually } from '../support/eventually.ts';
import { type Replica, Replicas } from '../support/replicas.ts';
import { valuesOf } from '../support/scrape.ts';
import { type TestBed, testBed } from '../support/test-bed.ts';

let bed: TestBed;
let replicas: Replicas;
let churn: Churn;

beforeEach(async () => {
  bed = await testBed({ withoutOperator: true });
  replicas = new Replicas(bed, 6);
  await replicas.allow();
  churn = new Churn(bed, 18);
});

afterEach(async () => {
  await replicas.stopAll();
  await bed.stop();
});

/** The Lease of the object that a mutation was about, when there are so many shards. */
function leaseOf(entry: JournalEntry, shards: number, besides = 0): string {
  const name = clusterOf(entry);
  if (name === undefined) throw new Error(`${entry.operation} is about no cluster`);
  const shard = shardOf('ECSCluster', `${bed.namespace}/${name}`, shards);
  return `ecs-operator-shard-${(shard + besides) % shards}`;
}

/** Every cluster has been changed by the holder of its Lease since `mark`. */
async function allChangedBy(holders: readonly Replica[], mark: number): Promise<void> {
  const wanted = churn.names.map((name) => {
    const shard = shardOf('ECSCluster', `${bed.namespace}/${name}`, holders.length);
    return `${name} by ${holders[shard]?.accessKey}`;
  });
  await eventually('every cluster is changed by its own leader', async () => {
    const seen = new Set(bed.region.journal.mutations(mark).map((one) => `${clusterOf(one)} by ${one.accessKey}`));
    const missing = wanted.filter((one) => !seen.has(one));
    return { value: missing, done: missing.length === 0 };
  });
}

const by =
  (...those: readonly Replica[]) =>
  ({ accessKey }: JournalEntry): boolean =>
    those.some((replica) => replica.accessKey === accessKey);

describe('shards', { timeout: 120_000 }, () => {
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
    expect(replicas.trespasses(mutations, (entry) => leaseOf(entry, 6))).toEqual([]);
    // The judge can accuse: by the Lease of another shard hardly anything was right.
    const wronged = replicas.trespasses(mutations, (entry) => leaseOf(entry, 6, 1));
    expect(wronged.length).toBeGreaterThan(mutations.length / 10);
    for (const replica of [third, fourth]) expect(await replicas.stop(replica)).toBe(0);
  });

  test('share the request budget as they share the objects', async () => {
    // What AWS allows at once, and the replicas' --aws-quota-scale.
    const whole = 20 * 1_000;
    const mayCall = async (replica: Replica, calls: number): Promise<void> => {
      await eventually(`${replica.name} may call ${calls} times at once`, async () => {
        const value = valuesOf(await replica.metrics(), 'ecs_operator_aws_budget_tokens', { class: 'clusterModify' });
        return { value, done: value[0] === calls };
      });
    };
    const first = await replicas.start();
    await churn.begin();
    await mayCall(first, whole);

    const second = await replicas.start();
    await replicas.shared([first, second], 30_000);
    churn.start();
    await allChangedBy(await replicas.shared([first, second], 30_000), bed.region.journal.mark());
    await churn.stop();
    await mayCall(first, whole / 2);
    await mayCall(second, whole / 2);

    expect(await replicas.stop(second)).toBe(0);
    await replicas.shared([first], 30_000);
    await mayCall(first, whole);
  });

  test('whose number is changed in a rolling update: the new replicas begin when the last old one has ended', async () => {
    const old = await Promise.all([replicas.start(), replicas.start()]);
    await churn.begin();
    churn.start();
    await replicas.shared(old, 30_000);

    replicas.resize(4);
    const renewed = await Promise.all([replicas.start(), replicas.start()]);
    for (const replica of renewed) {
      await eventually(`${replica.name} has asked how many shards there are`, async () => {
        const asked = replica.proxy.journal.filter(({ path }) => path.endsWith('/leases/ecs-operator'));
        return { value: asked.length, done: asked.length >= 3 };
      });
    }
    const [first, second] = old;
    expect(await replicas.stop(first)).toBe(0);
    // The rest of the old ones take over from one that ends, as if there were no new ones.
    await allChangedBy(
      Array.from({ length: 6 }, () => second),
      bed.region.journal.mark(),
    );
    expect(bed.region.journal.mutations().filter(by(...renewed))).toEqual([]);

    expect(await replicas.stop(second)).toBe(0);
    await allChangedBy(await replicas.shared(renewed, 30_000), bed.region.journal.mark());

    await churn.stop();
    const mutations = bed.region.journal.mutations();
    const lastOld = mutations.findLast(by(...old));
    const firstNew = mutations.find(by(...renewed));
    expect(firstNew?.seq).toBeGreaterThan(lastOld?.seq ?? Number.POSITIVE_INFINITY);
    expect(replicas.trespasses(mutations.filter(by(...old)), (entry) => leaseOf(entry, 6))).toEqual([]);
    expect(replicas.trespasses(mutations.filter(by(...renewed)), (entry) => leaseOf(entry, 4))).toEqual([]);
  });
});
