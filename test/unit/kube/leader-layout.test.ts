import fc from 'fast-check';
import { pino } from 'pino';
import { describe, expect, test } from 'vitest';
import { LeaderElection } from '../../../src/kube/leader-election.ts';
import { anchorName, leaseNames } from '../../../src/kube/leader-layout.ts';
import { type Journey, LeaseProcess, LeaseWorld } from '../../support/simulated-leases.ts';

const timing = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };

/** A replica that splits the objects among so many shards. */
class Replica {
  readonly shards: number;
  readonly process: LeaseProcess;
  readonly #election: LeaderElection;
  readonly #working = new Set<number>();
  #ended = false;

  constructor(world: LeaseWorld, identity: string, shards: number, random: () => number = () => 0.5) {
    this.shards = shards;
    this.process = new LeaseProcess(world, { random });
    const log = pino({ level: 'silent' });
    this.#election = new LeaderElection({ shards, identity, leases: this.process, timing, clock: this.process, log });
    this.#election.start({
      takeOver: async (shard) => {
        this.#working.add(shard);
      },
      giveUp: async (shard) => {
        this.#working.delete(shard);
      },
      mayGiveUp: () => true,
      lost: () => this.end(),
    });
  }

  /** How many shards it may write for now. */
  get acting(): number {
    return this.#election.leases.filter(({ held }, shard) => held && this.#working.has(shard)).length;
  }

  /** SIGTERM. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    this.#election.retire();
    this.#working.clear();
    void this.#election.giveBack();
  }
}

describe('a change of the number of shards', () => {
  test.each([
    [1, 3],
    [3, 1],
    [3, 4],
    [4, 2],
  ])('from %i to %i waits until the last replica of before has gone', async (before, after) => {
    const world = new LeaseWorld();
    const old = [new Replica(world, 'old-1', before), new Replica(world, 'old-2', before, () => 0.1)];
    await world.pass(60_000, () => {}, 100);
    expect(world.lease(anchorName)?.layout).toBe(String(before));
    const fresh = [new Replica(world, 'new-1', after), new Replica(world, 'new-2', after, () => 0.9)];
    const acting = (replicas: readonly Replica[]): number => replicas.reduce((sum, one) => sum + one.acting, 0);
    const apart = (): void => expect(Math.min(acting(old), acting(fresh))).toBe(0);
    await world.pass(30_000, apart, 100);
    expect([acting(old), acting(fresh)]).toEqual([before, 0]);
    old[0]?.end();
    await world.pass(30_000, apart, 100);
    expect([acting(old), acting(fresh)]).toEqual([before, 0]);
    old[1]?.end();
    await world.pass(30_000, apart, 100);
    expect([acting(old), acting(fresh)]).toEqual([0, after]);
    expect(world.lease(anchorName)?.layout).toBe(String(after));
  });

  test('is noticed by a replica that slept through it, before it acts by the old number', async () => {
    const world = new LeaseWorld();
    const leader = new Replica(world, 'leader', 2);
    await world.pass(20_000, () => {}, 100);
    const fresh = new Replica(world, 'fresh', 1);
    const old = new Replica(world, 'sleeper', 2);
    await world.pass(3_000, () => {}, 100);
    old.process.pause(40_000);
    leader.end();
    await world.pass(30_000, () => {}, 100);
    expect([fresh.acting, old.acting]).toEqual([1, 0]);
    await world.pass(60_000, () => expect([fresh.acting, old.acting]).toEqual([1, 0]), 100);
    fresh.end();
    await world.pass(20_000, () => {}, 100);
    expect(old.acting).toBe(2);
  });

  test('that was begun and not ended is ended by whoever comes', async () => {
    const world = new LeaseWorld();
    const record = { holder: '', durationSeconds: 1, acquireTime: undefined, renewTime: undefined, transitions: 0 };
    for (const shards of [3, 4, 5]) {
      world.put(anchorName, { record, claimant: undefined, layout: '3>4' });
      const replica = new Replica(world, `of-${shards}`, shards);
      await world.pass(20_000, () => {}, 100);
      expect([replica.acting, world.lease(anchorName)?.layout]).toEqual([shards, String(shards)]);
      replica.end();
      await world.pass(5_000, () => {}, 100);
    }
  });

  test('leaves Leases of other numbers alone', async () => {
    const world = new LeaseWorld();
    const replica = new Replica(world, 'a', 2);
    await world.pass(20_000, () => {}, 100);
    expect(replica.acting).toBe(2);
    expect(leaseNames(3).map((name) => world.lease(name)?.record.holder)).toEqual(['a', 'a', undefined]);
  });
});

const someTime = fc.oneof(fc.constant(5), fc.integer({ min: 0, max: 4_000 }));
const journey: fc.Arbitrary<Journey> = fc.record({ thereMs: someTime, backMs: someTime });
const plan = fc.record({
  shards: fc.constantFrom(1, 2, 3),
  fromMs: fc.integer({ min: 0, max: 60_000 }),
  forMs: fc.integer({ min: 1_000, max: 60_000 }),
  randoms: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 5 }),
  journeys: fc.array(journey, { minLength: 1, maxLength: 12 }),
});

test('never do two replicas act that split the objects differently, whoever comes and goes, however long calls take', async () => {
  let acted = 0;
  await fc.assert(
    fc.asyncProperty(fc.array(plan, { minLength: 2, maxLength: 6 }), async (plans) => {
      const world = new LeaseWorld();
      const replicas: Replica[] = [];
      for (const [index, { shards, fromMs, forMs, randoms, journeys }] of plans.entries()) {
        world.time.schedule(fromMs, () => {
          let chances = 0;
          let calls = 0;
          const random = (): number => randoms[chances++ % randoms.length] ?? 0.5;
          const replica = new Replica(world, `r${index}`, shards, random);
          replica.process.journey = () => journeys[calls++ % journeys.length] ?? { thereMs: 5, backMs: 5 };
          replicas.push(replica);
          world.time.schedule(forMs, () => replica.end());
        });
      }
      const look = (): void => {
        const numbers = new Set(replicas.filter(({ acting }) => acting > 0).map(({ shards }) => shards));
        expect(numbers.size).toBeLessThanOrEqual(1);
        acted += numbers.size;
      };
      await world.pass(140_000, look, 200);
    }),
    { numRuns: 25 },
  );
  expect(acted).toBeGreaterThan(0);
}, 60_000);
