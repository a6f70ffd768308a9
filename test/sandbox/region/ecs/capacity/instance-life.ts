import { findMember, isWarmed } from '../../autoscaling/find.ts';
import type { InstanceState } from '../../ec2/state.ts';
import type { World } from '../../world.ts';
import { accountSetting } from '../account/settings.ts';
import { containerInstanceOf } from './groups.ts';
import { capacityChanged } from './instances/changes.ts';
import { deregister, stopTasksOn } from './instances/deregistration.ts';
import { drainInstance } from './instances/draining.ts';
import { register, registrationOf } from './instances/registration.ts';
import { agentConfig } from './instances/user-data.ts';
import { drainsInstances } from './providers/managed.ts';
import type { ContainerInstanceState } from './state.ts';

/** The container instance of an EC2 instance: its agent registers once it runs and is gone with it. */
export function containerInstanceFollows(world: World, instance: InstanceState): void {
  switch (instance.state) {
    case 'pending':
      return;
    case 'running':
      if (instance.interruptedAt === undefined) startAgent(world, instance);
      else interrupted(world, instance);
      return;
    case 'stopping':
    case 'stopped':
      hostStopped(world, instance);
      return;
    case 'shutting-down':
    case 'terminated':
      hostTerminated(world, instance);
  }
}

/** Connects or disconnects the agent of an instance, as a test or a broken network does. */
export function setAgent(world: World, ec2InstanceId: string, connected: boolean): boolean {
  const found = containerInstanceOf(world, ec2InstanceId);
  if (found === undefined) return false;
  if (found.agentConnected === connected) return true;
  found.agentConnected = connected;
  found.version += 1;
  capacityChanged(world, found.cluster);
  return true;
}

function startAgent(world: World, instance: InstanceState): void {
  world.agenda.after(world.timings.agent, () => {
    if (instance.state === 'running' && !setAgent(world, instance.id, true)) registerAgent(world, instance);
  });
}

/** The agent tries again until its cluster is there (INS-03). In a warm pool it waits until it is taken into service, if it was told to look (CP-12). */
function registerAgent(world: World, instance: InstanceState): void {
  const config = agentConfig(instance.userData);
  if (config === undefined) return;
  const cluster = world.ecs.clusters.get(config.cluster);
  const warming = config.warmPoolsCheck && isWarmed(findMember(world, instance.id)?.lifecycleState ?? '');
  if (cluster === undefined || cluster.status === 'INACTIVE' || warming) {
    world.agenda.after(world.timings.agentRetry, () => {
      if (instance.state === 'running') registerAgent(world, instance);
    });
    return;
  }
  const trunking = accountSetting(world, 'awsvpcTrunking') === 'enabled';
  const registered = register(world, cluster, registrationOf(world, cluster, instance, config, trunking));
  if (registered.attributes.has('ecs.awsvpc-trunk-id')) provisionTrunk(world, registered, instance.subnetId);
  else capacityChanged(world, cluster);
}

/** Only a trunk interface takes its time, and can fail (section 4 of part 2): in a shared subnet, here one of that name (TR-05). */
function provisionTrunk(world: World, registered: ContainerInstanceState, subnetId: string): void {
  registered.status = 'REGISTERING';
  world.agenda.after(world.timings.trunk, () => {
    if (registered.status !== 'REGISTERING') return;
    const failed = subnetId.startsWith('subnet-shared-');
    registered.status = failed ? 'REGISTRATION_FAILED' : 'ACTIVE';
    registered.statusReason = failed ? 'ENI trunking is not supported in shared subnets.' : undefined;
    registered.version += 1;
    capacityChanged(world, registered.cluster);
  });
}

/** Stays ACTIVE, without an agent; its tasks stop. */
function hostStopped(world: World, instance: InstanceState): void {
  const found = containerInstanceOf(world, instance.id);
  if (found === undefined) return;
  setAgent(world, instance.id, false);
  stopTasksOn(world, found, 'TerminationNotice', `Host EC2 (instance ${instance.id}) stopped.`);
}

/** A connected agent deregisters itself. Without one the container instance stays until somebody deregisters it (DE-01). */
function hostTerminated(world: World, instance: InstanceState): void {
  const found = containerInstanceOf(world, instance.id);
  if (found === undefined) return;
  const reason = `Host EC2 (instance ${instance.id}) terminated.`;
  if (found.agentConnected) deregister(world, found, 'TerminationNotice', reason);
  else stopTasksOn(world, found, 'TerminationNotice', reason);
}

/** Two minutes' notice: the agent drains if it was told to (INS-11), ECS does if managed draining is on (MD-02). */
function interrupted(world: World, instance: InstanceState): void {
  const found = containerInstanceOf(world, instance.id);
  if (found === undefined) return;
  if (agentConfig(instance.userData)?.spotDraining === true || isDrained(world, found)) drainInstance(world, found);
}

function isDrained(world: World, { capacityProvider }: ContainerInstanceState): boolean {
  const provider = capacityProvider === undefined ? undefined : world.ecs.capacityProviders.get(capacityProvider);
  return provider !== undefined && drainsInstances(provider);
}
