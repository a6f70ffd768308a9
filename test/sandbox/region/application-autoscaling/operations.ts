import { constraintDialect, type Handlers } from '../service.ts';
import { describeScalingActivities } from './activities.ts';
import { APPLICATION_AUTO_SCALING_ENUMS } from './enums.ts';
import { deleteScalingPolicy, describeScalingPolicies, putScalingPolicy } from './policies.ts';
import { deleteScheduledAction, describeScheduledActions, putScheduledAction } from './scheduled-actions.ts';
import { listTagsForResource, tagResource, untagResource } from './tags.ts';
import { deregisterScalableTarget, describeScalableTargets, registerScalableTarget } from './targets.ts';

export const APPLICATION_AUTO_SCALING_HANDLERS: Handlers = {
  DeleteScalingPolicy: deleteScalingPolicy,
  DeleteScheduledAction: deleteScheduledAction,
  DeregisterScalableTarget: deregisterScalableTarget,
  DescribeScalableTargets: describeScalableTargets,
  DescribeScalingActivities: describeScalingActivities,
  DescribeScalingPolicies: describeScalingPolicies,
  DescribeScheduledActions: describeScheduledActions,
  ListTagsForResource: listTagsForResource,
  PutScalingPolicy: putScalingPolicy,
  PutScheduledAction: putScheduledAction,
  RegisterScalableTarget: registerScalableTarget,
  TagResource: tagResource,
  UntagResource: untagResource,
};

export const APPLICATION_AUTO_SCALING_DIALECT = constraintDialect(
  'ValidationException',
  APPLICATION_AUTO_SCALING_ENUMS,
);
