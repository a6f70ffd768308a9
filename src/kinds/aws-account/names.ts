import type { ResourceNames } from '../../kube/types.ts';

export const awsAccountNames: ResourceNames = {
  group: 'ecs-operator.dev',
  version: 'v1alpha1',
  kind: 'AWSAccount',
  plural: 'awsaccounts',
  singular: 'awsaccount',
  shortNames: ['awsacct'],
  scope: 'Cluster',
};
