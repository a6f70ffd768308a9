import type { ResourceNames } from '../../kube/types.ts';

export const serviceNames: ResourceNames = {
  group: 'ecs-operator.dev',
  version: 'v1alpha1',
  kind: 'ECSService',
  plural: 'ecsservices',
  singular: 'ecsservice',
  shortNames: ['ecssvc'],
};
