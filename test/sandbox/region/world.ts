import { Agenda } from './agenda.ts';
import { type ApplicationAutoScalingState, emptyApplicationAutoScaling } from './application-autoscaling/state.ts';
import { type AutoScalingState, emptyAutoScaling } from './autoscaling/state.ts';
import { type CloudWatchState, emptyCloudWatch } from './cloudwatch/state.ts';
import { type Ec2State, emptyEc2, type InstanceState } from './ec2/state.ts';
import { containerInstanceFollows } from './ecs/capacity/instance-life.ts';
import { capacityTaskChanged } from './ecs/capacity/task-changes.ts';
import { reconcileService, serviceTaskChanged } from './ecs/services/scheduler.ts';
import type { ServiceState } from './ecs/services/state.ts';
import { type EcsState, emptyEcs } from './ecs/state.ts';
import type { TaskChange, TaskState } from './ecs/tasks/state.ts';
import type { Timings } from './timings.ts';

/** One account in one region: everything that exists there, as plain data, and what is still to happen. */
export interface World {
  readonly account: string;
  readonly region: string;
  readonly agenda: Agenda;
  readonly timings: Timings;
  readonly ec2: Ec2State;
  readonly autoScaling: AutoScalingState;
  readonly ecs: EcsState;
  readonly cloudWatch: CloudWatchState;
  readonly applicationAutoScaling: ApplicationAutoScalingState;
  /** How the services that others build upon tell those others of a change. Nobody listens in a snapshot. */
  readonly on: Listeners;
}

/** Imports point one way: ec2 <- autoscaling <- ecs <- application-autoscaling; cloudwatch is below them all. What goes the other way is told here. */
export interface Listeners {
  /** The service scheduler; called soon after anything that concerns the service has changed. */
  readonly service: (world: World, service: ServiceState) => void;
  /** A task has changed: told to its service's scheduler and to the capacity it takes. */
  readonly task: (world: World, task: TaskState, change: TaskChange) => void;
  /** An EC2 instance has changed its state: its agent registers, disconnects or goes. */
  readonly instance: (world: World, instance: InstanceState) => void;
}

const LISTENERS: Listeners = {
  service: reconcileService,
  task: (world, task, change) => {
    capacityTaskChanged(world, task);
    serviceTaskChanged(world, task, change);
  },
  instance: containerInstanceFollows,
};

export const DEAF: Listeners = { service: () => {}, task: () => {}, instance: () => {} };

/** An empty account and region. */
export function createWorld(options: {
  readonly account: string;
  readonly region: string;
  readonly timings: Timings;
  readonly start: number;
}): World {
  return {
    account: options.account,
    region: options.region,
    agenda: new Agenda(options.start),
    timings: options.timings,
    ec2: emptyEc2(),
    autoScaling: emptyAutoScaling(),
    ecs: emptyEcs(),
    cloudWatch: emptyCloudWatch(),
    applicationAutoScaling: emptyApplicationAutoScaling(),
    on: LISTENERS,
  };
}
