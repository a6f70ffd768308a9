import type { AttachInstancesQuery, DetachInstancesAnswer, DetachInstancesQuery } from '@aws-sdk/client-auto-scaling';
import type { InstanceState } from '../ec2/state.ts';
import type { World } from '../world.ts';
import { endActivity, stamp, startActivity } from './activities.ts';
import { validationError } from './errors.ts';
import { findLiveGroup, findMember, isActive } from './find.ts';
import { groupChanged } from './group-changed.ts';
import { setLifecycleState } from './members.ts';
import type { GroupState, MemberState } from './state.ts';

/** Running instances of no group become members, and the desired capacity grows with them. */
export function attachInstances(world: World, input: AttachInstancesQuery): object {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  const instances = (input.InstanceIds ?? []).map((id) => attachable(world, group, id));
  const wanted = group.desiredCapacity + instances.length;
  if (wanted > group.maxSize) {
    throw validationError(
      `AutoScalingGroup ${group.name} has max-size=${group.maxSize} and current-size=${group.desiredCapacity}. Attaching ` +
        `${instances.length} instance(s) would exceed its max-size. Please update the AutoScalingGroup sizes appropriately.`,
    );
  }
  group.desiredCapacity = wanted;
  for (const instance of instances) attach(world, group, instance);
  groupChanged(world, group);
  return {};
}

function attachable(world: World, group: GroupState, id: string): InstanceState {
  const instance = world.ec2.instances.get(id);
  if (instance === undefined) throw validationError(`Invalid Instance ID(s): [${id}] specified`);
  if (instance.state !== 'running') {
    throw validationError(`Instance ${id} is not in correct state. Instance(s) must be in 'running' state.`);
  }
  if (findMember(world, id) !== undefined)
    throw validationError(`Instance ${id} is already part of an AutoScalingGroup.`);
  if (!group.availabilityZones.includes(instance.availabilityZone)) {
    throw validationError(`Instance ${id} is not in an Availability Zone of the AutoScalingGroup.`);
  }
  return instance;
}

function attach(world: World, group: GroupState, instance: InstanceState): void {
  instance.tags.set('aws:autoscaling:groupName', group.name);
  const member: MemberState = {
    instance,
    group,
    template: undefined,
    lifecycleState: 'Pending',
    healthStatus: 'Healthy',
    protectedFromScaleIn: group.newInstancesProtectedFromScaleIn,
    inServiceAt: world.agenda.date,
    waiting: new Map(),
    activityId: undefined,
  };
  group.members.set(instance.id, member);
  report(world, member, `Attaching an existing EC2 instance: ${instance.id}`, 'was attached');
  setLifecycleState(world, member, 'InService');
}

/** The instances run on, without a group. A container instance of ECS stays registered (CP-16). */
export function detachInstances(world: World, input: DetachInstancesQuery): DetachInstancesAnswer {
  const group = findLiveGroup(world, input.AutoScalingGroupName);
  const members = (input.InstanceIds ?? []).map((id) => detachable(group, id));
  if (input.ShouldDecrementDesiredCapacity === true) {
    const wanted = group.desiredCapacity - members.length;
    if (wanted < group.minSize) {
      throw validationError(
        `AutoScalingGroup ${group.name} has min-size=${group.minSize}, max-size=${group.maxSize}, and ` +
          `desired-size=${group.desiredCapacity}. To place into standby or detach ${members.length} instance(s), please ` +
          'update the AutoScalingGroup sizes appropriately.',
      );
    }
    group.desiredCapacity = wanted;
  }
  const activities = members.map((member) => detach(world, member));
  groupChanged(world, group);
  return { Activities: group.activities.filter(({ ActivityId = '' }) => activities.includes(ActivityId)) };
}

function detachable(group: GroupState, id: string): MemberState {
  const member = group.members.get(id);
  if (member === undefined)
    throw validationError(`The instance ${id} is not part of Auto Scaling group ${group.name}.`);
  if (!isActive(member)) throw validationError(`The instance ${id} is not in InService or Standby.`);
  return member;
}

function detach(world: World, member: MemberState): string {
  member.group.members.delete(member.instance.id);
  member.instance.tags.delete('aws:autoscaling:groupName');
  member.waiting.clear();
  endActivity(world, member.group, member.activityId, { status: 'Cancelled' });
  setLifecycleState(world, member, 'Detached');
  return report(world, member, `Detaching EC2 instance: ${member.instance.id}`, 'was detached');
}

function report(world: World, member: MemberState, description: string, what: string): string {
  const { group, instance } = member;
  const id = startActivity(world, group, {
    description,
    cause: `At ${stamp(world.agenda.date)} instance ${instance.id} ${what} in response to a user request.`,
    subnet: instance.subnetId,
    zone: instance.availabilityZone,
  });
  endActivity(world, group, id, { status: 'Successful' });
  return id;
}
