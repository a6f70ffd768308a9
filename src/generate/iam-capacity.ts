import { keepsOwnerTags } from './iam-core.ts';
import {
  actionsOf,
  bornOwned,
  both,
  ec2Principals,
  type Grant,
  groups,
  inRegion,
  launchTemplates,
  owned,
  passRole,
  serviceLinkedRole,
} from './iam-grants.ts';

const groupsGuide = 'https://docs.aws.amazon.com/autoscaling/ec2/userguide';
const authorization = 'https://docs.aws.amazon.com/service-authorization/latest/reference';

const reads: readonly Grant[] = [
  {
    sid: 'ReadPartsOfGroups',
    actions: [
      ...actionsOf(
        'autoscaling',
        'DescribeInstanceRefreshes',
        'DescribeLifecycleHooks',
        'DescribePolicies',
        'DescribeWarmPool',
      ),
      ...actionsOf('ec2', 'DescribeLaunchTemplates'),
    ],
    resources: ['*'],
    condition: inRegion,
    why: 'AWS has no resource types for these actions.',
  },
];

const templateChanges: readonly Grant[] = [
  {
    sid: 'CreateOwnedTemplates',
    actions: actionsOf('ec2', 'CreateLaunchTemplate'),
    resources: launchTemplates,
    condition: bornOwned,
    why: 'Nothing can be made that is not tagged as owned.',
  },
  {
    sid: 'TagTemplatesWhenCreated',
    actions: actionsOf('ec2', 'CreateTags'),
    resources: launchTemplates,
    condition: both(bornOwned, { StringEquals: { 'ec2:CreateAction': 'CreateLaunchTemplate' } }),
    why: 'Tags in a request that creates need the right to tag as well.',
  },
  {
    sid: 'ChangeOwnedTemplates',
    actions: actionsOf(
      'ec2',
      'CreateLaunchTemplateVersion',
      'CreateTags',
      'DeleteLaunchTemplate',
      'DeleteLaunchTemplateVersions',
      'ModifyLaunchTemplate',
    ),
    resources: launchTemplates,
    condition: owned,
    why: 'What carries no owner tag cannot be changed or deleted.',
  },
  {
    sid: 'UntagOwnedTemplates',
    actions: actionsOf('ec2', 'DeleteTags'),
    resources: launchTemplates,
    condition: keepsOwnerTags,
    why: 'The ownership tags themselves cannot be taken away.',
  },
];

const groupChanges: readonly Grant[] = [
  {
    sid: 'CreateOwnedGroups',
    actions: actionsOf('autoscaling', 'CreateAutoScalingGroup', 'CreateOrUpdateTags'),
    resources: groups,
    condition: bornOwned,
    why: 'Nothing can be made that is not tagged as owned; tags in the request need the right to tag as well.',
  },
  {
    sid: 'ChangeOwnedGroups',
    actions: actionsOf(
      'autoscaling',
      'AttachLoadBalancerTargetGroups',
      'AttachLoadBalancers',
      'AttachTrafficSources',
      'CancelInstanceRefresh',
      'CreateOrUpdateTags',
      'DeleteAutoScalingGroup',
      'DeleteLifecycleHook',
      'DeleteWarmPool',
      'DetachLoadBalancerTargetGroups',
      'DetachLoadBalancers',
      'DetachTrafficSources',
      'PutLifecycleHook',
      'PutWarmPool',
      'SetInstanceProtection',
      'StartInstanceRefresh',
      'TerminateInstanceInAutoScalingGroup',
      'UpdateAutoScalingGroup',
    ),
    resources: groups,
    condition: owned,
    why: 'What carries no owner tag cannot be changed or deleted.',
  },
  {
    sid: 'UntagOwnedGroups',
    actions: actionsOf('autoscaling', 'DeleteTags'),
    resources: groups,
    condition: keepsOwnerTags,
    why: 'The ownership tags themselves cannot be taken away.',
  },
];

const dependent: readonly Grant[] = [
  {
    sid: 'LaunchFromTemplates',
    actions: actionsOf('ec2', 'RunInstances'),
    resources: ['*'],
    condition: { ArnLike: { 'ec2:LaunchTemplate': launchTemplates } },
    why: 'Auto Scaling checks that whoever names a template could launch from it. Without a template nothing can be launched.',
    dependent: {
      of: 'autoscaling:CreateAutoScalingGroup, autoscaling:UpdateAutoScalingGroup, autoscaling:StartInstanceRefresh',
      source: `${groupsGuide}/ec2-auto-scaling-launch-template-permissions.html`,
    },
  },
  {
    sid: 'TagWhatTemplatesLaunch',
    actions: actionsOf('ec2', 'CreateTags'),
    resources: ['arn:aws:ec2:REGION:ACCOUNT_ID:*/*'],
    condition: { StringEquals: { 'ec2:CreateAction': 'RunInstances' } },
    why: 'The same check, for a template whose tagSpecifications tag instances or volumes.',
    dependent: {
      of: 'ec2:RunInstances',
      source: `${groupsGuide}/ec2-auto-scaling-launch-template-permissions.html`,
    },
  },
  passRole(
    'PassInstanceRoles',
    'INSTANCE_ROLES',
    ec2Principals,
    'The role of the template’s instance profile.',
    `${groupsGuide}/ec2-auto-scaling-launch-template-permissions.html`,
    'ec2:RunInstances',
  ),
  passRole(
    'PassScalingRoles',
    'SCALING_ROLES',
    'autoscaling.amazonaws.com',
    'roleARN of a lifecycle hook, and serviceLinkedRoleARN of a group.',
    `${authorization}/list_amazonec2autoscaling.html`,
    'autoscaling:CreateAutoScalingGroup, autoscaling:UpdateAutoScalingGroup, autoscaling:PutLifecycleHook',
  ),
  serviceLinkedRole(
    'FirstUseOfAutoScaling',
    'autoscaling.amazonaws.com',
    `${authorization}/list_amazonec2autoscaling.html`,
    'autoscaling:CreateAutoScalingGroup',
  ),
  serviceLinkedRole(
    'FirstUseOfSpot',
    'spot.amazonaws.com',
    'https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/service-linked-roles-spot-instance-requests.html',
    'ec2:RunInstances',
  ),
];

/** Launch templates and Auto Scaling groups, beside what capacity providers need of them. */
export const ec2Capacity: readonly Grant[] = [...reads, ...templateChanges, ...groupChanges, ...dependent];
