import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMutation } from '../sandbox/region/index.ts';
import { type Disturbance, inLanes, type Lane, type Result, run, startLanes } from '../support/lane.ts';
import { nothing } from '../support/oracles.ts';
import { change, settled, type Workload, workloads } from '../support/workloads.ts';

/** How many reads after a mutation are answered from before it. */
const STALE_READS = 5;

/** From the k-th mutation on, that many reads see AWS as it was before; `reached` is called when there was a k-th. */
function staleAfter(k: number, reached: () => void): Disturbance {
  return ({ bed: { region } }) => {
    let seen = 0;
    let heal = (): void => {};
    const unhook = region.faults.onRequest((entry, phase) => {
      if (phase !== 'before' || !isMutation(entry)) return;
      seen += 1;
      if (seen !== k) return;
      reached();
      const past = region.snapshot();
      heal = region.faults.add({
        fault: { kind: 'stale', past },
        match: (read) => !isMutation(read),
        times: STALE_READS,
      });
    });
    return () => {
      unhook();
      heal();
    };
  };
}

interface Task {
  readonly workload: Workload;
  readonly k: number;
}

/** Counts up each workload's mutations until it is in `passed`. */
function* tasksUntil(passed: ReadonlySet<Workload>): Generator<Task, void> {
  for (const workload of workloads) for (let k = 1; !passed.has(workload); k += 1) yield { workload, k };
}

/** What makes something new each time; tags do not. */
const isCreate = (mutation: string): boolean => /^(Create(?!Tags|OrUpdateTags)|Register)/.test(mutation);

describe('reads that are older than our last change', () => {
  let lanes: readonly [Lane, ...Lane[]];
  beforeAll(async () => {
    lanes = await startLanes(3);
  });
  afterAll(() => Promise.all(lanes.map((lane) => lane.stop())));

  it('lead to no second creation, to one repeated update at most, and to the same end', {
    timeout: 480_000,
  }, async () => {
    const undisturbed = new Map<Workload, Result>();
    for (const workload of workloads) undisturbed.set(workload, await run(workload, lanes[0]));
    const passed = new Set<Workload>();
    const nameOf = ({ workload, k }: Task): string => `${workload.name}: stale after mutation ${k}`;
    await inLanes(lanes, tasksUntil(passed), nameOf, async ({ workload, k }, lane) => {
      let reached = false;
      const result = await run(
        workload,
        lane,
        staleAfter(k, () => (reached = true)),
      );
      if (!reached) passed.add(workload);
      const expected = undisturbed.get(workload);
      expect(result.state).toEqual(expected?.state);
      expect(Object.keys(result.mutations)).toEqual(Object.keys(expected?.mutations ?? {}));
      for (const [mutation, count] of Object.entries(expected?.mutations ?? {})) {
        expect(result.mutations[mutation], mutation).toBeLessThanOrEqual(isCreate(mutation) ? count : count + 1);
      }
    });
  });

  it('leave no orphan when the objects are deleted before AWS shows what was created', {
    timeout: 240_000,
  }, async () => {
    const creations = workloads.filter(({ from }) => from.length === 0);
    const tasks = creations.flatMap((workload) => workload.to.map((_, index): Task => ({ workload, k: index + 1 })));
    const nameOf = ({ workload, k }: Task): string => `${workload.name}: deleted after mutation ${k}`;
    await inLanes(lanes, tasks.values(), nameOf, async ({ workload: { to }, k }, lane) => {
      const { bed } = lane;
      let reached = (): void => {};
      const created = new Promise<void>((resolve) => {
        reached = resolve;
      });
      const heal = staleAfter(k, () => reached())(lane);
      await change(bed, [], to);
      await created;
      await change(bed, to, []);
      await settled(bed, to, []);
      heal();
      expect(bed.region.inventory()).toEqual(nothing);
    });
  });
});
