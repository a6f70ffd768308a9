import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMutation, type JournalEntry } from '../sandbox/region/index.ts';
import { type ApiProxy, isWrite } from '../support/api-proxy.ts';
import { type OperatorProcess, operatorProcess } from '../support/operator-process.ts';
import { endState, mutationCounts, nothing } from '../support/oracles.ts';
import { proxiedBed } from '../support/proxied-bed.ts';
import type { TestBed } from '../support/test-bed.ts';
import { change, settled, type Workload, workloads } from '../support/workloads.ts';

/** A namespace, a region and an operator process of their own, so that several kills can be tried at once. */
interface Lane {
  readonly bed: TestBed;
  readonly proxy: ApiProxy;
  readonly operator: OperatorProcess;
  stop(): Promise<void>;
}

/** Where the operator dies: at its k-th request of a sort, before the request has an effect or after it had one and before the answer. */
interface Boundary {
  readonly name: string;
  /** Calls `die` when the k-th request is there; returns what takes it away again. */
  arm(lane: Lane, k: number, die: () => Promise<void>): () => void;
}

/** After a read is the same state of the world as before the next request, so only writes have an "after". */
const boundaries: readonly Boundary[] = [
  { name: 'before AWS request', arm: (lane, k, die) => armRegion(lane, 'before', () => true, k, die) },
  { name: 'after AWS mutation', arm: (lane, k, die) => armRegion(lane, 'after', isMutation, k, die) },
  { name: 'before Kubernetes write', arm: (lane, k, die) => armProxy(lane, 'before', k, die) },
  { name: 'after Kubernetes write', arm: (lane, k, die) => armProxy(lane, 'after', k, die) },
];

function armRegion(
  { bed: { region } }: Lane,
  at: 'before' | 'after',
  counted: (entry: JournalEntry) => boolean,
  k: number,
  die: () => Promise<void>,
): () => void {
  let seen = 0;
  return region.faults.onRequest(async (entry, phase) => {
    if (phase !== at || !counted(entry)) return;
    seen += 1;
    if (seen !== k) return;
    await die();
    if (at === 'before') region.faults.add({ fault: { kind: 'dropRequest' }, match: (other) => other === entry });
  });
}

function armProxy({ proxy }: Lane, at: 'before' | 'after', k: number, die: () => Promise<void>): () => void {
  let seen = 0;
  return proxy.onRequest(async (entry, phase) => {
    if (phase !== at || !isWrite(entry)) return undefined;
    seen += 1;
    if (seen !== k) return undefined;
    await die();
    return 'cut';
  });
}

interface Run {
  /** False when the workload was done before the k-th request. */
  readonly died: boolean;
  readonly mutations: Readonly<Record<string, number>>;
  readonly state: Readonly<Record<string, unknown>>;
}

/** One workload from an empty namespace to an empty namespace, killed once in between. */
async function run({ name, from, to }: Workload, lane: Lane, boundary?: Boundary, k = 0): Promise<Run> {
  const { bed, operator } = lane;
  const start = bed.region.journal.mark();
  await change(bed, [], from);
  await settled(bed, [], from);

  let died = false;
  const die = async (): Promise<void> => {
    died = true;
    await operator.kill();
    await operator.start();
  };
  const disarm = boundary?.arm(lane, k, die);
  try {
    await change(bed, from, to);
    const objects = await settled(bed, from, to);
    disarm?.();
    const state = await endState(bed.region, bed.aws, objects);
    await change(bed, to, []);
    await settled(bed, to, []);
    expect(bed.region.inventory()).toEqual(nothing);
    return { died, mutations: mutationCounts(bed.region.journal.mutations(start)), state };
  } catch (error) {
    const point = boundary === undefined ? 'without a kill' : `killed ${boundary.name} ${k}`;
    throw new Error(`"${name}" ${point} (log: ${operator.logFile})`, { cause: error });
  }
}

const LANES = 3;

describe('the operator, killed with SIGKILL and started again', () => {
  let lanes: readonly Lane[];

  beforeAll(async () => {
    lanes = await Promise.all(
      Array.from({ length: LANES }, async (): Promise<Lane> => {
        const { bed, proxy, stop } = await proxiedBed({ withoutOperator: true });
        const { namespace, config } = bed;
        const { kubeconfig } = proxy;
        const operator = await operatorProcess({ kubeconfig, aws: bed.region.env, region: config.region, namespace });
        await operator.start();
        return { bed, proxy, operator, stop };
      }),
    );
  });

  afterAll(async () => {
    for (const { operator, stop } of lanes) {
      await operator.stop();
      await stop();
    }
  });

  it.each(workloads)(
    'ends where it would have ended, whichever request of "$name" it dies at',
    async (workload) => {
      const [first] = lanes;
      if (first === undefined) throw new Error('no lane');
      const undisturbed = await run(workload, first);
      const points = pointsOf(boundaries);
      const died: string[] = [];
      const failures: unknown[] = [];
      const work = async (lane: Lane): Promise<void> => {
        for (let point = points.next(); point !== undefined; point = points.next()) {
          const where = `${point.boundary.name} ${point.k}`;
          const killed = await run(workload, lane, point.boundary, point.k);
          if (killed.died) died.push(where);
          else points.end(point.boundary);
          expect({ where, ...killed, died: false }).toEqual({ where, ...undisturbed });
        }
      };
      // Every lane comes to its end, so that the next workload finds them idle.
      await Promise.all(lanes.map((lane) => work(lane).catch((error: unknown) => failures.push(error))));
      if (failures.length > 0) throw failures[0];
      for (const { name } of boundaries) expect(died).toContain(`${name} 1`);
      for (const { operator } of lanes) expect(await operator.complaints()).toEqual([]);
    },
    180_000,
  );
});

/** Counts up every boundary until the workload is done without reaching it. */
function pointsOf(all: readonly Boundary[]) {
  const next = new Map(all.map((boundary) => [boundary, 1]));
  return {
    next(): { readonly boundary: Boundary; readonly k: number } | undefined {
      for (const [boundary, k] of next) {
        next.set(boundary, k + 1);
        return { boundary, k };
      }
      return undefined;
    },
    end: (boundary: Boundary): void => {
      next.delete(boundary);
    },
  };
}
