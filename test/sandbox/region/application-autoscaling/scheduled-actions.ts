import type {
  DeleteScheduledActionRequest,
  DeleteScheduledActionResponse,
  DescribeScheduledActionsRequest,
  DescribeScheduledActionsResponse,
  PutScheduledActionRequest,
  PutScheduledActionResponse,
  ScalableTargetAction,
  ScheduledAction,
} from '@aws-sdk/client-application-auto-scaling';
import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';
import { beginActivity } from './activities.ts';
import { enforceBounds } from './capacity.ts';
import { constraint, limitExceeded, objectNotFound, validation } from './errors.ts';
import { checkReference, DIMENSION, described, findTarget, liveTargets, NAMESPACE, registeredTarget } from './find.ts';
import { page } from './pages.ts';
import { nextTime, parseSchedule } from './schedule.ts';
import type { ScalableTargetState, ScheduledActionState } from './state.ts';
import { boundsFrom } from './targets.ts';
import { isTimezone } from './zoned-time.ts';

/** Quota: scheduled actions of a scalable target. */
const MAX_ACTIONS = 200;
const MAX_RESULTS = 50;
const UTC = 'UTC';

/** Makes a scheduled action or changes one. Times that are left out are forgotten, everything else stays. */
export function putScheduledAction(world: World, input: PutScheduledActionRequest): PutScheduledActionResponse {
  const target = registeredTarget(world, input);
  const name = input.ScheduledActionName ?? '';
  checkName(name);
  const present = target.scheduledActions.get(name);
  if (present === undefined && target.scheduledActions.size >= MAX_ACTIONS) {
    throw limitExceeded(`You have reached the limit of ${MAX_ACTIONS} scheduled actions per scalable target.`);
  }
  const action: ScheduledActionState = {
    arn: `arn:aws:autoscaling:${world.region}:${world.account}:scheduledAction:${target.id}:resource/ecs/${target.resourceId}:scheduledActionName/${name}`,
    name,
    createdAt: present?.createdAt ?? world.agenda.date,
    schedule: input.Schedule ?? present?.schedule ?? '',
    timezone: input.Timezone ?? present?.timezone,
    startTime: input.StartTime,
    endTime: input.EndTime,
    action: input.ScalableTargetAction ?? present?.action ?? {},
  };
  checkAction(action);
  target.scheduledActions.set(name, action);
  awaitNext(world, target, action);
  return {};
}

function checkName(name: string): void {
  const forbidden = [...name].some((character) => ':/|'.includes(character) || /\p{Cc}/u.test(character));
  if (name.length < 1 || name.length > 256 || forbidden || name !== name.trim()) {
    throw constraint('scheduledActionName', name, 'Member must satisfy regular expression pattern');
  }
}

function checkAction({ schedule, timezone, action, startTime, endTime }: ScheduledActionState): void {
  if (schedule === '') throw validation('Schedule must be specified when creating a scheduled action');
  if (timezone !== undefined && !isTimezone(timezone)) throw validation(`Invalid timezone: ${timezone}`);
  parseSchedule(schedule, timezone ?? UTC);
  if (action.MinCapacity === undefined && action.MaxCapacity === undefined) {
    throw validation('At least one of minimum capacity and maximum capacity should be provided');
  }
  boundsFrom(action, { minCapacity: 0, maxCapacity: Number.POSITIVE_INFINITY });
  if (startTime !== undefined && endTime !== undefined && endTime <= startTime) {
    throw validation('The start time must be before the end time');
  }
}

/** Puts the next run on the agenda. One that has been replaced or deleted by then does nothing. */
function awaitNext(world: World, target: ScalableTargetState, action: ScheduledActionState): void {
  const from = Math.max(action.createdAt.getTime(), action.startTime?.getTime() ?? 0);
  // A run at the very start time counts.
  const after = Math.max(world.agenda.now, from - 1);
  const next = nextTime(parseSchedule(action.schedule, action.timezone ?? UTC), after, from);
  if (next === undefined || (action.endTime !== undefined && next > action.endTime.getTime())) return;
  world.agenda.after(next - world.agenda.now, () => {
    const current = findTarget(world, target.resourceId)?.scheduledActions.get(action.name);
    if (current !== action) return;
    if (!target.suspended.ScheduledScalingSuspended) run(world, target, action);
    awaitNext(world, target, action);
  });
}

/** Moves the bounds, and the count when it is no longer between them (AS-14). */
function run(world: World, target: ScalableTargetState, { name, action }: ScheduledActionState): void {
  const what = wordsFor(action);
  const words = { description: `Setting ${what}`, cause: `scheduled action name ${name} was triggered` };
  try {
    const { min, max } = boundsFrom(action, target);
    target.minCapacity = min;
    target.maxCapacity = max;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const message = `Failed to set ${what}. Reason: ${error.message}`;
    beginActivity(world, target, { ...words, status: 'Failed', message });
    return;
  }
  beginActivity(world, target, { ...words, status: 'Successful', message: `Successfully set ${what}` });
  enforceBounds(world, target);
}

function wordsFor({ MinCapacity: min, MaxCapacity: max }: ScalableTargetAction): string {
  return [
    ...(min === undefined ? [] : [`min capacity to ${min}`]),
    ...(max === undefined ? [] : [`max capacity to ${max}`]),
  ].join(' and ');
}

export function deleteScheduledAction(
  world: World,
  input: DeleteScheduledActionRequest,
): DeleteScheduledActionResponse {
  const resourceId = checkReference(input);
  if (findTarget(world, resourceId)?.scheduledActions.delete(input.ScheduledActionName ?? '') !== true) {
    throw objectNotFound(
      `No scheduled action found for ${described(resourceId)}, scheduled action name: ${input.ScheduledActionName}`,
    );
  }
  return {};
}

export function describeScheduledActions(
  world: World,
  input: DescribeScheduledActionsRequest,
): DescribeScheduledActionsResponse {
  if (input.ScalableDimension !== undefined && input.ResourceId === undefined) {
    throw validation('ResourceId must be specified when ScalableDimension is specified');
  }
  const found = (input.ServiceNamespace === NAMESPACE ? liveTargets(world) : [])
    .filter(({ resourceId }) => input.ResourceId === undefined || resourceId === input.ResourceId)
    .flatMap((target) => [...target.scheduledActions.values()].map((action) => actionView(target, action)))
    .filter(({ ScheduledActionName: name = '' }) => input.ScheduledActionNames?.includes(name) ?? true);
  const { items, NextToken } = page(found, ({ ScheduledActionARN: arn = '' }) => arn, input, MAX_RESULTS);
  return { ScheduledActions: items, NextToken };
}

function actionView(target: ScalableTargetState, action: ScheduledActionState): ScheduledAction {
  return {
    ScheduledActionName: action.name,
    ScheduledActionARN: action.arn,
    ServiceNamespace: NAMESPACE,
    Schedule: action.schedule,
    Timezone: action.timezone,
    ResourceId: target.resourceId,
    ScalableDimension: DIMENSION,
    StartTime: action.startTime,
    EndTime: action.endTime,
    ScalableTargetAction: action.action,
    CreationTime: action.createdAt,
  };
}
