import type { CapacityProviderState } from '../state.ts';

/** Whether ECS scales the provider's Auto Scaling group. */
export const isManaged = (provider: CapacityProviderState): boolean =>
  provider.status === 'ACTIVE' && provider.autoScalingGroupProvider?.managedScaling?.status === 'ENABLED';

/** Whether ECS protects instances with tasks from scale-in. It needs managed scaling (CP-02). */
export const protectsInstances = (provider: CapacityProviderState): boolean =>
  isManaged(provider) && provider.autoScalingGroupProvider?.managedTerminationProtection === 'ENABLED';

/** Whether ECS drains instances that their group terminates. On by default (CP-03). */
export const drainsInstances = (provider: CapacityProviderState): boolean =>
  provider.status === 'ACTIVE' && provider.autoScalingGroupProvider?.managedDraining === 'ENABLED';
