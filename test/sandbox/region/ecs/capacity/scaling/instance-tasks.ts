import { findMember } from '../../../autoscaling/find.ts';
import { groupChanged } from '../../../autoscaling/group-changed.ts';
import type { World } from '../../../world.ts';
import { protectsInstances } from '../providers/managed.ts';
import type { ContainerInstanceState } from '../state.ts';
import { completeDraining } from './managed-draining.ts';

/** No task but daemons (CAS-10). */
export function isEmpty(instance: ContainerInstanceState): boolean {
  for (const task of instance.tasks) if (task.service?.settings.schedulingStrategy !== 'DAEMON') return false;
  return true;
}

/** Managed termination protection: instances with tasks are protected from scale-in, the others are not (CP-02, CAS-11). */
export function updateProtection(world: World, instance: ContainerInstanceState): void {
  const { capacityProvider } = instance;
  const provider = capacityProvider === undefined ? undefined : world.ecs.capacityProviders.get(capacityProvider);
  if (provider === undefined || !protectsInstances(provider)) return;
  const member = findMember(world, instance.ec2InstanceId);
  const isProtected = !isEmpty(instance);
  if (member?.group.tags.has('AmazonECSManaged') !== true || member.protectedFromScaleIn === isProtected) return;
  member.protectedFromScaleIn = isProtected;
  // It may be what a scale-in has waited for.
  groupChanged(world, member.group);
}

/** A task has come to the instance, or has left it. */
export function instanceTasksChanged(world: World, instance: ContainerInstanceState): void {
  updateProtection(world, instance);
  if (instance.tasks.size === 0) completeDraining(world, instance);
}
