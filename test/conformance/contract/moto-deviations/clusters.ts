import { type Deviation, GUIDE, RECORDED, REFERENCE } from './deviation.ts';

export const CLUSTERS: readonly Deviation[] = [
  {
    id: 'inactive-cluster-is-usable',
    operation: 'DeleteCluster',
    motoDoes: 'A deleted cluster is still listed, can be deleted again and takes services.',
    awsDoes: 'An INACTIVE cluster is not listed, and every use of it is a ClusterNotFoundException.',
    source: GUIDE,
    rows: { 'to not include': 'CLU-02b', 'accepted, and not refused': 'CLU-02d CLU-02e' },
  },
  {
    id: 'cluster-deleted-with-contents',
    operation: 'DeleteCluster',
    motoDoes: 'A cluster is deleted whatever is in it.',
    awsDoes:
      'Services, tasks and container instances keep a cluster from being deleted, each with an error of its own.',
    source: GUIDE,
    rows: { 'accepted, and not refused': 'CLU-10 CLU-10b CLU-10c' },
  },
  {
    id: 'cluster-not-checked',
    operation: 'CreateCluster',
    motoDoes: 'Names, settings, capacity providers and default strategy are not checked.',
    awsDoes: 'Each is checked and refused with InvalidParameterException.',
    source: GUIDE,
    rows: { 'accepted, and not refused': 'CLU-06c CLU-16d CLU-16e SET-05 SET-05b' },
  },
  {
    id: 'no-update-cluster-settings',
    operation: 'UpdateClusterSettings',
    motoDoes: 'The operation is not implemented.',
    awsDoes: 'It changes the settings.',
    source: REFERENCE,
    rows: { "Unexpected token '<'": 'CLU-07' },
  },
  {
    id: 'no-namespace',
    operation: 'CreateCluster',
    motoDoes: 'The default namespace of Service Connect comes back as it was given.',
    awsDoes: 'A name comes back as the ARN of the namespace that ECS makes of it.',
    source: REFERENCE,
    rows: { "expected 'internal' to match /^arn:aws:servicediscovery:[a-z0-9-…/ns-": 'CLU-11' },
  },
  {
    id: 'no-cluster-counts',
    operation: 'DescribeClusters',
    motoDoes: 'Counts stay 0 and there are no statistics.',
    awsDoes: 'Services and tasks are counted.',
    source: REFERENCE,
    rows: {
      'expected { …(8) } to match object { activeServicesCount: 1, …(2) }': 'CLU-15b',
      'undefined is not iterable (cannot read property Symbol(Symbol.iterator))': 'CLU-15c',
    },
  },
  {
    id: 'strategy-as-given',
    operation: 'CreateCluster',
    motoDoes: 'Capacity providers keep their order, and a base that was not given is left out.',
    awsDoes: 'Providers come back sorted, and base is 0.',
    source: RECORDED,
    rows: {
      "expected [ 'FARGATE_SPOT', 'FARGATE' ] to deeply equal [ 'FARGATE', 'FARGATE_SPOT' ]": 'CLU-16b',
      'expected [ { …(2) }, { …(3) } ] to deeply equal [ { …(3) }, { …(3) } ]': 'CLU-16c',
    },
  },
  {
    id: 'create-cluster-overwrites',
    operation: 'CreateCluster',
    motoDoes: 'Creating a cluster again replaces it.',
    awsDoes: 'It answers with the cluster that is there.',
    source: REFERENCE,
    rows: { 'expected { …(8) } to match object { …(2) }': 'API.CreateCluster' },
  },
  {
    id: 'include-ignored',
    operation: 'DescribeClusters',
    motoDoes: 'Settings come without being asked for.',
    awsDoes: 'Settings, tags, configuration and statistics come only when `include` names them.',
    source: REFERENCE,
    rows: { 'expected { …(9) } to match object { settings: [], tags: [], …(1) }': 'API.DescribeClusters' },
  },
  {
    id: 'list-clusters-unpaged',
    operation: 'ListClusters',
    motoDoes: 'maxResults and nextToken are ignored.',
    awsDoes: "Both are honored, and a token that is not ECS's own is refused.",
    source: REFERENCE,
    rows: {
      'expected [ …(3) ] to have a length of 2 but got 3': 'API.ListClusters',
      'accepted, and not refused': 'API.nextToken',
    },
  },
];
