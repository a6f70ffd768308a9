import { randomBytes, randomUUID } from 'node:crypto';
import type {
  DeregisterScalableTargetRequest,
  DeregisterScalableTargetResponse,
  DescribeScalableTargetsRequest,
  DescribeScalableTargetsResponse,
  RegisterScalableTargetRequest,
  RegisterScalableTargetResponse,
  ScalableTarget,
  SuspendedState,
} from '@aws-sdk/client-application-auto-scaling';
import type { World } from '../world.ts';
import { enforceBounds } from './capacity.ts';
import { constraint, limitExceeded, objectNotFound, validation } from './errors.ts';
import {
  checkReference,
  DIMENSION,
  described,
  findTarget,
  liveTargets,
  NAMESPACE,
  removeTarget,
  serviceOf,
} from './find.ts';
import { page } from './pages.ts';
import type { ScalableTargetState, SuspendedFlags } from './state.ts';
import { checkedTags } from './tags.ts';

/** Quota: scalable targets of ECS services in an account and region. */
const MAX_TARGETS = 3_000;
const MAX_RESULTS = 50;

const ACTIVE: SuspendedFlags = {
  DynamicScalingInSuspended: false,
  DynamicScalingOutSuspended: false,
  ScheduledScalingSuspended: false,
};

/** Registers a service, or changes the members that are given of one that is registered. */
export function registerScalableTarget(
  world: World,
  input: RegisterScalableTargetRequest,
): RegisterScalableTargetResponse {
  const resourceId = checkReference(input);
  const service = serviceOf(world, resourceId);
  if (service.settings.schedulingStrategy === 'DAEMON') {
    throw validation(`ECS service doesn't support auto scaling with the DAEMON scheduling strategy: ${resourceId}`);
  }
  const present = findTarget(world, resourceId);
  const bounds = boundsFrom(input, present);
  if (present === undefined) {
    const target = newTarget(world, service, resourceId, bounds, input);
    world.applicationAutoScaling.targets.set(resourceId, target);
    enforceBounds(world, target);
    return { ScalableTargetARN: target.arn };
  }
  if (input.Tags !== undefined) {
    throw validation(
      'The scalable target that you tried to tag already exists. To update tags on an existing scalable target, use the TagResource API.',
    );
  }
  present.minCapacity = bounds.min;
  present.maxCapacity = bounds.max;
  present.suspended = suspendedFrom(input.SuspendedState, present.suspended);
  enforceBounds(world, present);
  return { ScalableTargetARN: present.arn };
}

function newTarget(
  world: World,
  service: ScalableTargetState['service'],
  resourceId: string,
  bounds: { readonly min: number; readonly max: number },
  input: RegisterScalableTargetRequest,
): ScalableTargetState {
  const tags = checkedTags(new Map(), input.Tags ?? {});
  if (liveTargets(world).length >= MAX_TARGETS) {
    throw limitExceeded(`You have reached the limit of ${MAX_TARGETS} scalable targets.`);
  }
  const place = `${world.region}:${world.account}`;
  return {
    arn: `arn:aws:application-autoscaling:${place}:scalable-target/${randomBytes(17).toString('hex')}`,
    id: randomUUID(),
    resourceId,
    service,
    createdAt: world.agenda.date,
    minCapacity: bounds.min,
    maxCapacity: bounds.max,
    suspended: suspendedFrom(input.SuspendedState, ACTIVE),
    tags,
    policies: new Map(),
    scheduledActions: new Map(),
    scaledOut: undefined,
    scaledIn: undefined,
  };
}

function suspendedFrom(given: SuspendedState | undefined, present: SuspendedFlags): SuspendedFlags {
  return {
    DynamicScalingInSuspended: given?.DynamicScalingInSuspended ?? present.DynamicScalingInSuspended,
    DynamicScalingOutSuspended: given?.DynamicScalingOutSuspended ?? present.DynamicScalingOutSuspended,
    ScheduledScalingSuspended: given?.ScheduledScalingSuspended ?? present.ScheduledScalingSuspended,
  };
}

/** The bounds as they will be, checked. */
export function boundsFrom(
  given: { readonly MinCapacity?: number | undefined; readonly MaxCapacity?: number | undefined },
  present: Pick<ScalableTargetState, 'minCapacity' | 'maxCapacity'> | undefined,
): { readonly min: number; readonly max: number } {
  const min = given.MinCapacity ?? present?.minCapacity;
  const max = given.MaxCapacity ?? present?.maxCapacity;
  if (min === undefined || max === undefined) {
    throw validation('MinCapacity and MaxCapacity must be specified when registering a new scalable target');
  }
  const rule = 'Member must have value greater than or equal to 0';
  if (min < 0) throw constraint('minCapacity', min, rule);
  if (max < 0) throw constraint('maxCapacity', max, rule);
  if (max < min) throw validation('Maximum capacity cannot be less than minimum capacity');
  return { min, max };
}

export function deregisterScalableTarget(
  world: World,
  input: DeregisterScalableTargetRequest,
): DeregisterScalableTargetResponse {
  const resourceId = checkReference(input);
  const target = findTarget(world, resourceId);
  if (target === undefined) throw objectNotFound(`No scalable target found for ${described(resourceId)}`);
  removeTarget(world, target);
  return {};
}

export function describeScalableTargets(
  world: World,
  input: DescribeScalableTargetsRequest,
): DescribeScalableTargetsResponse {
  const ids = input.ResourceIds;
  if (input.ScalableDimension !== undefined && (ids ?? []).length === 0) {
    throw validation('ResourceIds must be specified when ScalableDimension is specified');
  }
  if ((ids ?? []).length > MAX_RESULTS) {
    throw constraint('resourceIds', `[${ids?.join(', ')}]`, 'Member must have length less than or equal to 50');
  }
  const found =
    input.ServiceNamespace === NAMESPACE
      ? liveTargets(world).filter(({ resourceId }) => ids === undefined || ids.includes(resourceId))
      : [];
  const { items, NextToken } = page(found, ({ arn }) => arn, input, MAX_RESULTS);
  return { ScalableTargets: items.map((target) => targetView(world, target)), NextToken };
}

function targetView(world: World, target: ScalableTargetState): ScalableTarget {
  return {
    ServiceNamespace: NAMESPACE,
    ResourceId: target.resourceId,
    ScalableDimension: DIMENSION,
    MinCapacity: target.minCapacity,
    MaxCapacity: target.maxCapacity,
    // ECS has a service-linked role; a role that is given instead is ignored (Terraform's documentation of aws_appautoscaling_target).
    RoleARN: `arn:aws:iam::${world.account}:role/aws-service-role/ecs.application-autoscaling.amazonaws.com/AWSServiceRoleForApplicationAutoScaling_ECSService`,
    CreationTime: target.createdAt,
    SuspendedState: target.suspended,
    ScalableTargetARN: target.arn,
  };
}
