import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { CapacityProvider } from '@aws-sdk/client-ecs';
import { isBeingDeleted, isSuspended } from '../shared/auto-scaling-group.ts';
import { failureOfNewestLaunch } from '../shared/launches.ts';
import { ECS_MANAGED_TAG } from '../shared/managed-by-ecs.ts';
import { describedSize } from './placement.ts';
import type { ProviderSituation } from './providers.ts';

/** Why the provider has no more instances although tasks wait for some; undefined when none wait, or some are on their way. */
export function notScaling(situation: ProviderSituation): string | undefined {
  const { provider, group, waiting, tooLarge } = situation;
  if (waiting.length + tooLarge.length === 0) return undefined;
  return (
    providerObstacle(provider) ?? groupObstacle(provider, group) ?? sizeObstacle(situation) ?? launchObstacle(situation)
  );
}

function providerObstacle(provider: CapacityProvider | undefined): string | undefined {
  if (provider === undefined) return 'the capacity provider does not exist any more';
  if (provider.updateStatus?.endsWith('FAILED')) {
    return `the last change of the capacity provider failed: ${provider.updateStatusReason ?? provider.updateStatus}`;
  }
  const scaling = provider.autoScalingGroupProvider?.managedScaling?.status;
  if (provider.autoScalingGroupProvider !== undefined && scaling !== 'ENABLED') {
    return 'managed scaling is DISABLED: set the desired capacity of the group, or managedScaling.status of the capacity provider';
  }
  return undefined;
}

function groupObstacle(
  provider: CapacityProvider | undefined,
  group: AutoScalingGroup | undefined,
): string | undefined {
  if (provider?.autoScalingGroupProvider === undefined) return undefined;
  if (group === undefined) return 'the Auto Scaling group does not exist any more';
  if (isBeingDeleted(group)) return 'the Auto Scaling group is being deleted';
  if (isSuspended(group, 'Launch')) {
    return 'the process Launch of the Auto Scaling group is suspended: resume it';
  }
  // CP-08: ECS may move only groups that carry its tag.
  if (!group.Tags?.some(({ Key }) => Key === ECS_MANAGED_TAG)) {
    return `the Auto Scaling group has lost its tag ${ECS_MANAGED_TAG}, without which ECS may not scale it: add it`;
  }
  return undefined;
}

function sizeObstacle({ waiting, sizes }: ProviderSituation): string | undefined {
  if (waiting.length > 0 || sizes === undefined) return undefined;
  return `all waiting tasks are too large for the smallest instance of the group, ${describedSize(sizes.smallest)}`;
}

function launchObstacle(situation: ProviderSituation): string | undefined {
  const { starting, unregistered, group } = situation;
  if (starting > 0) return undefined;
  const failed = failedLaunch(situation);
  if (failed !== undefined) return `the newest launch failed: ${failed}`;
  if (unregistered > 0) {
    return `instances in service that have not registered in this cluster: ${unregistered}; check their user data, instance profile and network path to ECS`;
  }
  return isAtMaximum(situation) ? `the group is at its maximum of ${group?.MaxSize}` : undefined;
}

/** What AWS says of the newest launch if that came to nothing, as long as instances are missing because of it. */
export function failedLaunch({
  activities,
  group,
  active,
}: Pick<ProviderSituation, 'activities' | 'group' | 'active'>): string | undefined {
  return active >= (group?.DesiredCapacity ?? 0) ? undefined : failureOfNewestLaunch(activities);
}

/** All instances that the group may have are there and at work. */
export function isAtMaximum({
  group,
  active,
  starting,
  unregistered,
}: Pick<ProviderSituation, 'group' | 'active' | 'starting' | 'unregistered'>): boolean {
  if (group?.MaxSize === undefined || starting + unregistered > 0) return false;
  return (group.DesiredCapacity ?? 0) >= group.MaxSize && active >= group.MaxSize;
}
