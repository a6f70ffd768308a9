import { expect } from 'vitest';
import type { ApiProxy } from './api-proxy.ts';
import { mutationCounts } from './mutation-counts.ts';
import { awsRegion } from './operator-bed.ts';
import { type OperatorProcess, operatorProcess } from './operator-process.ts';
import { endState, nothing } from './oracles.ts';
import { proxiedBed } from './proxied-bed.ts';
import type { TestBed } from './test-bed.ts';
import { change, settled, type Workload } from './workloads.ts';

/** A namespace, a region and an operator process of their own, so that several faults can be tried at once. */
export interface Lane {
  readonly bed: TestBed;
  readonly proxy: ApiProxy;
  readonly operator: OperatorProcess;
  stop(): Promise<void>;
}

/** What a workload came to. Equal for two runs means: nothing was doubled, nothing was lost. */
export interface Result {
  /** Effective mutations by operation and resource, from the first apply to the last object gone. */
  readonly mutations: Readonly<Record<string, number>>;
  /** AWS and the objects, at the end of the workload and before everything is deleted. */
  readonly state: Readonly<Record<string, unknown>>;
}

/** Makes something go wrong from now on; returns what ends it. */
export type Disturbance = (lane: Lane) => () => void;

export async function startLanes(count: number): Promise<readonly [Lane, ...Lane[]]> {
  const others = Array.from({ length: count - 1 }, startLane);
  return [await startLane(), ...(await Promise.all(others))];
}

async function startLane(): Promise<Lane> {
  const { bed, proxy, stop } = await proxiedBed({ withoutOperator: true });
  const { namespace, region } = bed;
  const { kubeconfig } = proxy;
  const operator = await operatorProcess({ kubeconfig, aws: region.env, region: awsRegion, namespace });
  await operator.start();
  return {
    bed,
    proxy,
    operator,
    async stop() {
      await operator.stop();
      await stop();
    },
  };
}

/** One workload from an empty namespace to an empty namespace, disturbed while the change is being carried out. */
export async function run({ from, to }: Workload, lane: Lane, disturb: Disturbance = () => () => {}): Promise<Result> {
  const { bed } = lane;
  const { region } = bed;
  const start = region.journal.mark();
  await change(bed, [], from);
  await settled(bed, [], from);
  const calm = disturb(lane);
  await change(bed, from, to);
  const objects = await settled(bed, from, to);
  calm();
  const state = await endState(bed, objects);
  await change(bed, to, []);
  await settled(bed, to, []);
  expect(region.inventory()).toEqual(nothing);
  return { mutations: mutationCounts(region.journal.mutations(start)), state };
}

/**
 * Gives out the tasks to the lanes. Every lane comes to its end also after a failure, so that the next test finds them
 * idle; the first failure is thrown with the name of its task and the place of the log.
 */
export async function inLanes<Task>(
  lanes: readonly Lane[],
  tasks: Iterator<Task, void>,
  nameOf: (task: Task) => string,
  work: (task: Task, lane: Lane) => Promise<void>,
): Promise<void> {
  const failures: unknown[] = [];
  const drain = async (lane: Lane): Promise<void> => {
    for (let next = tasks.next(); next.done !== true && failures.length === 0; next = tasks.next()) {
      try {
        await work(next.value, lane);
      } catch (error) {
        lane.operator.keepLog();
        const what = error instanceof Error ? error.message : String(error);
        failures.push(new Error(`${nameOf(next.value)} (${lane.operator.logFile}): ${what}`, { cause: error }));
      }
    }
  };
  await Promise.all(lanes.map(drain));
  if (failures.length > 0) throw failures[0];
  for (const { operator } of lanes) expect(await operator.complaints()).toEqual([]);
}
