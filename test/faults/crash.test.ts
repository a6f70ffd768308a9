import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Boundary, boundariesOf, nameOfPoint, pointsUntil } from '../support/boundaries.ts';
import { inLanes, type Lane, run, startLanes } from '../support/lane.ts';
import { workloads } from '../support/workloads.ts';

describe('the operator, killed with SIGKILL and started again', () => {
  let lanes: readonly [Lane, ...Lane[]];
  beforeAll(async () => {
    lanes = await startLanes(3);
  });
  afterAll(() => Promise.all(lanes.map((lane) => lane.stop())));

  it.for(workloads)(
    'ends where it would have ended, whichever request of "$name" it dies at',
    {
      timeout: 240_000,
    },
    async (workload, { annotate }) => {
      const undisturbed = await run(workload, lanes[0]);
      const passed = new Set<Boundary>();
      let kills = 0;
      await inLanes(lanes, pointsUntil(passed, workload), nameOfPoint, async ({ boundary, k }, lane) => {
        let died = false;
        const die = async (): Promise<'cut'> => {
          died = true;
          await lane.operator.kill();
          await lane.operator.start();
          return 'cut';
        };
        expect(await run(workload, lane, () => boundary.arm(lane, k, die))).toEqual(undisturbed);
        if (died) kills += 1;
        else passed.add(boundary);
      });
      await annotate(`killed at ${kills} points`);
      expect(kills).toBeGreaterThanOrEqual(boundariesOf(workload).length);
    },
  );
});
