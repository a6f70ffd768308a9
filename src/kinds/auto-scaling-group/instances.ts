import type { AutoScalingGroup, Instance, LifecycleState } from '@aws-sdk/client-auto-scaling';
import type { InstanceCounts } from './api.ts';
import { isOutdated, type WantedTemplate } from './template.ts';

type Part = 'pending' | 'inService' | 'standby' | 'terminating' | 'warmed';

/** Every state that AWS knows, so that a new one of the SDK does not go uncounted. An instance whose root volume is replaced comes back into service. */
const PARTS: Readonly<Record<LifecycleState, Part>> = {
  Pending: 'pending',
  'Pending:Wait': 'pending',
  'Pending:Proceed': 'pending',
  ReplacingRootVolume: 'pending',
  'ReplacingRootVolume:Wait': 'pending',
  'ReplacingRootVolume:Proceed': 'pending',
  RootVolumeReplaced: 'pending',
  InService: 'inService',
  EnteringStandby: 'standby',
  Standby: 'standby',
  Quarantined: 'standby',
  Detaching: 'terminating',
  Detached: 'terminating',
  Terminating: 'terminating',
  'Terminating:Wait': 'terminating',
  'Terminating:Proceed': 'terminating',
  'Terminating:Retained': 'terminating',
  Terminated: 'terminating',
  'Warmed:Pending': 'warmed',
  'Warmed:Pending:Wait': 'warmed',
  'Warmed:Pending:Proceed': 'warmed',
  'Warmed:Pending:Retained': 'warmed',
  'Warmed:Running': 'warmed',
  'Warmed:Stopped': 'warmed',
  'Warmed:Hibernated': 'warmed',
  'Warmed:Terminating': 'terminating',
  'Warmed:Terminating:Wait': 'terminating',
  'Warmed:Terminating:Proceed': 'terminating',
  'Warmed:Terminating:Retained': 'terminating',
  'Warmed:Terminated': 'terminating',
};

function isIn(part: Part): (instance: Instance) => boolean {
  return ({ LifecycleState: state }) => state !== undefined && PARTS[state] === part;
}

function instancesIn(group: AutoScalingGroup, part: Part): readonly Instance[] {
  return (group.Instances ?? []).filter(isIn(part));
}

export function inService(group: AutoScalingGroup): readonly Instance[] {
  return instancesIn(group, 'inService');
}

/** In service, and not of the template version that is wanted. */
export function outdatedInstances(group: AutoScalingGroup, wanted: WantedTemplate): readonly Instance[] {
  return inService(group).filter((instance) => isOutdated(instance, wanted));
}

/** Whether a refresh has anything to replace: instances that serve or are to serve, or ones that are kept warm. */
export function hasInstances(group: AutoScalingGroup): boolean {
  const parts: readonly Part[] = ['pending', 'inService', 'standby', 'warmed'];
  return parts.some((part) => instancesIn(group, part).length > 0) || (group.WarmPoolSize ?? 0) > 0;
}

/** In the unit of `DesiredCapacity`: instances, unless the group gives them weights or counts vCPUs or memory. */
export function capacityInService(group: AutoScalingGroup): number {
  return inService(group).reduce((sum, { WeightedCapacity }) => sum + Number(WeightedCapacity ?? 1), 0);
}

/** True while the group has less in service than it is to have. Instances that are launched, warmed or terminated do not count. */
export function lacksInstances(group: AutoScalingGroup): boolean {
  return capacityInService(group) < (group.DesiredCapacity ?? 0);
}

export function instanceCounts(group: AutoScalingGroup, wanted: WantedTemplate): InstanceCounts {
  const count = (part: Part): number => instancesIn(group, part).length;
  const staying = (group.Instances ?? []).filter((instance) => !isIn('terminating')(instance));
  // AWS lists the warm pool elsewhere, and gives its size here.
  const warmed = Math.max(count('warmed'), group.WarmPoolSize ?? 0);
  return {
    total: (group.Instances ?? []).length - count('warmed') + warmed,
    pending: count('pending'),
    inService: count('inService'),
    terminating: count('terminating'),
    standby: count('standby'),
    warmed,
    unhealthy: staying.filter(({ HealthStatus }) => HealthStatus?.toLowerCase() === 'unhealthy').length,
    protectedFromScaleIn: staying.filter(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn === true).length,
    outdated: outdatedInstances(group, wanted).length,
  };
}
