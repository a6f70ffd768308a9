import type { ResourceNames } from '../../kube/types.ts';

export const clusterNames: ResourceNames = {
  group: 'ecs-operator.dev',
  version: 'v1alpha1',
  kind: 'ECSCluster',
  plural: 'ecsclusters',
  singular: 'ecscluster',
  shortNames: ['ecsc'],
};
