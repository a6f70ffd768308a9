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
  /** The part of a health check's interval that passes before its first success. Failing takes its full time always, or a loop of replacements would not end. */
  readonly healthCheck: number;
  readonly deactivating: number;
  readonly stopping: number;
  readonly deprovisioning: number;
  /** First delay once a service is unable to start tasks consistently; doubles up to `throttleMax`. Never 0: a crash loop would not end. */
  readonly throttle: number;
  readonly throttleMax: number;
  /** From a task's registration with a target group until it counts as healthy there. Failing takes its full time always. */
  readonly target: number;
  /** From a shift of traffic until it is done. */
  readonly trafficShift: number;
  /** From the call of a lifecycle hook's Lambda function to its answer. */
  readonly hook: number;
  /** The bake time that ECS computes for a deployment with alarms which sets none. */
  readonly alarmBake: number;
  /** From a task that could not be placed to the next try. Never 0: it would be tried for ever. */
  readonly placementRetry: number;
  /** A cluster with capacity providers is PROVISIONING for this long. */
  readonly cluster: number;
  /** A task definition is DELETE_IN_PROGRESS for at least this long. */
  readonly taskDefinitionDeletion: number;
  /** From `pending` to `running` of an EC2 instance. */
  readonly instanceBoot: number;
  /** From `pending` to `running` of an instance that was stopped. */
  readonly instanceStart: number;
  /** From `stopping` to `stopped`. */
  readonly instanceStop: number;
  /** From `shutting-down` to `terminated`. */
  readonly instanceTermination: number;
  /** From the notice until EC2 takes a Spot instance back: two minutes in AWS. */
  readonly spotNotice: number;
  /** From a change that concerns an Auto Scaling group to the service looking at it. */
  readonly group: number;
  /** From a launch that found no capacity to the next. Never 0: it would be tried for ever. */
  readonly groupLaunchRetry: number;
  /** An Auto Scaling group without instances is in deletion for this long. */
  readonly groupDeletion: number;
  /** Between two looks of Application Auto Scaling at whether ECS has as many tasks as it asked for. Never 0: it might never have. */
  readonly scalingPoll: number;
  /** From a running EC2 instance to its agent's registration. */
  readonly agent: number;
  /** From the registration of an agent whose cluster does not exist to its next try. Never 0: it would be tried for ever. */
  readonly agentRetry: number;
  /** A container instance with ENI trunking is REGISTERING for this long. */
  readonly trunk: number;
  /** Each step of an update of the container agent. */
  readonly agentUpdate: number;
  /** A capacity provider is being updated, or a cluster's attachments are, for this long. */
  readonly attachments: number;
  /** Managed scaling looks at each capacity provider this often: a minute in AWS. Never 0: it looks for ever. */
  readonly managedScaling: number;
  /** How long a task waits in PROVISIONING for its capacity provider. Never 0: it must be able to wait. */
  readonly capacityWait: number;
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
  healthCheck: 1,
  deactivating: 500,
  stopping: 1_000,
  deprovisioning: 500,
  throttle: 5_000,
  throttleMax: 15 * 60_000,
  target: 3_000,
  trafficShift: 1_000,
  hook: 500,
  alarmBake: 5_000,
  placementRetry: 5_000,
  cluster: 1_000,
  taskDefinitionDeletion: 2_000,
  instanceBoot: 10_000,
  instanceStart: 3_000,
  instanceStop: 3_000,
  instanceTermination: 3_000,
  spotNotice: 120_000,
  group: 500,
  groupLaunchRetry: 30_000,
  groupDeletion: 2_000,
  agent: 3_000,
  agentRetry: 10_000,
  trunk: 2_000,
  agentUpdate: 1_000,
  attachments: 1_000,
  managedScaling: 60_000,
  capacityWait: 30 * 60_000,
  scalingPoll: 10_000,
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
  healthCheck: 0,
  deactivating: 0,
  stopping: 0,
  deprovisioning: 0,
  throttle: 5_000,
  throttleMax: 15 * 60_000,
  target: 0,
  trafficShift: 0,
  hook: 0,
  alarmBake: 0,
  placementRetry: 5_000,
  cluster: 0,
  taskDefinitionDeletion: 0,
  instanceBoot: 0,
  instanceStart: 0,
  instanceStop: 0,
  instanceTermination: 0,
  spotNotice: 0,
  group: 0,
  groupLaunchRetry: 30_000,
  groupDeletion: 0,
  agent: 0,
  agentRetry: 10_000,
  trunk: 0,
  agentUpdate: 0,
  attachments: 0,
  managedScaling: 60_000,
  capacityWait: 30 * 60_000,
  scalingPoll: 1_000,
  retention: HOUR,
};

export function timingsOf(option: 'realistic' | 'instant' | Partial<Timings>): Timings {
  if (option === 'realistic') return REALISTIC;
  if (option === 'instant') return INSTANT;
  return { ...REALISTIC, ...option };
}
