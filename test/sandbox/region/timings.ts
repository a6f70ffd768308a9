/** How long each thing takes, in simulated milliseconds. */
export interface Timings {
  /** From a change that concerns a service to the scheduler looking at it. */
  readonly scheduler: number;
  readonly provisioning: number;
  /** Time in PENDING: scheduling and pulling images. `sim/slow:30s` replaces it. */
  readonly pulling: number;
  readonly activating: number;
  /** From RUNNING until the task counts as healthy. */
  readonly healthy: number;
  /** From RUNNING until the container of `sim/exit:n` exits; must be below `healthy` for the task to count as failed. */
  readonly exit: number;
  readonly deactivating: number;
  readonly stopping: number;
  readonly deprovisioning: number;
  /** First delay once a service is unable to start tasks consistently; doubles up to `throttleMax`. Never 0: a crash loop would not end. */
  readonly throttle: number;
  readonly throttleMax: number;
  /** A cluster with capacity providers is PROVISIONING for this long. */
  readonly cluster: number;
  /** A task definition is DELETE_IN_PROGRESS for at least this long. */
  readonly taskDefinitionDeletion: number;
  /** How long stopped tasks and inactive services can still be described: an hour in AWS. */
  readonly retention: number;
}

const HOUR = 3_600_000;

export const REALISTIC: Timings = {
  scheduler: 200,
  provisioning: 1_000,
  pulling: 2_000,
  activating: 500,
  healthy: 2_000,
  exit: 1_000,
  deactivating: 500,
  stopping: 1_000,
  deprovisioning: 500,
  throttle: 5_000,
  throttleMax: 15 * 60_000,
  cluster: 1_000,
  taskDefinitionDeletion: 2_000,
  retention: HOUR,
};

/** Everything is done by the next request. A crash loop is still throttled. */
export const INSTANT: Timings = {
  scheduler: 0,
  provisioning: 0,
  pulling: 0,
  activating: 0,
  healthy: 0,
  exit: 0,
  deactivating: 0,
  stopping: 0,
  deprovisioning: 0,
  throttle: 5_000,
  throttleMax: 15 * 60_000,
  cluster: 0,
  taskDefinitionDeletion: 0,
  retention: HOUR,
};

export function timingsOf(option: 'realistic' | 'instant' | Partial<Timings>): Timings {
  if (option === 'realistic') return REALISTIC;
  if (option === 'instant') return INSTANT;
  return { ...REALISTIC, ...option };
}
