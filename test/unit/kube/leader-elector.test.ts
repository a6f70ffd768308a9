import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { LeaderElector } from '../../../src/kube/leader-elector.ts';
import { LeaseProcess, LeaseWorld } from '../../support/simulated-leases.ts';

const timing = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };
const NAME = 'ecs-operator';

interface Candidate {
  readonly process: LeaseProcess;
  readonly elector: LeaderElector;
  readonly lost: string[];
  stop(): void;
}

let world: LeaseWorld;

function candidate(identity: string, process = new LeaseProcess(world)): Candidate {
  const lost: string[] = [];
  const stopping = new AbortController();
  const elector = new LeaderElector({
    name: NAME,
    identity,
    leases: process,
    timing,
    clock: process,
    log: pino({ level: 'silent' }),
    hooks: {
      takeAfterMs: () => 0,
      claims: () => false,
      keepsClaim: () => true,
      onTaken: () => {},
      onSeen: () => {},
      onLost: (reason) => lost.push(reason),
    },
  });
  void elector.run(stopping.signal);
  return { process, elector, lost, stop: () => stopping.abort(new Error('stopping')) };
}

beforeEach(() => {
  world = new LeaseWorld();
});

async function pair(): Promise<readonly [Candidate, Candidate]> {
  const leader = candidate('a');
  await world.pass(500);
  const standby = candidate('b');
  await world.pass(500);
  expect([leader.elector.isValid, standby.elector.isValid]).toEqual([true, false]);
  return [leader, standby];
}

/** How long until the candidate leads. */
async function untilLeads(one: Candidate, atMostMs = 60_000): Promise<number> {
  const start = world.time.monotonicMs();
  while (!one.elector.isValid && world.time.monotonicMs() - start < atMostMs) await world.pass(50);
  return world.time.monotonicMs() - start;
}

