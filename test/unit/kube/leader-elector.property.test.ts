import fc from 'fast-check';
import { pino } from 'pino';
import { expect, test } from 'vitest';
import { LeaderElector } from '../../../src/kube/leader-elector.ts';
import { type Journey, LeaseProcess, LeaseWorld } from '../../support/simulated-leases.ts';

const timing = { leaseDurationMs: 15_000, renewDeadlineMs: 10_000, retryPeriodMs: 2_000 };
const TROUBLE_MS = 120_000;
const LONGEST_SLEEP_MS = 40_000;

const quick: Journey = { thereMs: 5, backMs: 5 };
const someTime = fc.oneof(fc.constant(5), fc.integer({ min: 0, max: 5_000 }));
/** A call is mostly quick, and else slow, later than its deadline, or lost either way. */
const journey: fc.Arbitrary<Journey> = fc.oneof(
  { weight: 6, arbitrary: fc.constant(quick) },
  { weight: 2, arbitrary: fc.record({ thereMs: someTime, backMs: someTime }) },
  {
    weight: 1,
    arbitrary: fc.record({ thereMs: someTime, backMs: someTime, lost: fc.constantFrom('request', 'answer') }),
  },
);

/** What one replica goes through: a clock that is off and runs too fast or too slow, calls as they come, and sleeps. */
interface Fate {
  readonly offsetMs: number;
  readonly rate: number;
  readonly randoms: readonly number[];
  readonly journeys: readonly Journey[];
  readonly sleeps: readonly { readonly atMs: number; readonly forMs: number }[];
}

const fate: fc.Arbitrary<Fate> = fc.record({
  offsetMs: fc.integer({ min: -3_600_000, max: 3_600_000 }),
  rate: fc.constantFrom(0.97, 1, 1.03),
  randoms: fc.array(fc.double({ min: 0, max: 0.999, noNaN: true }), { minLength: 1, maxLength: 8 }),
  journeys: fc.array(journey, { minLength: 1, maxLength: 40 }),
  sleeps: fc.array(
    fc.record({
      atMs: fc.integer({ min: 0, max: TROUBLE_MS }),
      forMs: fc.oneof(fc.integer({ min: 0, max: 12_000 }), fc.integer({ min: 0, max: LONGEST_SLEEP_MS })),
    }),
    { maxLength: 5 },
  ),
});

/** A replica, which is started anew as another candidate whenever it has lost its lease. */
class Replica {
  calm = false;
  readonly #world: LeaseWorld;
  readonly #process: LeaseProcess;
  readonly #name: string;
  readonly #electors: LeaderElector[] = [];

  constructor(world: LeaseWorld, name: string, { offsetMs, rate, randoms, journeys, sleeps }: Fate) {
    let calls = 0;
    let chances = 0;
    const random = (): number => randoms[chances++ % randoms.length] ?? 0.5;
    this.#world = world;
    this.#name = name;
    this.#process = new LeaseProcess(world, { offsetMs, rate, random });
    this.#process.journey = () => (this.calm ? quick : (journeys[calls++ % journeys.length] ?? quick));
    for (const { atMs, forMs } of sleeps) world.time.schedule(atMs, () => this.#process.pause(forMs));
    this.#start();
  }

  /** Candidates of this replica, dead ones included, that may act. */
  get acting(): number {
    return this.#electors.filter(({ isValid }) => isValid).length;
  }

  #start(): void {
    const elector = new LeaderElector({
      name: 'ecs-operator',
      identity: `${this.#name}-${this.#electors.length}`,
      leases: this.#process,
      timing,
      clock: this.#process,
      log: pino({ level: 'silent' }),
      hooks: {
        takeAfterMs: () => 0,
        claims: () => false,
        keepsClaim: () => true,
        onTaken: () => {},
        onSeen: () => {},
        onLost: () => this.#world.time.schedule(1_000, () => this.#start()),
      },
    });
    this.#electors.push(elector);
    void elector.run(new AbortController().signal);
  }
}

test('never may two act at the same time, whatever becomes of calls, clocks and processes; and when the trouble is over one does', async () => {
  let acted = 0;
  await fc.assert(
    fc.asyncProperty(fc.tuple(fate, fate, fate), async (fates) => {
      const world = new LeaseWorld();
      const replicas = fates.map((one, index) => new Replica(world, `replica-${index}`, one));
      const acting = (): number => replicas.reduce((sum, replica) => sum + replica.acting, 0);
      const look = (): void => {
        expect(acting()).toBeLessThanOrEqual(1);
        acted += acting();
      };
      await world.pass(TROUBLE_MS, look, 100);
      for (const replica of replicas) replica.calm = true;
      // The longest sleep, what is left of a lease, and two periods.
      await world.pass(LONGEST_SLEEP_MS + 16_000 + 4_000, look, 100);
      expect(acting()).toBe(1);
    }),
    { numRuns: 60 },
  );
  // Else it would show nothing: mostly somebody leads.
  expect(acted).toBeGreaterThan((60 * TROUBLE_MS) / 100 / 2);
}, 60_000);
