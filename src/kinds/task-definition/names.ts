import type { ResourceNames } from '../../kube/types.ts';

export const taskDefinitionNames: ResourceNames = {
  group: 'ecs-operator.dev',
  version: 'v1alpha1',
  kind: 'ECSTaskDefinition',
  plural: 'ecstaskdefinitions',
  singular: 'ecstaskdefinition',
  shortNames: ['ecstd'],
};
