import type { CapacityProvider } from '@aws-sdk/client-ecs';
import { tagList } from '../../account/tag-rules.ts';
import { arn } from '../../arn.ts';
import type { CapacityProviderState } from '../state.ts';

/** Providers that exist in every account (CLU-18). */
export const BUILT_IN_PROVIDERS: readonly string[] = ['FARGATE', 'FARGATE_SPOT'];

export function providerView(provider: CapacityProviderState, withTags: boolean): CapacityProvider {
  return {
    capacityProviderArn: provider.arn,
    name: provider.name,
    cluster: provider.cluster,
    status: provider.status,
    autoScalingGroupProvider: provider.autoScalingGroupProvider,
    managedInstancesProvider: provider.managedInstancesProvider,
    updateStatus: provider.updateStatus,
    updateStatusReason: provider.updateStatusReason,
    tags: withTags ? tagList(provider.tags) : [],
    type: provider.managedInstancesProvider === undefined ? 'EC2_AUTOSCALING' : 'MANAGED_INSTANCES',
  };
}

export function builtInView(
  place: { readonly account: string; readonly region: string },
  name: string,
): CapacityProvider {
  return {
    capacityProviderArn: arn(place, `capacity-provider/${name}`),
    name,
    status: 'ACTIVE',
    tags: [],
    type: name === 'FARGATE' ? 'FARGATE' : 'FARGATE_SPOT',
  };
}
