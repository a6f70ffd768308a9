import { isMutation, type JournalEntry } from '../sandbox/region/index.ts';
import { isWrite } from './api-proxy.ts';
import type { Lane } from './lane.ts';
import type { Workload } from './workloads.ts';

/** What a test does at a boundary; `cut` keeps the request from going on. */
type Act = () => Promise<'cut' | undefined>;

/** A moment between two requests of the operator: at the k-th of a sort, before it has an effect, or after it and before its answer. */
export interface Boundary {
  readonly name: string;
  /** Calls `act` when the k-th request is there, which waits for it; returns what takes it away again. */
  arm(lane: Lane, k: number, act: Act): () => void;
}

/** After a read the world is what it is before the next request, so only writes have an "after". */
const writes: readonly Boundary[] = [
  { name: 'after AWS mutation', arm: (lane, k, act) => armRegion(lane, 'after', isMutation, k, act) },
  { name: 'before Kubernetes write', arm: (lane, k, act) => armProxy(lane, 'before', k, act) },
  { name: 'after Kubernetes write', arm: (lane, k, act) => armProxy(lane, 'after', k, act) },
];

const everyRequest: readonly Boundary[] = [
  { name: 'before AWS request', arm: (lane, k, act) => armRegion(lane, 'before', () => true, k, act) },
  ...writes,
];

/** Before a read the world is what it was after the last write. EC2's workloads read ten times as often as they write. */
const everyChange: readonly Boundary[] = [
  { name: 'before AWS mutation', arm: (lane, k, act) => armRegion(lane, 'before', isMutation, k, act) },
  ...writes,
];

export function boundariesOf(workload: Workload): readonly Boundary[] {
  return workload.points === 'every change' ? everyChange : everyRequest;
}

export interface Point {
  readonly boundary: Boundary;
  readonly k: number;
}

/** Counts up each boundary until it is in `passed`: the workload was done without reaching it. */
export function* pointsUntil(passed: ReadonlySet<Boundary>, workload: Workload): Generator<Point, void> {
  for (const boundary of boundariesOf(workload)) for (let k = 1; !passed.has(boundary); k += 1) yield { boundary, k };
}

export function nameOfPoint({ boundary, k }: Point): string {
  return `${boundary.name} ${k}`;
}

function armRegion(
  { bed: { region } }: Lane,
  at: 'before' | 'after',
  counted: (entry: JournalEntry) => boolean,
  k: number,
  act: Act,
): () => void {
  let seen = 0;
  return region.faults.onRequest(async (entry, phase) => {
    if (phase !== at || !counted(entry)) return undefined;
    seen += 1;
    if (seen !== k) return undefined;
    return (await act()) === 'cut' ? 'drop' : undefined;
  });
}

function armProxy({ proxy }: Lane, at: 'before' | 'after', k: number, act: Act): () => void {
  let seen = 0;
  return proxy.onRequest(async (entry, phase) => {
    if (phase !== at || !isWrite(entry)) return undefined;
    seen += 1;
    return seen === k ? act() : undefined;
  });
}
