import { removeHook } from '../../../autoscaling/hooks.ts';
import { policyArn } from '../../../autoscaling/policies.ts';
import type { GroupState, LifecycleHookState } from '../../../autoscaling/state.ts';
import type { World } from '../../../world.ts';
import { groupOfProvider } from '../groups.ts';
import { reservationMetric } from '../scaling/metric.ts';
import type { CapacityProviderState, ClusterAttachmentState } from '../state.ts';

/** MD-04. */
export const DRAINING_HOOK = 'ecs-managed-draining-termination-hook';

/** ECS sends heartbeats, so an instance may drain for 48 hours (MD-05). */
const HEARTBEAT_TIMEOUT = 3_600;

/** Makes a policy or hook on the provider's group. `false` if the group is gone. */
export function attachToGroup(world: World, attachment: ClusterAttachmentState): boolean {
  const provider = world.ecs.capacityProviders.get(attachment.provider);
  const group = provider === undefined ? undefined : groupOfProvider(world, provider);
  if (provider === undefined || group === undefined) return false;
  markManaged(group);
  switch (attachment.type) {
    case 'as_policy':
      addPolicy(world, group, provider, attachment.name);
      break;
    case 'managed_draining':
      group.hooks.set(attachment.name, drainingHook(attachment.name));
  }
  return true;
}

/** CP-08: without this tag ECS may not touch the group, so it stays for good. One that a user has set is kept. */
export function markManaged(group: GroupState): void {
  if (!group.tags.has('AmazonECSManaged')) group.tags.set('AmazonECSManaged', { value: '', propagateAtLaunch: true });
}

export function detachFromGroup(world: World, attachment: ClusterAttachmentState): void {
  const provider = world.ecs.capacityProviders.get(attachment.provider);
  const group = provider === undefined ? undefined : groupOfProvider(world, provider);
  switch (attachment.type) {
    case 'as_policy':
      group?.policies.delete(attachment.name);
      break;
    case 'managed_draining':
      if (group !== undefined) removeHook(world, group, attachment.name);
  }
}

/** CAS-01: target tracking, with an alarm above and one below the target. ECS itself moves the desired capacity here. */
function addPolicy(world: World, group: GroupState, provider: CapacityProviderState, name: string): void {
  const id = name.replace('ECSManagedAutoScalingPolicy-', '');
  group.policies.set(name, {
    arn: policyArn(world, group, id, name),
    settings: {
      AutoScalingGroupName: group.name,
      PolicyName: name,
      PolicyType: 'TargetTrackingScaling',
      TargetTrackingConfiguration: {
        CustomizedMetricSpecification: policyMetric(world, provider.name),
        TargetValue: provider.autoScalingGroupProvider?.managedScaling?.targetCapacity ?? 100,
        DisableScaleIn: false,
      },
      Enabled: true,
    },
    alarms: ['High', 'Low'].map((side) => `TargetTracking-${group.name}-Alarm${side}-${id}`),
  });
}

function policyMetric(world: World, provider: string) {
  const cluster = [...world.ecs.clusters.values()].find(({ attachments }) =>
    attachments.some((attachment) => attachment.provider === provider),
  );
  const { namespace, name, dimensions } = reservationMetric(cluster?.name ?? '', provider);
  return {
    Namespace: namespace,
    MetricName: name,
    Dimensions: Object.entries(dimensions).map(([Name, Value]) => ({ Name, Value })),
    Statistic: 'Average' as const,
  };
}

const drainingHook = (name: string): LifecycleHookState => ({
  name,
  transition: 'autoscaling:EC2_INSTANCE_TERMINATING',
  defaultResult: 'CONTINUE',
  heartbeatTimeout: HEARTBEAT_TIMEOUT,
  notificationTargetArn: undefined,
  roleArn: undefined,
  notificationMetadata: undefined,
});
