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

/** Two references in CEL, which compares no objects of unlike places, and has `namespace` for a word of its own. */
function same(one: string, other: string): string {
  const [a, b] = [`${one}.__namespace__`, `${other}.__namespace__`];
  return `${one}.name == ${other}.name && has(${a}) == has(${b}) && (!has(${a}) || ${a} == ${b})`;
}

export const rules: KindRules = {
  names: clusterNames,
  description: 'An Amazon ECS cluster. The fields of spec are those of CreateCluster.',
  spec: 'ECSClusterSpec',
  status: 'ECSClusterStatus',
  request: { type: 'CreateClusterRequest', nameField: 'clusterName' },
  overlays: {
    // CLU-08: the name cannot change.
    Object: cel(...nameRules('ECSCluster', 'clusterName', 'cluster')),
    Spec: cel(
      regionRule,
      {
        // CPS-03; without either list the providers of the cluster are not this object's business.
        rule: '!has(self.defaultCapacityProviderStrategy) || !(has(self.capacityProviders) || has(self.capacityProviderRefs)) || self.defaultCapacityProviderStrategy.all(i, !has(i.capacityProvider) || (has(self.capacityProviders) && i.capacityProvider in self.capacityProviders))',
        message:
          'spec.defaultCapacityProviderStrategy names a capacity provider that is not in spec.capacityProviders: add it there',
      },
      {
        // CPS-03
        rule: `!has(self.defaultCapacityProviderStrategy) || self.defaultCapacityProviderStrategy.all(i, !has(i.capacityProviderRef) || (has(self.capacityProviderRefs) && self.capacityProviderRefs.exists(r, ${same('r', 'i.capacityProviderRef')})))`,
        message:
          'spec.defaultCapacityProviderStrategy refers to an ECSCapacityProvider that is not in spec.capacityProviderRefs: add it there, written in the same way',
      },
    ),
    'Spec.clusterName': { ...awsName, description: 'The name in AWS. The default is metadata.name.' },
    'Spec.tags': tags,
    'Spec.settings': { ...mapList('name'), maxItems: 20 },
    'Spec.capacityProviders': {
      description: 'Capacity providers of the cluster, by name; FARGATE and FARGATE_SPOT exist in every account.',
      maxItems: 100,
      items: { maxLength: 255 },
    },
    'Spec.capacityProviderRefs': {
      description: 'The ECSCapacityProvider objects of the cluster, beside what capacityProviders names.',
      maxItems: 100,
      // Not a set: server-side apply cannot take a set of objects.
      ...cel({
        rule: `self.all(r, self.exists_one(s, ${same('r', 's')}))`,
        message: 'spec.capacityProviderRefs names an ECSCapacityProvider twice: remove one',
      }),
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
