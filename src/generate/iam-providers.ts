import { keepsOwnerTags } from './iam-core.ts';
import {
  actionsOf,
  bornOwned,
  both,
  ec2Principals,
  ecsResources,
  type Grant,
  groups,
  inOwnClusters,
  inRegion,
  owned,
  passRole,
  serviceLinkedRole,
} from './iam-grants.ts';

const ecsGuide = 'https://docs.aws.amazon.com/AmazonECS/latest/developerguide';

const providers = ecsResources('capacity-provider/*');

/** Container instances and what runs on them, for the status, and for draining and deleting. */
const instanceReads: readonly Grant[] = [
  {
    sid: 'ReadProviders',
    actions: actionsOf('ecs', 'DescribeCapacityProviders'),
    resources: providers,
    why: 'Also those of other owners: a name may be taken.',
  },
  {
    sid: 'ReadContainerInstances',
    actions: actionsOf('ecs', 'DescribeContainerInstances', 'DescribeTasks', 'ListContainerInstances'),
    resources: ecsResources('cluster/*', 'container-instance/*', 'task/*'),
    why: 'What the status tells of instances, and which tasks are waited for when they drain.',
  },
  {
    sid: 'ListTasksInClusters',
    actions: actionsOf('ecs', 'ListTasks'),
    resources: ['*'],
    condition: inOwnClusters,
    why: 'AWS takes the cluster only as a condition, unless the request names an instance.',
  },
];

/** An Auto Scaling group may be anybody's: the provider names it by its ARN. */
const groupsOfProviders: readonly Grant[] = [
  {
    sid: 'ReadGroupsOfProviders',
    actions: [
      ...actionsOf('autoscaling', 'DescribeAutoScalingGroups', 'DescribeScalingActivities'),
      ...actionsOf('ec2', 'DescribeInstanceTypes', 'DescribeLaunchTemplateVersions'),
    ],
    resources: ['*'],
    condition: inRegion,
    why: 'Whether the group is there, how many tasks its instances hold, and why it does not grow. AWS has no resource types for these actions.',
  },
  {
    sid: 'EcsMarksGroups',
    actions: actionsOf('autoscaling', 'CreateOrUpdateTags'),
    resources: groups,
    condition: { 'ForAllValues:StringEquals': { 'aws:TagKeys': 'AmazonECSManaged' } },
    why: 'ECS tags the group of a capacity provider by the right of the caller, also a group that is no object here.',
    dependent: { of: 'ecs:CreateCapacityProvider', source: `${ecsGuide}/asg-capacity-providers.html` },
  },
];

const instanceChanges: readonly Grant[] = [
  {
    sid: 'DrainInstances',
    actions: actionsOf('ecs', 'UpdateContainerInstancesState'),
    resources: ecsResources('container-instance/*'),
    why: 'Instances are not tagged by the operator; the cluster is in the ARN.',
  },
  {
    sid: 'DeregisterInstances',
    actions: actionsOf('ecs', 'DeregisterContainerInstance'),
    resources: ecsResources('cluster/*'),
    why: 'Instances that are gone from EC2 are taken out of the cluster. It can be one that is no object here, so it need not be tagged.',
  },
];

const providerChanges: readonly Grant[] = [
  {
    sid: 'CreateOwnedProviders',
    actions: actionsOf('ecs', 'CreateCapacityProvider'),
    resources: providers,
    condition: bornOwned,
    why: 'Nothing can be made that is not tagged as owned.',
  },
  {
    sid: 'TagProvidersWhenCreated',
    actions: actionsOf('ecs', 'TagResource'),
    resources: providers,
    condition: both(bornOwned, { StringEquals: { 'ecs:CreateAction': 'CreateCapacityProvider' } }),
    why: 'Tags in a request that creates need the right to tag as well.',
  },
  {
    sid: 'ChangeOwnedProviders',
    actions: actionsOf('ecs', 'DeleteCapacityProvider', 'TagResource', 'UpdateCapacityProvider'),
    resources: providers,
    condition: owned,
    why: 'What carries no owner tag cannot be changed or deleted.',
  },
  {
    sid: 'UntagOwnedProviders',
    actions: actionsOf('ecs', 'UntagResource'),
    resources: providers,
    condition: keepsOwnerTags,
    why: 'The ownership tags themselves cannot be taken away.',
  },
];

/** Capacity providers of both sorts, the groups behind them, and the container instances that they bring. */
export const capacityProviders: readonly Grant[] = [
  ...instanceReads,
  ...providerChanges,
  ...groupsOfProviders,
  ...instanceChanges,
];

/** What ECS demands beside the rights on the provider, when it launches instances itself: there is no group and no template. */
export const managedInstances: readonly Grant[] = [
  passRole(
    'PassInfrastructureRoles',
    'INFRASTRUCTURE_ROLES',
    'ecs.amazonaws.com',
    'infrastructureRoleArn, with which ECS manages the instances.',
    `${ecsGuide}/infrastructure_IAM_role.html`,
    'ecs:CreateCapacityProvider, ecs:UpdateCapacityProvider',
  ),
  passRole(
    'PassInstanceRoles',
    'INSTANCE_ROLES',
    ec2Principals,
    'The role of ec2InstanceProfileArn.',
    `${ecsGuide}/managed-instances-instance-profile.html`,
    'ecs:CreateCapacityProvider, ecs:UpdateCapacityProvider',
  ),
  serviceLinkedRole(
    'FirstUseOfManagedInstances',
    'ecs-compute.amazonaws.com',
    `${ecsGuide}/using-service-linked-roles-instances.html`,
    'ecs:CreateCapacityProvider',
  ),
];
