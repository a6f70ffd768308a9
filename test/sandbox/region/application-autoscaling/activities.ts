import { randomUUID } from 'node:crypto';
import type {
  DescribeScalingActivitiesRequest,
  DescribeScalingActivitiesResponse,
  NotScaledReason,
  ScalingActivity,
} from '@aws-sdk/client-application-auto-scaling';
import type { World } from '../world.ts';
import { validation } from './errors.ts';
import { checkReference, DIMENSION, NAMESPACE } from './find.ts';
import { page } from './pages.ts';
import type { ActivityState, ScalableTargetState } from './state.ts';

/** Activities can be described for six weeks. */
const RETENTION_MS = 6 * 7 * 24 * 3_600_000;
const MAX_RESULTS = 50;

/** Adds an activity to the target's history and returns it, for its end to be set. */
export function beginActivity(
  world: World,
  target: ScalableTargetState,
  words: Pick<ActivityState, 'description' | 'cause' | 'status' | 'message'>,
  notScaled?: readonly NotScaledReason[],
): ActivityState {
  const activity: ActivityState = {
    id: randomUUID(),
    resourceId: target.resourceId,
    ...words,
    startedAt: world.agenda.date,
    endedAt: undefined,
    notScaled,
  };
  const oldest = world.agenda.now - RETENTION_MS;
  const kept = activitiesOf(world, target.resourceId).filter(({ startedAt }) => startedAt.getTime() > oldest);
  world.applicationAutoScaling.activities.set(target.resourceId, [activity, ...kept]);
  return activity;
}

/** Records that an alarm led to nothing, once until something else happens: the alarm calls every minute. */
export function addNotScaled(world: World, target: ScalableTargetState, cause: string, reason: NotScaledReason): void {
  const [newest] = activitiesOf(world, target.resourceId);
  if (newest?.cause === cause && newest.notScaled?.[0]?.Code === reason.Code) return;
  const words = { description: 'Attempting to scale due to alarm triggered', cause, message: undefined };
  beginActivity(world, target, { ...words, status: 'Failed' }, [reason]);
}

export function describeScalingActivities(
  world: World,
  input: DescribeScalingActivitiesRequest,
): DescribeScalingActivitiesResponse {
  if (input.ScalableDimension !== undefined && input.ResourceId === undefined) {
    throw validation('ResourceId must be specified when ScalableDimension is specified');
  }
  if (input.ResourceId !== undefined) checkReference({ ...input, ScalableDimension: DIMENSION });
  const found =
    input.ServiceNamespace !== NAMESPACE
      ? []
      : [...world.applicationAutoScaling.activities.values()]
          .flat()
          .filter(({ resourceId }) => input.ResourceId === undefined || resourceId === input.ResourceId)
          .filter(({ notScaled }) => notScaled === undefined || input.IncludeNotScaledActivities === true)
          .sort((a, b) => b.startedAt.getTime() - a.startedAt.getTime());
  const { items, NextToken } = page(found, ({ id }) => id, input, MAX_RESULTS);
  return { ScalingActivities: items.map(activityView), NextToken };
}

function activitiesOf(world: World, resourceId: string): readonly ActivityState[] {
  return world.applicationAutoScaling.activities.get(resourceId) ?? [];
}

function activityView(activity: ActivityState): ScalingActivity {
  return {
    ActivityId: activity.id,
    ServiceNamespace: NAMESPACE,
    ResourceId: activity.resourceId,
    ScalableDimension: DIMENSION,
    Description: activity.description,
    Cause: activity.cause,
    StartTime: activity.startedAt,
    EndTime: activity.endedAt,
    StatusCode: activity.status,
    StatusMessage: activity.message,
    NotScaledReasons: activity.notScaled === undefined ? undefined : [...activity.notScaled],
  };
}
