import type { ResourceNames } from '../../kube/types.ts';

export const launchTemplateNames: ResourceNames = {
  group: 'ecs-operator.dev',
  version: 'v1alpha1',
  kind: 'LaunchTemplate',
  plural: 'launchtemplates',
  singular: 'launchtemplate',
  shortNames: ['lt'],
};
