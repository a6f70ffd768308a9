import type { AutoScalingGroup, InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import { timestamp } from '../shared/timestamp.ts';
import type { InstanceRefreshStatus } from './api.ts';
import { outdatedInstances } from './instances.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';
import { leavesOutTheSame } from './preferences.ts';
import { refreshesTo, targetOf } from './refresh-target.ts';
import { launchesFrom, type WantedTemplate, wantedTemplate } from './template.ts';

/**
 * True when the newest refresh has to be read: one was under way, one may be due, or AWS may refuse another template because of one. A group that
 * has what it wants costs no call: it takes one for each group, and all of Auto Scaling's calls share one quota.
 */
export function concernsRefresh(desired: DesiredGroup, group: AutoScalingGroup): boolean {
  const known = desired.status?.instanceRefresh;
  return (
    desired.deleting ||
    (known !== undefined && known.endTime === undefined) ||
    mayBeRefreshed(desired, group) ||
    !launchesFrom(group, wantedTemplate(desired))
  );
}

/** True when a refresh may be begun, so that it has to be known whether ECS drains the group's instances. */
export function mayBeRefreshed(desired: DesiredGroup, group: AutoScalingGroup): boolean {
  const wanted = wantedTemplate(desired);
  const differs = !launchesFrom(group, wanted) || outdatedInstances(group, wanted).length > 0;
  return desired.spec.instanceRefresh !== undefined && differs;
}

/** What the status says of the newest refresh, and remembers of it. What was said last of this group stays while it is not read again. */
export function refreshStatus(
  desired: DesiredGroup,
  observed: ObservedGroup,
  wanted: WantedTemplate,
): InstanceRefreshStatus | undefined {
  const { refresh, group } = observed;
  if (refresh === undefined) {
    const isSame = desired.status?.autoScalingGroupArn === group.AutoScalingGroupARN;
    return isSame && !concernsRefresh(desired, group) ? desired.status?.instanceRefresh : undefined;
  }
  const skipped = skippedBy(refresh, desired, observed, wanted);
  return {
    id: refresh.InstanceRefreshId ?? '',
    status: refresh.Status ?? 'Pending',
    statusReason: refresh.StatusReason,
    percentageComplete: refresh.PercentageComplete,
    instancesToUpdate: refresh.InstancesToUpdate,
    startTime: timestamp(refresh.StartTime),
    endTime: timestamp(refresh.EndTime),
    generation: generationOf(refresh, desired),
    version: targetOf(refresh)?.Version,
    ...(skipped.length === 0 ? {} : { skippedInstances: skipped }),
  };
}

/**
 * Generation under which the refresh was first seen. One that is seen for the first time counts for the present one: the operator may have
 * been killed between StartInstanceRefresh and the status write, and must not try what failed a second time.
 */
export function generationOf(refresh: InstanceRefresh, { object, status }: DesiredGroup): number {
  const known = status?.instanceRefresh;
  return known !== undefined && known.id === refresh.InstanceRefreshId ? known.generation : object.metadata.generation;
}

/**
 * Outdated instances that a refresh to the wanted version has passed over and that are left alone therefore: protected ones or ones in
 * standby that it was told to ignore, those after the last checkpoint. Without this it would begin again for ever.
 * Other preferences about what is left out, or another version, end it.
 */
export function skippedInstances(
  desired: DesiredGroup,
  observed: ObservedGroup,
  wanted: WantedTemplate,
): ReadonlySet<string> {
  const { refresh } = observed;
  const policy = desired.spec.instanceRefresh;
  if (refresh === undefined || policy === undefined) return new Set();
  if (!leavesOutTheSame(refresh.Preferences ?? {}, policy)) return new Set();
  return new Set(skippedBy(refresh, desired, observed, wanted));
}

/**
 * They are what is outdated when the refresh is first seen to have succeeded; what becomes outdated later is not. One from before the
 * object was made was somebody else's, and nobody knows what has happened since.
 */
function skippedBy(
  refresh: InstanceRefresh,
  { object, status }: DesiredGroup,
  { group }: ObservedGroup,
  wanted: WantedTemplate,
): readonly string[] {
  if (refresh.Status !== 'Successful' || !refreshesTo(refresh, group, wanted)) return [];
  const known = status?.instanceRefresh;
  if (known?.id === refresh.InstanceRefreshId && known?.status === 'Successful') return known.skippedInstances ?? [];
  const startedAt = refresh.StartTime?.getTime() ?? 0;
  if (startedAt < Date.parse(object.metadata.creationTimestamp)) return [];
  return outdatedInstances(group, wanted).map(({ InstanceId }) => InstanceId ?? '');
}
