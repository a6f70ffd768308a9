import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { systemClock } from '../../src/clock.ts';
import type { Operator } from '../../src/operator.ts';
import type { ApiEntry } from '../support/api-proxy.ts';
import { Churn } from '../support/churn.ts';
import { eventually } from '../support/eventually.ts';
import { inProcessOperator } from '../support/in-process-operator.ts';
import { comebacks, productionTimes, type Replica, Replicas, shortTimes } from '../support/replicas.ts';
import { type TestBed, testBed } from '../support/test-bed.ts';

const EXIT_LEASE_LOST = 3;
const LEASE = 'ecs-operator';

let bed: TestBed;
let replicas: Replicas;
let churn: Churn;

beforeEach(async () => {
  bed = await testBed({ withoutOperator: true });
  replicas = new Replicas(bed, 1);
  await replicas.allow();
  churn = new Churn(bed, 6);
});

afterEach(async () => {
  await replicas.stopAll();
  await bed.stop();
});

/** The wall clock when this replica first asked AWS about an object, after `mark`. */
async function firstPass({ accessKey, name }: Replica, mark: number): Promise<number> {
  const entry = await bed.region.journal.waitFor(
    (one) => one.accessKey === accessKey && one.service !== 'sts',
    20_000,
    mark,
  );
  expect(entry, name).toBeDefined();
  return entry.startedAt;
}

async function leaderAmong(all: readonly Replica[]): Promise<Replica> {
  const found = await eventually('one of the replicas leads', async () => {
    const [holder] = await replicas.holders();
    return { value: holder, done: holder !== undefined && all.includes(holder) };
  });
  if (found === undefined) throw new Error('nobody leads');
  return found;
}

const others = (all: readonly Replica[], one: Replica): readonly Replica[] => all.filter((replica) => replica !== one);
const isLeaseCall = ({ path }: ApiEntry): boolean => path.includes('/leases');

