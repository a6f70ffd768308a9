/** What the scheduler needs to know of a task to decide a rolling deployment. */
export interface RolloutTask {
  /** Desired status RUNNING. */
  readonly alive: boolean;
  readonly healthy: boolean;
  /** Takes a place under maximumPercent: everything that is not DEPROVISIONING or STOPPED. */
  readonly occupying: boolean;
}

export interface RolloutInput<T extends RolloutTask> {
  readonly desired: number;
  readonly minimumHealthyPercent: number;
  readonly maximumPercent: number;
  /** Tasks of the PRIMARY deployment, oldest first. */
  readonly primary: readonly T[];
  /** Tasks of all other deployments. */
  readonly old: readonly T[];
  /** False while start-ups are throttled and when the PRIMARY deployment has failed. */
  readonly mayStart: boolean;
  /** A deployment that failed without a rollback leaves the old tasks to serve. */
  readonly mayReplace: boolean;
}

export interface RolloutPlan<T extends RolloutTask> {
  readonly start: number;
  readonly stop: readonly T[];
  /** Nothing is moving, nothing may be started or stopped, and yet the deployment is not done (RD-01). */
  readonly blocked: boolean;
}

/** `minimumHealthyPercent` of the desired count, rounded up (SU-04). */
export const lowerLimit = (desired: number, percent: number): number => Math.ceil((desired * percent) / 100);

/** `maximumPercent` of the desired count, rounded down (SU-04). */
export const upperLimit = (desired: number, percent: number): number => Math.floor((desired * percent) / 100);

/** One look of the service scheduler: how many tasks of the PRIMARY deployment to start, and which tasks to stop. */
export function planRollout<T extends RolloutTask>(input: RolloutInput<T>): RolloutPlan<T> {
  const primary = input.primary.filter((task) => task.alive);
  const old = input.old.filter((task) => task.alive);
  const surplus = excess(primary, primary.length - input.desired);
  const healthyPrimary = healthyCount(primary) - healthyCount(surplus);
  const replaced = input.mayReplace
    ? replaceable(input, old, healthyPrimary)
    : excess(old, healthyPrimary + old.length - input.desired);
  const stop = [...surplus, ...replaced];
  const start = input.mayStart ? startable(input, primary.length - surplus.length) : 0;
  const unfinished = old.length > 0 || primary.length < input.desired;
  const moving = [...input.primary, ...input.old].some((task) => (task.alive ? !task.healthy : task.occupying));
  return { start, stop, blocked: unfinished && !moving && input.mayStart && start === 0 && stop.length === 0 };
}

function startable<T extends RolloutTask>(input: RolloutInput<T>, running: number): number {
  const occupied = [...input.primary, ...input.old].filter((task) => task.occupying).length;
  const room = upperLimit(input.desired, input.maximumPercent) - occupied;
  return Math.max(0, Math.min(input.desired - running, room));
}

/** Old tasks that are not healthy go at once; healthy ones as far as the lower limit allows. */
function replaceable<T extends RolloutTask>(input: RolloutInput<T>, old: readonly T[], healthyPrimary: number): T[] {
  const unhealthy = old.filter((task) => !task.healthy);
  const healthy = old.filter((task) => task.healthy);
  const spare = healthyPrimary + healthy.length - lowerLimit(input.desired, input.minimumHealthyPercent);
  return [...unhealthy, ...healthy.slice(0, Math.max(0, spare))];
}

/** `count` tasks to give up: those not healthy yet first, then the newest. */
function excess<T extends RolloutTask>(tasks: readonly T[], count: number): T[] {
  if (count <= 0) return [];
  const newestFirst = tasks.toReversed();
  const ordered = [...newestFirst.filter((task) => !task.healthy), ...newestFirst.filter((task) => task.healthy)];
  return ordered.slice(0, count);
}

const healthyCount = (tasks: readonly RolloutTask[]): number => tasks.filter((task) => task.healthy).length;
