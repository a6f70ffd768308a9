import { findGroupByArn } from '../../autoscaling/find.ts';
import type { GroupState } from '../../autoscaling/state.ts';
import type { World } from '../../world.ts';
import type { CapacityProviderState, ContainerInstanceState } from './state.ts';

/** The Auto Scaling group of a capacity provider; it may have been deleted behind its back. */
export function groupOfProvider(world: World, provider: CapacityProviderState): GroupState | undefined {
  const arn = provider.autoScalingGroupProvider?.autoScalingGroupArn;
  return arn === undefined ? undefined : findGroupByArn(world, arn);
}

/** The container instance that the EC2 instance is now, in any cluster. */
export function containerInstanceOf(world: World, ec2InstanceId: string): ContainerInstanceState | undefined {
  return world.ecs.containerInstances.get(ec2InstanceId);
}
