import { isDeepStrictEqual } from 'node:util';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Boundary, boundariesOf, nameOfPoint, pointsUntil } from '../support/boundaries.ts';
import { eventually } from '../support/eventually.ts';
import { inLanes, type Lane, startLanes } from '../support/lane.ts';
import { nothing } from '../support/oracles.ts';
import { change, settled, type Workload, workloads } from '../support/workloads.ts';

/** Everything that is made while these are carried out has to be taken away again, however far it got. */
const growing: readonly Workload[] = workloads.filter(({ to }) => to.length > 0);

describe('objects that are deleted while the operator works on them', () => {
  let lanes: readonly [Lane, ...Lane[]];
  beforeAll(async () => {
    lanes = await startLanes(3);
  });
  afterAll(() => Promise.all(lanes.map((lane) => lane.stop())));

  it.for(growing)(
    'leave nothing in AWS, at whichever request of "$name" that happens',
    {
      timeout: 240_000,
    },
    async (workload, { annotate }) => {
      const { from, to } = workload;
      const passed = new Set<Boundary>();
      let deletions = 0;
      await inLanes(lanes, pointsUntil(passed, workload), nameOfPoint, async ({ boundary, k }, lane) => {
        const { bed } = lane;
        await change(bed, [], from);
        await settled(bed, [], from);
        let deleted = false;
        const applied = Promise.withResolvers<void>();
        const disarm = boundary.arm(lane, k, async () => {
          deleted = true;
          await applied.promise;
          await change(bed, to, []);
          return undefined;
        });
        await change(bed, from, to);
        applied.resolve();
        // Either the deletion comes in between, or the workload gets to its end.
        await settled(bed, from, to, () => deleted);
        disarm();
        if (deleted) deletions += 1;
        else passed.add(boundary);
        if (!deleted) await change(bed, to, []);
        await settled(bed, to, []);
        // What is taken back for an object that went while its finalizer was being stored has no object that would wait for it.
        await eventually('nothing is left in AWS', async () => {
          const inventory = bed.region.inventory();
          return { value: inventory, done: isDeepStrictEqual(inventory, nothing) };
        });
      });
      await annotate(`deleted at ${deletions} points`);
      expect(deletions).toBeGreaterThanOrEqual(boundariesOf(workload).length);
    },
  );
});
