import { clusterNames } from '../../../../src/kinds/cluster/names.ts';
import { commonCases, dottedCase, many, type RuleCase, type SchemaCase, strategyCases } from './shared.ts';

const cluster = (fields: object = {}): object => fields;
const gpu = { name: 'gpu' };
const shared = { name: 'gpu', namespace: 'platform' };
const strategyOf = (item: object): object => ({ defaultCapacityProviderStrategy: [item] });

export const clusterCases: readonly RuleCase[] = [
  ...commonCases(clusterNames, cluster, 'clusterName'),
  dottedCase(clusterNames, cluster, 'clusterName'),
  ...strategyCases(clusterNames, cluster, 'defaultCapacityProviderStrategy'),
  {
    names: clusterNames,
    says: 'names a capacity provider that is not in spec.capacityProviders',
    accepted: [
      { spec: { capacityProviders: ['gpu'], defaultCapacityProviderStrategy: [{ capacityProvider: 'gpu' }] } },
      { spec: { defaultCapacityProviderStrategy: [{ capacityProvider: 'gpu' }] } },
      {
        spec: { capacityProviders: ['cpu'], capacityProviderRefs: [gpu], ...strategyOf({ capacityProviderRef: gpu }) },
      },
    ],
    refused: [
      { spec: { capacityProviders: ['gpu'], defaultCapacityProviderStrategy: [{ capacityProvider: 'cpu' }] } },
      { spec: { capacityProviderRefs: [gpu], ...strategyOf({ capacityProvider: 'cpu' }) } },
    ],
  },
  {
    names: clusterNames,
    says: 'spec.capacityProviderRefs names an ECSCapacityProvider twice',
    accepted: [{ spec: { capacityProviderRefs: [gpu, shared, { name: 'cpu' }] } }],
    refused: [
      { spec: { capacityProviderRefs: [gpu, gpu] } },
      { spec: { capacityProviderRefs: [shared, gpu, shared] } },
    ],
  },
  {
    names: clusterNames,
    says: 'refers to an ECSCapacityProvider that is not in spec.capacityProviderRefs',
    accepted: [
      { spec: { capacityProviderRefs: [{ name: 'cpu' }, gpu], ...strategyOf({ capacityProviderRef: gpu }) } },
      { spec: { capacityProviderRefs: [shared], ...strategyOf({ capacityProviderRef: shared }) } },
      { spec: { capacityProviderRefs: [gpu] } },
    ],
    refused: [
      { spec: strategyOf({ capacityProviderRef: gpu }) },
      { spec: { capacityProviderRefs: [{ name: 'cpu' }], ...strategyOf({ capacityProviderRef: gpu }) } },
      { spec: { capacityProviderRefs: [gpu], ...strategyOf({ capacityProviderRef: shared }) } },
      { spec: { capacityProviderRefs: [shared], ...strategyOf({ capacityProviderRef: gpu }) } },
    ],
  },
];

export const clusterSchemaCases: readonly SchemaCase[] = [
  { names: clusterNames, spec: { clusterName: 'no.dots' }, says: 'spec.clusterName' },
  { names: clusterNames, spec: { deletionPolicy: 'Keep' }, says: 'spec.deletionPolicy: Unsupported value' },
  { names: clusterNames, spec: { clusterNam: 'typo' }, says: 'unknown field "spec.clusterNam"' },
  { names: clusterNames, spec: { clientToken: 'x' }, says: 'unknown field "spec.clientToken"' },
  { names: clusterNames, spec: { region: 'Ireland' }, says: 'spec.region' },
  { names: clusterNames, spec: { allowedNamespaces: ['Shop'] }, says: 'spec.allowedNamespaces[0]' },
  { names: clusterNames, spec: { tags: many(46, (key) => ({ key })) }, says: 'spec.tags: Too many' },
  { names: clusterNames, spec: { tags: [{ key: 'a' }, { key: 'a' }] }, says: 'Duplicate value' },
  {
    names: clusterNames,
    spec: { defaultCapacityProviderStrategy: many(21, (capacityProvider) => ({ capacityProvider, weight: 1 })) },
    says: 'spec.defaultCapacityProviderStrategy: Too many',
  },
];
