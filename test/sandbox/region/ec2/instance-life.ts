import type { World } from '../world.ts';
import type { InstanceState, InstanceStateName } from './state.ts';

type Reason = InstanceState['stateReason'];

const USER_SHUTDOWN: Reason = {
  code: 'Client.UserInitiatedShutdown',
  message: 'Client.UserInitiatedShutdown: User initiated shutdown',
};
const SPOT_TERMINATION: Reason = {
  code: 'Server.SpotInstanceTermination',
  message: 'Server.SpotInstanceTermination: Spot instance termination',
};

/** A new instance boots. */
export function bootInstance(world: World, instance: InstanceState): void {
  world.on.instance(world, instance);
  later(world, instance, 'pending', 'running', world.timings.instanceBoot);
}

/** Allowed in any state; what is terminated already stays so. */
export function terminateInstance(world: World, instance: InstanceState, reason: Reason = USER_SHUTDOWN): void {
  if (instance.state === 'terminated' || instance.state === 'shutting-down') return;
  change(world, instance, 'shutting-down', reason);
  later(world, instance, 'shutting-down', 'terminated', world.timings.instanceTermination, () => {
    world.agenda.after(world.timings.retention, () => world.ec2.instances.delete(instance.id));
  });
}

/** Of a running instance only. */
export function stopInstance(world: World, instance: InstanceState, reason: Reason = USER_SHUTDOWN): void {
  change(world, instance, 'stopping', reason);
  later(world, instance, 'stopping', 'stopped', world.timings.instanceStop);
}

/** Of a stopped instance only. */
export function startInstance(world: World, instance: InstanceState): void {
  instance.launchTime = world.agenda.date;
  change(world, instance, 'pending', undefined);
  later(world, instance, 'pending', 'running', world.timings.instanceStart);
}

/** EC2 takes a Spot instance back, two minutes after its notice (DR-01). */
export function interruptInstance(world: World, instance: InstanceState): void {
  if (instance.interruptedAt !== undefined) return;
  instance.interruptedAt = new Date(world.agenda.now + world.timings.spotNotice);
  world.on.instance(world, instance);
  world.agenda.after(world.timings.spotNotice, () => terminateInstance(world, instance, SPOT_TERMINATION));
}

/** Whether it is gone or going. */
export function isEnding(instance: InstanceState): boolean {
  return instance.state === 'shutting-down' || instance.state === 'terminated';
}

function change(world: World, instance: InstanceState, state: InstanceStateName, reason: Reason): void {
  instance.state = state;
  instance.stateReason = reason;
  instance.stateChangedAt = world.agenda.date;
  world.on.instance(world, instance);
}

/** What ends the transition, unless something else came between. */
function later(
  world: World,
  instance: InstanceState,
  from: InstanceStateName,
  to: InstanceStateName,
  delay: number,
  then: () => void = () => {},
): void {
  world.agenda.after(delay, () => {
    if (instance.state !== from) return;
    change(world, instance, to, instance.stateReason);
    then();
  });
}
