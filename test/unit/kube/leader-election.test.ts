import { pino } from 'pino';
import { beforeEach, describe, expect, test } from 'vitest';
import { OperatorError } from '../../../src/errors.ts';
import { LeaderElection } from '../../../src/kube/leader-election.ts';
import { leaseNames } from '../../../src/kube/leader-layout.ts';
import { LeaseProcess, LeaseWorld } from '../../support/simulated-leases.ts';

const timing = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };

let world: LeaseWorld;
let names: readonly string[];

/** A replica that works on its shards; `busy` keeps it from finishing. */
class Replica {
  readonly process: LeaseProcess;
  readonly election: LeaderElection;
  readonly working = new Set<number>();
  readonly lost: string[] = [];
  readonly taken: number[] = [];
  busy: Promise<void> = Promise.resolve();
  mayGiveUp = true;

  constructor(identity: string, random = 0.5) {
    this.process = new LeaseProcess(world, { random: () => random });
    const log = pino({ level: 'silent' });
    this.election = new LeaderElection({
      shards: names.length,
      identity,
      leases: this.process,
      timing,
      clock: this.process,
      log,
    });
    this.election.start({
      takeOver: async (shard) => {
        this.taken.push(shard);
        this.working.add(shard);
      },
      giveUp: async (shard) => {
        await this.busy;
        this.working.delete(shard);
      },
      mayGiveUp: () => this.mayGiveUp,
      lost: (lease) => this.lost.push(lease),
    });
  }

  get held(): number {
    return this.election.leases.filter(({ held }) => held).length;
  }
}

beforeEach(() => {
  world = new LeaseWorld();
});

const shards = (count: number): void => {
  names = leaseNames(count);
};

/** Time passes; nobody ever works on a shard that is not his, and no two hold or work on the same. */
async function pass(ms: number, replicas: readonly Replica[]): Promise<void> {
  await world.pass(
    ms,
    () => {
      for (const [shard] of names.entries()) {
        expect(replicas.filter(({ election }) => election.leases[shard]?.held === true).length).toBeLessThanOrEqual(1);
        expect(replicas.filter(({ working }) => working.has(shard)).length).toBeLessThanOrEqual(1);
      }
      for (const { working, election } of replicas) for (const shard of working) election.assertHeld(shard);
    },
    100,
  );
}

/** A replica that holds both shards and is at work until `finish`, and another that is about to come. */
async function leaderAtWork() {
  shards(2);
  const first = new Replica('a');
  await pass(10_000, [first]);
  const { promise, resolve } = Promise.withResolvers<void>();
  first.busy = promise;
  return { first, second: new Replica('b'), finish: resolve };
}

const shares = (replicas: readonly Replica[]): readonly number[] => replicas.map(({ held }) => held).sort();

describe('one shard', () => {
  test('has one leader among three, whichever comes first', async () => {
    shards(1);
    const replicas = ['a', 'b', 'c'].map((name) => new Replica(name));
    await pass(60_000, replicas);
    expect(shares(replicas)).toEqual([0, 0, 1]);
    expect(replicas.flatMap(({ taken }) => taken)).toEqual([0]);
  });

  test('may be written for only by who holds it', async () => {
    shards(1);
    const [leader, standby] = [new Replica('a'), new Replica('b', 0.9)];
    await pass(5_000, [leader, standby]);
    expect(() => leader.election.assertHeld(0)).not.toThrow();
    expect(() => standby.election.assertHeld(0)).toThrow(OperatorError);
    expect(() => leader.election.assertHeld(1)).toThrow(OperatorError);
  });
});

describe('several shards', () => {
  test.each([
    { count: 6, replicas: 3, want: [2, 2, 2] },
    { count: 7, replicas: 3, want: [2, 2, 3] },
    { count: 2, replicas: 3, want: [0, 1, 1] },
    { count: 12, replicas: 4, want: [3, 3, 3, 3] },
  ])(
    'of $count, $replicas replicas that start together have $want, and keep what they have',
    async ({ count, replicas: size, want }) => {
      shards(count);
      const replicas = Array.from({ length: size }, (_, index) => new Replica(`r${index}`, index / size));
      await pass(90_000, replicas);
      expect(shares(replicas)).toEqual(want);
      const taken = replicas.map((one) => one.taken.length);
      await pass(120_000, replicas);
      expect(replicas.map((one) => one.taken.length)).toEqual(taken);
    },
  );

  test('of a dead replica go to the others in equal parts', async () => {
    shards(9);
    const replicas = ['a', 'b', 'c'].map((name, index) => new Replica(name, index / 3));
    await pass(90_000, replicas);
    const [first, ...others] = replicas;
    first?.process.kill();
    await world.pass(40_000);
    expect(shares(others)).toEqual([4, 5]);
  });

  test('of a replica that stops are given back and taken within two periods', async () => {
    shards(6);
    const replicas = ['a', 'b', 'c'].map((name, index) => new Replica(name, index / 3));
    await pass(90_000, replicas);
    const [first, ...others] = replicas;
    first?.election.retire();
    first?.working.clear();
    const given = first?.election.giveBack();
    await pass(4_000, replicas);
    await given;
    expect(shares(others)).toEqual([3, 3]);
    expect(first?.lost).toEqual([]);
  });

  test('go in part to a replica that joins, with as few moves as it takes', async () => {
    shards(12);
    const replicas = ['a', 'b', 'c'].map((name, index) => new Replica(name, index / 3));
    await pass(120_000, replicas);
    const before = replicas.flatMap(({ taken }) => taken).length;
    const all = [...replicas, new Replica('d', 0.9)];
    await pass(60_000, all);
    expect(shares(all)).toEqual([3, 3, 3, 3]);
    expect(all.flatMap(({ taken }) => taken).length - before).toBe(3);
  });

  test('are given up only when what is at work has finished, for however long that takes', async () => {
    const { first, second, finish } = await leaderAtWork();
    await pass(60_000, [first, second]);
    expect(shares([first, second])).toEqual([0, 2]);
    finish();
    await pass(10_000, [first, second]);
    expect(shares([first, second])).toEqual([1, 1]);
  });

  test('stay while only their leader knows of something', async () => {
    shards(2);
    const first = new Replica('a');
    first.mayGiveUp = false;
    await pass(10_000, [first]);
    const second = new Replica('b');
    await pass(30_000, [first, second]);
    expect(shares([first, second])).toEqual([0, 2]);
    first.mayGiveUp = true;
    await pass(10_000, [first, second]);
    expect(shares([first, second])).toEqual([1, 1]);
  });

  test('stay when what was at work left something that only their leader knows of, and are worked on', async () => {
    const { first, second, finish } = await leaderAtWork();
    await pass(10_000, [first, second]);
    first.mayGiveUp = false;
    finish();
    await pass(30_000, [first, second]);
    expect([first.held, first.working.size, first.taken.length]).toEqual([2, 2, 3]);
    first.mayGiveUp = true;
    await pass(10_000, [first, second]);
    expect(shares([first, second])).toEqual([1, 1]);
  });

  test('asked for by a replica that then dies move once at most, and are never idle for long', async () => {
    shards(4);
    const first = new Replica('a');
    await pass(20_000, [first]);
    const ghost = new Replica('b');
    while (!names.some((name) => world.lease(name)?.claimant !== undefined)) await pass(50, [first, ghost]);
    ghost.process.kill();
    await pass(30_000, [first]);
    expect(first.held).toBe(4);
    const taken = first.taken.length;
    expect(taken).toBeLessThanOrEqual(5);
    await pass(120_000, [first]);
    expect([first.held, first.taken.length]).toEqual([4, taken]);
  });
});
