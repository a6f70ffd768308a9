import type { ResourceNames } from '../../kube/types.ts';

export const capacityProviderNames: ResourceNames = {
  group: 'ecs-operator.dev',
  version: 'v1alpha1',
  kind: 'ECSCapacityProvider',
  plural: 'ecscapacityproviders',
  singular: 'ecscapacityprovider',
  shortNames: ['ecscp'],
};
