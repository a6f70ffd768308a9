import { Agenda } from './agenda.ts';
import { scalingAlarm } from './application-autoscaling/scaling.ts';
import { type ApplicationAutoScalingState, emptyApplicationAutoScaling } from './application-autoscaling/state.ts';
import { memberFollows } from './autoscaling/members.ts';
import { reconcileGroup } from './autoscaling/reconcile.ts';
import { refreshAlarmChanged } from './autoscaling/refresh/alarms.ts';
import { type AutoScalingState, emptyAutoScaling, type GroupState, type MemberState } from './autoscaling/state.ts';
import { type AlarmState, type CloudWatchState, emptyCloudWatch } from './cloudwatch/state.ts';
import { type Ec2State, emptyEc2, type InstanceState } from './ec2/state.ts';
import { containerInstanceFollows } from './ecs/capacity/instance-life.ts';
import { memberDrains } from './ecs/capacity/scaling/managed-draining.ts';
import { capacityTaskChanged } from './ecs/capacity/task-changes.ts';
import { deploymentAlarmChanged } from './ecs/services/alarm-changes.ts';
import { reconcileService, serviceTaskChanged } from './ecs/services/scheduler.ts';
import type { ServiceState } from './ecs/services/state.ts';
import { type EcsState, emptyEcs } from './ecs/state.ts';
import type { TaskChange, TaskState } from './ecs/tasks/state.ts';
import type { IamState } from './iam.ts';
import type { Timings } from './timings.ts';

/** One account in one region: everything that exists there, as plain data, and what is still to happen. */
export interface World {
  readonly account: string;
  readonly region: string;
  readonly agenda: Agenda;
  readonly timings: Timings;
  /** The same in all worlds of a region: whoever is known is known everywhere. */
  readonly iam: IamState;
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
  /** An EC2 instance has changed its state, or has notice of a Spot interruption: its group replaces it; its agent registers, disconnects or goes. */
  readonly instance: (world: World, instance: InstanceState) => void;
  /** Auto Scaling itself; called soon after anything that concerns the group has changed. */
  readonly group: (world: World, group: GroupState) => void;
  /** An instance of an Auto Scaling group is in another lifecycle state, such as `Terminating:Wait`, where ECS drains it. */
  readonly member: (world: World, member: MemberState) => void;
  /** A CloudWatch alarm has changed its state, or is still in ALARM after another period: deployments and scaling policies watch them. */
  readonly alarm: (world: World, name: string, state: AlarmState) => void;
}

const LISTENERS: Listeners = {
  service: reconcileService,
  task: (world, task, change) => {
    capacityTaskChanged(world, task);
    serviceTaskChanged(world, task, change);
  },
  instance: (world, instance) => {
    memberFollows(world, instance);
    containerInstanceFollows(world, instance);
  },
  group: reconcileGroup,
  member: memberDrains,
  alarm: (world, name, state) => {
    refreshAlarmChanged(world, name);
    deploymentAlarmChanged(world, name);
    scalingAlarm(world, name, state);
  },
};

export const DEAF: Listeners = {
  service: () => {},
  task: () => {},
  instance: () => {},
  group: () => {},
  member: () => {},
  alarm: () => {},
};

/** An empty account and region. */
export function createWorld(options: {
  readonly account: string;
  readonly region: string;
  readonly timings: Timings;
  readonly iam: IamState;
  readonly start: number;
}): World {
  return {
    account: options.account,
    region: options.region,
    agenda: new Agenda(options.start),
    timings: options.timings,
    iam: options.iam,
    ec2: emptyEc2(),
    autoScaling: emptyAutoScaling(),
    ecs: emptyEcs(),
    cloudWatch: emptyCloudWatch(),
    applicationAutoScaling: emptyApplicationAutoScaling(),
    on: LISTENERS,
  };
}
