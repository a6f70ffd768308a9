import type { ResourceNames } from '../../kube/types.ts';

export const autoScalingGroupNames: ResourceNames = {
  group: 'ecs-operator.dev',
  version: 'v1alpha1',
  kind: 'AutoScalingGroup',
  plural: 'autoscalinggroups',
  singular: 'autoscalinggroup',
  shortNames: ['asg'],
};
