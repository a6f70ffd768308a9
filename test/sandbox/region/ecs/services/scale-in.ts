/** What decides which of several tasks goes first. */
export interface Stoppable {
  readonly healthy: boolean;
  readonly zone: string | undefined;
  readonly instance: string | undefined;
}

/**
 * The order in which a scale-in stops tasks, given oldest first: those that are not healthy yet; then always one from the Availability Zone
 * with the most of them, from the instance with the most there (SV-08, PL-04); then the newest.
 */
export function stopOrder<T extends Stoppable>(tasks: readonly T[]): T[] {
  const newestFirst = tasks.toReversed();
  const healthy = newestFirst.filter((task) => task.healthy);
  return [...newestFirst.filter((task) => !task.healthy), ...(isSpread(healthy) ? balanced(healthy) : healthy)];
}

/** On Fargate nobody knows where a task is, and nothing needs to be balanced. */
const isSpread = (tasks: readonly Stoppable[]): boolean => tasks.some(({ instance }) => instance !== undefined);

function balanced<T extends Stoppable>(tasks: readonly T[]): T[] {
  const zones = countsBy(tasks, ({ zone }) => zone);
  const instances = countsBy(tasks, ({ instance }) => instance);
  const left = [...tasks];
  const order: T[] = [];
  while (left.length > 0) {
    let best = 0;
    for (let index = 1; index < left.length; index += 1) {
      if (crowd(left[index]) > crowd(left[best])) best = index;
    }
    const [task] = left.splice(best, 1);
    if (task === undefined) break;
    order.push(task);
    zones.set(task.zone, (zones.get(task.zone) ?? 0) - 1);
    instances.set(task.instance, (instances.get(task.instance) ?? 0) - 1);
  }
  return order;

  /** The zone counts before the instance. */
  function crowd(task: T | undefined): number {
    return (zones.get(task?.zone) ?? 0) * (tasks.length + 1) + (instances.get(task?.instance) ?? 0);
  }
}

function countsBy<T, K>(items: readonly T[], key: (item: T) => K): Map<K, number> {
  const counts = new Map<K, number>();
  for (const item of items) counts.set(key(item), (counts.get(key(item)) ?? 0) + 1);
  return counts;
}