describe('a candidate', () => {
  test('creates the Lease when there is none, and renews it about every retry period', async () => {
    const { elector } = candidate('a');
    await world.pass(60_000);
    expect(elector.isValid).toBe(true);
    expect(world.lease(NAME)?.record).toMatchObject({ holder: 'a', durationSeconds: 15, transitions: 0 });
    const version = Number(world.lease(NAME)?.object.metadata.resourceVersion);
    expect(version).toBeGreaterThanOrEqual(60 / 2);
    expect(version).toBeLessThanOrEqual(60 / 1.5);
  });

  test('takes over a dead holder’s Lease when it has not changed for the lease duration, and counts the change', async () => {
    const [leader, standby] = await pair();
    leader.process.kill();
    const waited = await untilLeads(standby);
    expect(waited).toBeGreaterThan(13_000);
    expect(waited).toBeLessThan(15_200);
    expect(world.lease(NAME)?.record).toMatchObject({ holder: 'b', transitions: 1 });
  });

  test('gives back, and the next one takes it within a retry period', async () => {
    const [leader, standby] = await pair();
    const given = leader.elector.resign();
    expect(leader.elector.isValid).toBe(false);
    await world.pass(100);
    await given;
    expect(world.lease(NAME)?.record).toMatchObject({ holder: '', durationSeconds: 1 });
    leader.stop();
    expect(await untilLeads(standby)).toBeLessThanOrEqual(2_050);
    expect(world.lease(NAME)?.record).toMatchObject({ holder: 'b', transitions: 1 });
    expect(leader.lost).toEqual([]);
  });

  test('gives back although the first try is lost', async () => {
    const [leader, standby] = await pair();
    leader.process.journey = () => ({ thereMs: 0, backMs: 0, lost: 'request' });
    const given = leader.elector.resign();
    await world.pass(100);
    leader.process.journey = () => ({ thereMs: 0, backMs: 0 });
    await world.pass(6_000);
    await given;
    expect(await untilLeads(standby)).toBeLessThanOrEqual(2_050);
  });

  test('stops acting at the renew deadline when no call gets through, long before another may begin', async () => {
    const [leader, standby] = await pair();
    const renewed = world.lease(NAME)?.object.metadata.resourceVersion;
    leader.process.journey = () => ({ thereMs: 0, backMs: 0, lost: 'request' });
    const start = world.time.monotonicMs();
    while (leader.elector.isValid) await world.pass(50);
    expect(world.time.monotonicMs() - start).toBeLessThanOrEqual(10_000);
    expect(world.lease(NAME)?.object.metadata.resourceVersion).toBe(renewed);
    expect(leader.lost).toEqual(['it could not be renewed in time']);
    expect(await untilLeads(standby)).toBeGreaterThan(3_000);
  });

  test('is not brought down by one call that hangs', async () => {
    const [leader] = await pair();
    let hung = 0;
    leader.process.journey = () => {
      hung += 1;
      return hung === 1 ? { thereMs: 0, backMs: 0, lost: 'request' } : { thereMs: 5, backMs: 5 };
    };
    await world.pass(30_000, () => expect(leader.elector.isValid).toBe(true));
  });

  test('counts from when the renewal was sent, not from when the answer came', async () => {
    const [leader] = await pair();
    leader.process.journey = () => ({ thereMs: 0, backMs: 4_000 });
    const sent = world.lease(NAME)?.object.metadata.resourceVersion;
    while (world.lease(NAME)?.object.metadata.resourceVersion === sent) await world.pass(50);
    const sentAt = world.time.monotonicMs();
    leader.process.journey = () => ({ thereMs: 0, backMs: 0, lost: 'request' });
    while (leader.elector.isValid) await world.pass(50);
    expect(world.time.monotonicMs() - sentAt).toBeLessThanOrEqual(10_050);
  });

  test('that slept through its lease does not act on waking, and says that it has lost it', async () => {
    const [leader, standby] = await pair();
    leader.process.pause(60_000);
    await untilLeads(standby);
    while (leader.lost.length === 0) {
      expect(leader.elector.isValid).toBe(false);
      await world.pass(50);
    }
    await world.pass(5_000);
    expect([leader.elector.isValid, standby.elector.isValid]).toEqual([false, true]);
  });

  test.each([3_600_000, -3_600_000])('is not impressed by a wall clock that is %i ms off', async (offsetMs) => {
    const [leader] = await pair();
    const off = candidate('c', new LeaseProcess(world, { offsetMs }));
    await world.pass(60_000, () => expect([leader.elector.isValid, off.elector.isValid]).toEqual([true, false]));
    expect(world.lease(NAME)?.record.transitions).toBe(0);
  });

  test('goes on with what it took although it never heard that it had', async () => {
    const leader = candidate('a');
    leader.process.journey = () => ({ thereMs: 0, backMs: 0, lost: 'answer' });
    await world.pass(6_000);
    expect(leader.elector.isValid).toBe(false);
    leader.process.journey = () => ({ thereMs: 0, backMs: 0 });
    await world.pass(8_000);
    expect(leader.elector.isValid).toBe(true);
    expect(world.lease(NAME)?.record.transitions).toBe(0);
  });

  test('takes a claim for no sign of life, and its own lease for no less valid by it', async () => {
    const [leader, standby] = await pair();
    leader.process.kill();
    const start = world.time.monotonicMs();
    while (!standby.elector.isValid && world.time.monotonicMs() - start < 30_000) {
      const lease = world.lease(NAME);
      if (lease?.record.holder === 'a')
        world.put(NAME, { record: lease.record, claimant: `c${world.time.monotonicMs()}` });
      await world.pass(1_000);
    }
    expect(world.time.monotonicMs() - start).toBeLessThanOrEqual(17_000);
  });

  test('renews on top of what others write into the object', async () => {
    const [leader] = await pair();
    const lease = world.lease(NAME);
    if (lease === undefined) throw new Error('no Lease');
    world.put(NAME, { record: lease.record, claimant: 'b' });
    await world.pass(2_100, () => expect(leader.elector.isValid).toBe(true));
    expect(world.lease(NAME)).toMatchObject({ claimant: 'b', record: { holder: 'a' } });
    expect(world.lease(NAME)?.record.renewTime).not.toBe(lease.record.renewTime);
  });

  test('whose Lease somebody deletes stops, and nobody takes it before the old lease is over', async () => {
    const [leader, standby] = await pair();
    world.delete(NAME);
    await world.pass(2_100);
    expect(leader.lost).toEqual(['somebody deleted it']);
    expect(standby.elector.isValid).toBe(false);
    expect(await untilLeads(standby)).toBeGreaterThan(9_000);
  });

  test('stops without a timer left behind', async () => {
    const leader = candidate('a');
    await world.pass(1_000);
    leader.stop();
    await world.pass(20_000);
    expect(world.time.pending).toEqual([]);
  });
});
