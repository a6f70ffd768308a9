import { type Deviation, GUIDE } from './deviation.ts';

export const CAPACITY: readonly Deviation[] = [
  {
    id: 'instance-as-registered',
    operation: 'RegisterContainerInstance',
    motoDoes: 'Ids have hyphens.',
    awsDoes: 'They have 32 digits.',
    source: GUIDE,
    rows: { 'to match /:container-instance\\/clus': 'ARN-01c' },
  },
  {
    id: 'missing-instance-crashes',
    operation: 'DescribeContainerInstances',
    motoDoes: 'A missing instance is an answer of 500.',
    awsDoes: 'It is the failure MISSING.',
    source: GUIDE,
    rows: { "Unexpected token '<'": 'G4.18f' },
  },
  {
    id: 'placement-without-reason',
    operation: 'RunTask',
    motoDoes: 'A task that fits nowhere is not started, without a word.',
    awsDoes: 'There is a failure for each instance, with its reason.',
    source: GUIDE,
    rows: { 'expected [] to deeply equal [ { …(2) } ]': 'G4.18g' },
  },
  {
    id: 'deregistered-instance-active',
    operation: 'DeregisterContainerInstance',
    motoDoes: 'The answer has the instance ACTIVE.',
    awsDoes: 'It is INACTIVE.',
    source: GUIDE,
    rows: { "expected 'ACTIVE' to be 'INACTIVE'": 'DE-03 CI-03' },
  },
  {
    id: 'attributes-unused',
    operation: 'PutAttributes, ListContainerInstances, RunTask',
    motoDoes: 'Attributes are not found by the ARN they were put on; filters and constraints are ignored.',
    awsDoes: 'Each of them works.',
    source: GUIDE,
    rows: {
      "expected [] to deeply equal [ { name: 'stack', …(2) } ]": 'PL-17',
      'expected [ …(2) ] to deeply equal [ Array(1) ]': 'PL-20',
      'expected [ …(2) ] to deeply equal [ …(2) ]': 'PL-11b',
    },
  },
  {
    id: 'provider-not-checked',
    operation: 'CreateCapacityProvider',
    motoDoes: 'Names, group and protection are not checked, and managedDraining has no default.',
    awsDoes: 'They are, and it is ENABLED.',
    source: GUIDE,
    rows: {
      'accepted, and not refused': 'CP-02b CP-02c CP-01b CPS-03 API.CreateCapacityProvider',
      "expected undefined to be 'ENABLED'": 'MD-01',
    },
  },
  {
    id: 'no-fargate-providers',
    operation: 'DescribeCapacityProviders',
    motoDoes: 'FARGATE and FARGATE_SPOT do not exist.',
    awsDoes: 'They exist in every account and cannot be deleted.',
    source: GUIDE,
    rows: { "expected [] to deeply equal [ 'FARGATE ACTIVE', …(1) ]": 'CLU-18', "Unexpected token '<'": 'CLU-18b' },
  },
  {
    id: 'providers-change-at-once',
    operation: 'UpdateCapacityProvider, DeleteCapacityProvider',
    motoDoes: 'Both are done at once, also of a provider in use, and a deleted one is gone.',
    awsDoes: 'Both go on for a while, and a deleted one is INACTIVE.',
    source: GUIDE,
    rows: {
      "expected 'UPDATE_COMPLETE' to be 'UPDATE_IN_PROGRESS'": 'MD-10',
      "expected undefined to be 'DELETE_IN_PROGRESS'": 'CP-14',
      'one element was expected, and there are 0': 'CP-14b',
    },
  },
  {
    id: 'no-managed-scaling',
    operation: 'PutClusterCapacityProviders',
    motoDoes:
      'The group gets no tag and no policy, the cluster no attachments, and a provider in use can be taken away.',
    awsDoes: 'ECS makes them, and ResourceInUseException.',
    source: GUIDE,
    rows: {
      "expected [] to include 'AmazonECSManaged'": 'CP-08',
      'one element was expected, and there are 0': 'CP-07',
      "expected undefined to be 'UPDATE_COMPLETE'": 'MD-11',
      'accepted, and not refused': 'CP-14c',
    },
  },
];
