import { objectTag, ownerTag } from '../aws/ownership.ts';
import {
  actionsOf,
  bornOwned,
  both,
  type Conditions,
  ecsResources,
  type Grant,
  inOwnClusters,
  inRegion,
  owned,
  passRole,
  serviceLinkedRole,
} from './iam-grants.ts';

const ecsGuide = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide';

/** Tags may go from what is owned, but not the tags that say so. */
export const keepsOwnerTags: Conditions = both(owned, {
  'ForAllValues:StringNotEquals': { 'aws:TagKeys': [ownerTag, objectTag] },
});

const resources = ecsResources('cluster/*', 'service/*', 'task-definition/*');

const reads: readonly Grant[] = [
  {
    sid: 'ReadEcs',
    actions: actionsOf(
      'ecs',
      'DescribeClusters',
      'DescribeServiceDeployments',
      'DescribeServiceRevisions',
      'DescribeServices',
      'ListServiceDeployments',
    ),
    resources: ecsResources('*'),
    why: 'What is there is looked at before anything is done. Also what other owners have: a name may be taken.',
  },
  {
    sid: 'ReadTaskDefinitions',
    actions: actionsOf('ecs', 'DescribeTaskDefinition', 'ListTaskDefinitionFamilies', 'ListTaskDefinitions'),
    resources: ['*'],
    condition: inRegion,
    why: 'AWS has no resource types for these actions.',
  },
  {
    sid: 'ListInClusters',
    actions: actionsOf('ecs', 'ListServices'),
    resources: ['*'],
    condition: inOwnClusters,
    why: 'AWS takes the cluster only as a condition.',
  },
];

const changes: readonly Grant[] = [
  {
    sid: 'CreateOwned',
    actions: actionsOf('ecs', 'CreateCluster', 'CreateService', 'RegisterTaskDefinition'),
    resources,
    condition: bornOwned,
    why: 'Nothing can be made that is not tagged as owned.',
  },
  {
    sid: 'TagWhatIsCreated',
    actions: actionsOf('ecs', 'TagResource'),
    resources,
    condition: both(bornOwned, {
      StringEquals: { 'ecs:CreateAction': ['CreateCluster', 'CreateService', 'RegisterTaskDefinition'] },
    }),
    why: 'Tags in a request that creates need the right to tag as well.',
  },
  {
    sid: 'ChangeOwned',
    actions: actionsOf(
      'ecs',
      'DeleteCluster',
      'DeleteService',
      'PutClusterCapacityProviders',
      'TagResource',
      'UpdateCluster',
      'UpdateService',
    ),
    resources,
    condition: owned,
    why: 'What carries no owner tag cannot be changed or deleted.',
  },
  {
    sid: 'UntagOwned',
    actions: actionsOf('ecs', 'UntagResource'),
    resources,
    condition: keepsOwnerTags,
    why: 'The ownership tags themselves cannot be taken away.',
  },
  {
    sid: 'DeregisterTaskDefinitions',
    actions: actionsOf('ecs', 'DeregisterTaskDefinition'),
    resources: ['*'],
    condition: inRegion,
    why: 'AWS has no resource type and no tag condition for it. The operator deregisters only revisions that it registered.',
  },
];

const dependent: readonly Grant[] = [
  passRole(
    'PassTaskRoles',
    'TASK_ROLES',
    'ecs-tasks.amazonaws.com',
    'taskRoleArn and executionRoleArn of a task definition. Whoever may write an ECSTaskDefinition can run containers with any of these roles.',
    `${ecsGuide}/task-iam-roles.html`,
    'ecs:RegisterTaskDefinition',
  ),
  passRole(
    'PassRolesToEcs',
    'INFRASTRUCTURE_ROLES',
    'ecs.amazonaws.com',
    'Roles that a service gives to ECS: volumes, load balancers, VPC Lattice, lifecycle hooks. Leave it out if no spec names one.',
    `${ecsGuide}/infrastructure_IAM_role.html`,
    'ecs:CreateService, ecs:UpdateService',
  ),
  serviceLinkedRole(
    'FirstUseOfEcs',
    'ecs.amazonaws.com',
    `${ecsGuide}/using-service-linked-roles.html`,
    'ecs:CreateCluster, ecs:CreateService',
  ),
];

/** Clusters, task definitions and services: all that an installation on Fargate needs. */
export const core: readonly Grant[] = [...reads, ...changes, ...dependent];
