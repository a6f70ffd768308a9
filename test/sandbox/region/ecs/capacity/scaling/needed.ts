import type { Demand } from '../placement/demand.ts';
import { minus } from '../placement/remaining.ts';

/** A task that waits for capacity. */
export interface WaitingTask {
  readonly demand: Demand;
  /** Tasks with the same mark may not share an instance: `distinctInstance`. */
  readonly apart: string | undefined;
}

/**
 * How many empty instances of `size` the tasks need: first fit, the largest first (CAS-13). A task larger than one instance is not
 * counted, so it waits and nothing is started for it (CAS-12).
 */
export function instancesNeeded(tasks: readonly WaitingTask[], size: Demand): number {
  const bins: { readonly left: Demand; readonly marks: ReadonlySet<string> }[] = [];
  const counted = tasks.filter(({ demand }) => fits(demand, size));
  for (const task of counted.toSorted((a, b) => bySize(b.demand, a.demand))) {
    const index = bins.findIndex(({ left, marks }) => {
      return fits(task.demand, left) && (task.apart === undefined || !marks.has(task.apart));
    });
    const bin = bins[index] ?? { left: size, marks: new Set<string>() };
    const filled = {
      left: minus(bin.left, task.demand),
      marks: task.apart === undefined ? bin.marks : new Set([...bin.marks, task.apart]),
    };
    if (index < 0) bins.push(filled);
    else bins[index] = filled;
  }
  return bins.length;
}

function fits(demand: Demand, left: Demand): boolean {
  if (demand.cpu > left.cpu || demand.memory > left.memory) return false;
  if (demand.gpus > left.gpus || demand.enis > left.enis) return false;
  return !demand.ports.some((port) => left.ports.includes(port));
}

const bySize = (a: Demand, b: Demand): number => a.cpu - b.cpu || a.memory - b.memory || a.enis - b.enis;