describe('of three replicas', { timeout: 120_000 }, () => {
  test('another takes over when the leader is killed, round after round, and nothing is done twice', async () => {
    let all: readonly Replica[] = await Promise.all([replicas.start(), replicas.start(), replicas.start()]);
    await churn.begin();
    churn.start();
    for (let round = 1; round <= 3; round += 1) {
      const leader = await leaderAmong(all);
      await firstPass(leader, bed.region.journal.mark());
      const mark = bed.region.journal.mark();
      const killedAt = Date.now();
      await leader.process.kill();
      const rest = others(all, leader);
      await replicas.stop(leader);
      const next = await leaderAmong(rest);
      // The lease runs out after 5 s; then a relist and a pass.
      expect((await firstPass(next, mark)) - killedAt).toBeLessThan(10_000);
      all = [...rest, await replicas.start()];
    }
    await churn.stop();
    expect(comebacks(bed.region.journal.mutations())).toEqual([]);
    expect((await replicas.lease(LEASE))?.leaseTransitions).toBe(3);
  });

  test('another goes on within 3 s of a SIGTERM, with the production times', async () => {
    const all = await Promise.all([1, 2, 3].map(() => replicas.start(productionTimes)));
    await churn.begin();
    churn.start();
    let left: readonly Replica[] = all;
    const handOvers: number[] = [];
    while (left.length > 1) {
      const leader = await leaderAmong(left);
      await firstPass(leader, bed.region.journal.mark());
      const mark = bed.region.journal.mark();
      const stoppedAt = Date.now();
      const code = replicas.stop(leader);
      left = others(left, leader);
      handOvers.push((await firstPass(await leaderAmong(left), mark)) - stoppedAt);
      expect(await code).toBe(0);
    }
    // One of the two may have met a machine that was busy with something else.
    expect(Math.min(...handOvers)).toBeLessThanOrEqual(3_000);
    await churn.stop();
    expect(comebacks(bed.region.journal.mutations())).toEqual([]);
    // All of them: the Lease is nobody's.
    for (const replica of left) expect(await replicas.stop(replica)).toBe(0);
    expect(await replicas.lease(LEASE)).toMatchObject({ holderIdentity: '', leaseDurationSeconds: 1 });
  });

  test('a leader that slept changes nothing any more when it wakes, and ends', async () => {
    const all = await Promise.all([1, 2, 3].map(() => replicas.start()));
    await churn.begin();
    churn.start();
    const leader = await leaderAmong(all);
    await firstPass(leader, bed.region.journal.mark());
    // A request that has passed the gate leaves, however long the process sleeps in between, and AWS has no fencing tokens. So it falls
    // asleep while nothing is under way, and what it would have to do comes while it sleeps.
    await churn.stop();
    const mark = bed.region.journal.mark();
    await leader.process.pause();
    churn.start();
    const next = await leaderAmong(others(all, leader));
    await firstPass(next, mark);
    const woken = bed.region.journal.mark();
    await leader.process.resume();
    expect(await leader.process.exited()).toBe(EXIT_LEASE_LOST);
    await churn.stop();
    const byLeader = bed.region.journal.mutations(woken).filter(({ accessKey }) => accessKey === leader.accessKey);
    expect(byLeader).toEqual([]);
    expect(comebacks(bed.region.journal.mutations())).toEqual([]);
  });

  test('a leader that cannot reach its Lease stops before another can have it, who stays when it can be reached again', async () => {
    const all = await Promise.all([1, 2, 3].map(() => replicas.start()));
    await churn.begin();
    churn.start();
    const leader = await leaderAmong(all);
    await firstPass(leader, bed.region.journal.mark());
    const cutAt = Date.now();
    const heal = leader.proxy.onRequest((entry) => (isLeaseCall(entry) ? 'cut' : undefined));
    expect(await leader.process.exited()).toBe(EXIT_LEASE_LOST);
    const last = bed.region.journal.mutations().findLast(({ accessKey }) => accessKey === leader.accessKey);
    // Its last renewal may be as old as the cut, not younger. What leaves in the last moment before the renew deadline arrives after it.
    expect((last?.startedAt ?? cutAt) - cutAt).toBeLessThan(shortTimes.leaseSeconds * 1_000);
    const next = await leaderAmong(others(all, leader));
    heal();
    await leader.process.start();
    const asked = leader.proxy.journal.length;
    await eventually('the old leader asks for the Lease again and again', async () => {
      const calls = leader.proxy.journal.slice(asked).filter(isLeaseCall).length;
      return { value: calls, done: calls >= 10 };
    });
    await churn.stop();
    expect(await replicas.holders()).toEqual([next]);
    expect((await replicas.lease(LEASE))?.leaseTransitions).toBe(1);
    expect(comebacks(bed.region.journal.mutations())).toEqual([]);
  });
});

test.each([3_600_000, -3_600_000])(
  'a replica whose wall clock is %i ms off neither takes the Lease nor loses it',
  async (offMs) => {
    const leaderElection = {
      enabled: true,
      namespace: bed.namespace,
      shards: 1,
      leaseDurationMs: 3_000,
      renewDeadlineMs: 2_000,
      retryPeriodMs: 200,
    };
    const lost: string[] = [];
    let jumped = 0;
    const operator = (instance: string, wallMs: () => number): Operator =>
      inProcessOperator(bed, {
        config: { leaderElection, instance },
        clock: { ...systemClock, wallMs },
        onLost: (lease) => lost.push(lease),
      });
    const leader = operator('right', () => Date.now() + jumped);
    const standby = operator('wrong', () => Date.now() + offMs);
    await leader.start();
    await eventually('the first leads', async () => ({
      value: leader.leadership.held(),
      done: leader.leadership.held().length === 1,
    }));
    await standby.start();
    const renewals = async (count: number): Promise<void> => {
      const seen = new Set<string | undefined>();
      await eventually(`${count} renewals`, async () => {
        seen.add((await replicas.lease(LEASE))?.renewTime);
        return { value: seen.size, done: seen.size > count };
      });
    };
    await renewals(10);
    jumped = offMs;
    await renewals(10);
    expect([leader.leadership.held(), standby.leadership.held(), lost]).toEqual([[LEASE], [], []]);
    expect((await replicas.lease(LEASE))?.leaseTransitions).toBe(0);
    await Promise.all([leader.stop(), standby.stop()]);
  },
);
