import { stamp } from '../../../autoscaling/activities.ts';
import { activeMembers } from '../../../autoscaling/find.ts';
import { groupChanged } from '../../../autoscaling/group-changed.ts';
import { candidatesOf } from '../../../autoscaling/source.ts';
import type { GroupState } from '../../../autoscaling/state.ts';
import { publishMetric } from '../../../cloudwatch/metrics.ts';
import { instanceType } from '../../../ec2/instance-types.ts';
import { AwsError } from '../../../errors.ts';
import type { World } from '../../../world.ts';
import type { ClusterState } from '../../clusters/state.ts';
import { containerInstanceOf, groupOfProvider } from '../groups.ts';
import { resourcesOf } from '../instances/registration.ts';
import { type Demand, demandOf } from '../placement/demand.ts';
import { AGENT_PORTS } from '../placement/remaining.ts';
import { isManaged } from '../providers/managed.ts';
import type { CapacityProviderState, ClusterAttachmentState } from '../state.ts';
import { giveUpWaiting, isWaiting } from '../waiting.ts';
import { isEmpty, updateProtection } from './instance-tasks.ts';
import { reservationMetric } from './metric.ts';
import { instancesNeeded, type WaitingTask } from './needed.ts';
import { type Capacity, hasSurplus, reservationOf, scaledIn, scaledOut } from './reservation.ts';

/** Minutes below the target before instances go (CAS-08). */
const SCALE_IN_PERIODS = 15;

/** Looks at the provider every minute, for as long as the cluster has it (CAS-02). */
export function keepScaling(world: World, cluster: ClusterState, attachment: ClusterAttachmentState): void {
  world.agenda.after(world.timings.managedScaling, () => {
    if (!cluster.attachments.includes(attachment)) return;
    const provider = world.ecs.capacityProviders.get(attachment.provider);
    const group = provider === undefined ? undefined : groupOfProvider(world, provider);
    if (provider !== undefined && group !== undefined && isManaged(provider)) {
      look(world, cluster, attachment, { provider, group });
    }
    keepScaling(world, cluster, attachment);
  });
}

interface Managed {
  readonly provider: CapacityProviderState;
  readonly group: GroupState;
}

function look(world: World, cluster: ClusterState, attachment: ClusterAttachmentState, managed: Managed): void {
  const { provider, group } = managed;
  giveUpWaiting(world, cluster, provider.name);
  const capacity = capacityOf(world, cluster, managed);
  publishMetric(world, { ...reservationMetric(cluster.name, provider.name), value: reservationOf(capacity) });
  // CP-08, ERR-10: without its tag ECS may not touch the group.
  if (!group.tags.has('AmazonECSManaged') || group.status !== undefined) return;
  for (const instance of cluster.containerInstances.values()) updateProtection(world, instance);
  const settings = settingsOf(provider);
  const limits = { desired: group.desiredCapacity, minimum: group.minSize, maximum: group.maxSize };
  // CAS-09: whatever asks for more ends the wait for fewer.
  attachment.belowTarget = capacity.missing === 0 && hasSurplus(capacity, settings) ? attachment.belowTarget + 1 : 0;
  if (world.agenda.now >= attachment.warmUntil) {
    const more = scaledOut(capacity, settings, limits);
    if (more > limits.desired) {
      attachment.warmUntil = world.agenda.now + settings.instanceWarmupPeriod * 1_000;
      setDesired(world, group, attachment, more);
      return;
    }
  }
  if (attachment.belowTarget >= SCALE_IN_PERIODS)
    setDesired(world, group, attachment, scaledIn(capacity, settings, limits));
}

function setDesired(world: World, group: GroupState, attachment: ClusterAttachmentState, desired: number): void {
  if (desired === group.desiredCapacity) return;
  const side = desired > group.desiredCapacity ? 'High' : 'Low';
  const alarm = group.policies.get(attachment.name)?.alarms.find((name) => name.includes(`-Alarm${side}-`));
  group.cause =
    `At ${stamp(world.agenda.date)} a monitor alarm ${alarm} in state ALARM triggered policy ${attachment.name} ` +
    `changing the desired capacity from ${group.desiredCapacity} to ${desired}.`;
  group.desiredCapacity = desired;
  groupChanged(world, group);
}

function capacityOf(world: World, cluster: ClusterState, { provider, group }: Managed): Capacity {
  const active = activeMembers(group);
  const instances = active.map(({ instance }) => containerInstanceOf(world, instance.id));
  const starting = instances.filter((instance) => instance === undefined).length;
  const wanted = instancesNeeded(waitingTasks(cluster, provider), smallestInstance(world, group));
  return {
    running: active.length,
    empty: instances.filter((instance) => instance !== undefined && isEmpty(instance)).length,
    missing: Math.max(0, wanted - starting),
  };
}

function waitingTasks(cluster: ClusterState, provider: CapacityProviderState): WaitingTask[] {
  return [...cluster.tasks.values()]
    .filter((task) => isWaiting(task) && task.capacityProvider === provider.name)
    .map((task) => {
      const constraints = task.service?.settings.placementConstraints ?? task.placement.constraints;
      const apart = constraints.some(({ type }) => type === 'distinctInstance') ? task.group : undefined;
      return { demand: demandOf(task.taskDefinition, task.overrides), apart };
    });
}

/** What the smallest instance of the group will have (CAS-12). Nothing if its launch template is gone. */
function smallestInstance(world: World, group: GroupState): Demand {
  const sizes = launchable(world, group)
    .map((name) => instanceType(name))
    .flatMap((type) => (type === undefined ? [] : [resourcesOf(type)]))
    .toSorted((a, b) => a.cpu - b.cpu || a.memory - b.memory);
  return { ...(sizes[0] ?? { cpu: 0, memory: 0, gpus: 0, enis: 0 }), ports: AGENT_PORTS };
}

function launchable(world: World, group: GroupState): string[] {
  try {
    return candidatesOf(world, group.launch).map(({ data }) => data.InstanceType ?? '');
  } catch (error) {
    if (error instanceof AwsError) return [];
    throw error;
  }
}

function settingsOf(provider: CapacityProviderState) {
  const scaling = provider.autoScalingGroupProvider?.managedScaling;
  return {
    targetCapacity: scaling?.targetCapacity ?? 100,
    minimumScalingStepSize: scaling?.minimumScalingStepSize ?? 1,
    maximumScalingStepSize: scaling?.maximumScalingStepSize ?? 10_000,
    instanceWarmupPeriod: scaling?.instanceWarmupPeriod ?? 300,
  };
}
