import { stopOrder } from './scale-in.ts';

/** What the scheduler needs to know of a task to decide a rolling deployment. */
export interface RolloutTask {
  /** Desired status RUNNING. */
  readonly alive: boolean;
  readonly healthy: boolean;
  /** Takes a place under maximumPercent: everything that is not DEPROVISIONING or STOPPED. */
  readonly occupying: boolean;
  /** Has failed its health checks and is to be replaced. */
  readonly failing: boolean;
  /** Under scale-in protection: neither a deployment nor a scale-in stops it (TP-01). */
  readonly kept: boolean;
  /** On an instance that is DRAINING: it is replaced as an old one is. */
  readonly leaving: boolean;
  readonly zone: string | undefined;
  readonly instance: string | undefined;
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
  /** While a deployment is under way, failing tasks are stopped before they are replaced (SD-04). */
  readonly rolling: boolean;
}

export interface RolloutPlan<T extends RolloutTask> {
  readonly start: number;
  readonly stop: readonly T[];
  /** Nothing is moving, nothing may be started or stopped, and yet the deployment is not done (RD-01). */
  readonly blocked: boolean;
  /** Tasks that would be stopped if they were not protected. */
  readonly held: readonly T[];
}

/** `minimumHealthyPercent` of the desired count, rounded up (SU-04). */
export const lowerLimit = (desired: number, percent: number): number => Math.ceil((desired * percent) / 100);

/** `maximumPercent` of the desired count, rounded down (SU-04). */
export const upperLimit = (desired: number, percent: number): number => Math.floor((desired * percent) / 100);

/** One look of the service scheduler: how many tasks of the PRIMARY deployment to start, and which tasks to stop. */
export function planRollout<T extends RolloutTask>(input: RolloutInput<T>): RolloutPlan<T> {
  const alive = input.primary.filter((task) => task.alive);
  const primary = alive.filter((task) => !task.leaving);
  const old = [...input.old.filter((task) => task.alive), ...alive.filter((task) => task.leaving)];
  const sound = primary.filter((task) => !task.failing);
  const surplus = excess(sound, sound.length - input.desired);
  const healthyPrimary = healthyCount(sound) - healthyCount(surplus);
  const replaced = input.mayReplace
    ? replaceable(input, old, healthyPrimary)
    : excess(old, healthyPrimary + old.length - input.desired);
  const room = upperLimit(input.desired, input.maximumPercent) - occupied(input);
  const failing = primary.filter((task) => task.failing);
  const missing = input.desired - (sound.length - surplus.length);
  const given = givenUp(input, failing, { healthyPrimary, hinders: missing > 0 && room <= 0 });
  const stop = [...surplus, ...replaced, ...given];
  const start = input.mayStart ? Math.max(0, Math.min(missing, room)) : 0;
  const heldOld = input.mayReplace ? old.filter((task) => task.kept) : [];
  const unfinished = old.length > heldOld.length || sound.length < input.desired;
  const moving = [...input.primary, ...input.old].some((task) => (task.alive ? !task.healthy : task.occupying));
  return {
    start,
    stop,
    blocked: unfinished && !moving && input.mayStart && start === 0 && stop.length === 0,
    held: [...keptAbove(sound, input.desired), ...heldOld],
  };
}

const occupied = (input: RolloutInput<RolloutTask>): number =>
  [...input.primary, ...input.old].filter((task) => task.occupying).length;

/** Old tasks that are not healthy go at once; healthy ones as far as the lower limit allows. */
function replaceable<T extends RolloutTask>(input: RolloutInput<T>, old: readonly T[], healthyPrimary: number): T[] {
  const unhealthy = old.filter((task) => !task.healthy && !task.kept);
  const healthy = old.filter((task) => task.healthy);
  const spare = healthyPrimary + healthy.length - lowerLimit(input.desired, input.minimumHealthyPercent);
  return [...unhealthy, ...healthy.filter((task) => !task.kept).slice(0, Math.max(0, spare))];
}

/**
 * Failing tasks to stop now (SD-04): all of them during a deployment, or once their replacements are healthy; one at a time if it hinders
 * replacements from being started first. Protection does not save them.
 */
function givenUp<T extends RolloutTask>(
  input: RolloutInput<T>,
  failing: readonly T[],
  { healthyPrimary, hinders }: { readonly healthyPrimary: number; readonly hinders: boolean },
): readonly T[] {
  if (input.rolling || healthyPrimary >= input.desired) return failing;
  return hinders && input.mayStart ? failing.slice(0, 1) : [];
}

/** `count` tasks to give up, but none that is protected: those not healthy yet first. */
function excess<T extends RolloutTask>(tasks: readonly T[], count: number): T[] {
  if (count <= 0) return [];
  return stopOrder(tasks.filter((task) => !task.kept)).slice(0, count);
}

/** Protected tasks above the desired count. */
function keptAbove<T extends RolloutTask>(tasks: readonly T[], desired: number): T[] {
  return tasks.filter((task) => task.kept).slice(desired);
}

const healthyCount = (tasks: readonly RolloutTask[]): number => tasks.filter((task) => task.healthy).length;
