import type { KindRules } from '../../generate/contract.ts';
import {
  awsName,
  capacityProviderStrategy,
  rules as cel,
  mapList,
  nameRules,
  regionRule,
  tags,
} from '../../generate/shared.ts';
import { clusterNames } from './names.ts';

export const rules: KindRules = {
  names: clusterNames,
  description: 'An Amazon ECS cluster. The fields of spec are those of CreateCluster.',
  spec: 'ECSClusterSpec',
  status: 'ECSClusterStatus',
  request: 'CreateClusterRequest',
  nameField: 'clusterName',
  overlays: {
    // CLU-08: the name cannot change.
    Object: cel(...nameRules('ECSCluster', 'clusterName', 'cluster')),
    Spec: cel(regionRule, {
      // CPS-03
      rule: '!has(self.defaultCapacityProviderStrategy) || !has(self.capacityProviders) || self.defaultCapacityProviderStrategy.all(i, i.capacityProvider in self.capacityProviders)',
      message:
        'spec.defaultCapacityProviderStrategy names a capacity provider that is not in spec.capacityProviders: add it there',
    }),
    'Spec.clusterName': { ...awsName, description: 'The name in AWS. The default is metadata.name.' },
    'Spec.tags': tags,
    'Spec.settings': { ...mapList('name'), maxItems: 20 },
    'Spec.capacityProviders': {
      description: 'Capacity providers of the cluster, by name; FARGATE and FARGATE_SPOT exist in every account.',
      maxItems: 100,
      items: { maxLength: 255 },
    },
    'Spec.defaultCapacityProviderStrategy': capacityProviderStrategy('spec.defaultCapacityProviderStrategy'),
    'Spec.serviceConnectDefaults': {
      description: 'The Cloud Map namespace of services that use Service Connect and name none.',
    },
    ClusterSetting: { required: ['name', 'value'] },
  },
  columns: [
    { name: 'Status', type: 'string', jsonPath: '.status.status' },
    { name: 'Services', type: 'integer', jsonPath: '.status.activeServicesCount' },
    { name: 'Tasks', type: 'integer', jsonPath: '.status.runningTasksCount' },
    { name: 'ARN', type: 'string', jsonPath: '.status.clusterArn', priority: 1 },
  ],
};
