import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { inLanes, type Lane, run, startLanes } from '../support/lane.ts';
import { type Workload, workloads } from '../support/workloads.ts';

/** A mutation of this operation loses its answer, so often in a row, while this workload is carried out. */
interface Task {
  readonly workload: Workload;
  readonly operation: string;
  readonly times: number;
}

/** Every operation that changes something is covered, by name, so that a workload which stops making one is noticed. */
const operations = [
  'CreateAutoScalingGroup',
  'CreateCapacityProvider',
  'CreateCluster',
  'CreateLaunchTemplate',
  'CreateLaunchTemplateVersion',
  'CreateOrUpdateTags',
  'CreateService',
  'CreateTags',
  'DeleteAutoScalingGroup',
  'DeleteCapacityProvider',
  'DeleteCluster',
  'DeleteLaunchTemplate',
  'DeleteService',
  'DeregisterTaskDefinition',
  'ModifyLaunchTemplate',
  'PutClusterCapacityProviders',
  'RegisterTaskDefinition',
  'SetInstanceProtection',
  'StartInstanceRefresh',
  'TagResource',
  'UpdateAutoScalingGroup',
  'UpdateCapacityProvider',
  'UpdateCluster',
  'UpdateContainerInstancesState',
  'UpdateService',
];

describe('an answer that is lost after the mutation took effect', () => {
  let lanes: readonly [Lane, ...Lane[]];
  beforeAll(async () => {
    // More than cores: a lost answer mostly means waiting for the backoff.
    lanes = await startLanes(4);
  });
  afterAll(() => Promise.all(lanes.map((lane) => lane.stop())));

  it('doubles nothing and loses nothing, once and twice in a row, for every mutation', {
    timeout: 480_000,
  }, async () => {
    const undisturbed = new Map<Workload, Awaited<ReturnType<typeof run>>>();
    const tasks: Task[] = [];
    for (const workload of workloads) {
      let mark = 0;
      const result = await run(workload, lanes[0], ({ bed }) => {
        mark = bed.region.journal.mark();
        return () => {
          const made = new Set(bed.region.journal.mutations(mark).map(({ operation }) => operation));
          for (const operation of made) for (const times of [1, 2]) tasks.push({ workload, operation, times });
        };
      });
      undisturbed.set(workload, result);
    }
    expect([...new Set(tasks.map(({ operation }) => operation))].sort()).toEqual(operations);

    const nameOf = ({ workload, operation, times }: Task): string => `${workload.name}: ${operation} x ${times}`;
    await inLanes(lanes, tasks.values(), nameOf, async ({ workload, operation, times }, lane) => {
      const { region } = lane.bed;
      const mark = region.journal.mark();
      const result = await run(workload, lane, () =>
        region.faults.add({ fault: { kind: 'dropResponse' }, operation, times }),
      );
      expect(region.journal.since(mark).some(({ outcome, effective }) => outcome === 'dropped' && effective)).toBe(
        true,
      );
      expect(result).toEqual(undisturbed.get(workload));
    });
  });
});
