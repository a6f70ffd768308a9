import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMutation, type JournalEntry } from '../sandbox/region/index.ts';
import { isWrite } from '../support/api-proxy.ts';
import { inLanes, type Lane, run, startLanes } from '../support/lane.ts';
import { workloads } from '../support/workloads.ts';

/** Where the operator dies: at its k-th request of a sort, before the request has an effect, or after it and before the answer. */
interface Boundary {
  readonly name: string;
  /** Calls `die` when the k-th request is there; returns what takes it away again. */
  arm(lane: Lane, k: number, die: () => Promise<void>): () => void;
}

/** After a read the world is what it is before the next request, so only writes have an "after". */
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

interface Point {
  readonly boundary: Boundary;
  readonly k: number;
}

/** Counts up each boundary until it is in `passed`: the workload was done without reaching it. */
function* pointsUntil(passed: ReadonlySet<Boundary>): Generator<Point, void> {
  for (const boundary of boundaries) for (let k = 1; !passed.has(boundary); k += 1) yield { boundary, k };
}

describe('the operator, killed with SIGKILL and started again', () => {
  let lanes: readonly Lane[];
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
      const [first] = lanes;
      if (first === undefined) throw new Error('no lane');
      const undisturbed = await run(workload, first);
      const passed = new Set<Boundary>();
      let kills = 0;
      const nameOf = ({ boundary, k }: Point): string => `killed ${boundary.name} ${k}`;
      await inLanes(lanes, pointsUntil(passed), nameOf, async ({ boundary, k }, lane) => {
        let died = false;
        const die = async (): Promise<void> => {
          died = true;
          await lane.operator.kill();
          await lane.operator.start();
        };
        expect(await run(workload, lane, () => boundary.arm(lane, k, die))).toEqual(undisturbed);
        if (died) kills += 1;
        else passed.add(boundary);
      });
      await annotate(`killed at ${kills} points`);
      expect(kills).toBeGreaterThan(boundaries.length);
    },
  );
});
