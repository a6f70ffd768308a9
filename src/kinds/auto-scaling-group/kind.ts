import { assertMayManage, assertOwned } from '../../aws/ownership.ts';
import { absent, type Step } from '../../engine/kind.ts';
import type { AwsKind } from '../kind.ts';
import { isBeingDeleted } from '../shared/auto-scaling-group.ts';
import { assertOneRegion } from '../shared/one-region.ts';
import { claimOf, ownerOf, regionOfArn } from '../shared/owner.ts';
import { wait } from '../shared/step.ts';
import type { AutoScalingGroupSpec, AutoScalingGroupStatus } from './api.ts';
import { CONDITION_TYPES, groupConditions } from './conditions.ts';
import { createSteps } from './create.ts';
import { groupName, groupReferences } from './desired.ts';
import { groupUpdate } from './diff.ts';
import { drainCalls, drainWaits } from './drain.ts';
import { groupFields } from './fields.ts';
import { hookSteps } from './hooks.ts';
import { autoScalingGroupNames } from './names.ts';
import { observeGroup } from './observe.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';
import { groupProgress } from './progress.ts';
import { refreshSteps } from './refresh.ts';
import { retireSteps } from './retire.ts';
import { groupStatus } from './status.ts';
import { ownershipOfGroup, tagSteps } from './tags.ts';
import { wantedTemplate } from './template.ts';
import { trafficSteps } from './traffic.ts';
import { warmPoolSteps } from './warm-pool.ts';

export const autoScalingGroup: AwsKind<AutoScalingGroupSpec, AutoScalingGroupStatus, ObservedGroup> = {
  names: autoScalingGroupNames,

  conditionTypes: CONDITION_TYPES,

  references: groupReferences,

  identity({ status }) {
    if (status?.autoScalingGroupArn === undefined) return undefined;
    return {
      arn: status.autoScalingGroupArn,
      name: status.autoScalingGroupName ?? '',
      region: regionOfArn(status.autoScalingGroupArn),
      details: { newInstancesProtectedFromScaleIn: String(status.newInstancesProtectedFromScaleIn ?? false) },
    };
  },

  async observe({ reads }, desired) {
    if (!desired.deleting) assertOneRegion(desired, 'Auto Scaling group');
    return (await observeGroup(reads, desired)) ?? absent;
  },

  plan(desired, observed) {
    if (observed === absent) return createSteps(desired);
    if (isBeingDeleted(observed.group)) {
      return [wait('Deleting', 'A group of this name is still being deleted in AWS; it is created again afterwards.')];
    }
    assertMayManage(claimOf(desired), ownershipOfGroup(observed.group.Tags), what(desired));
    return changeSteps(desired, observed);
  },

  retire(desired, observed) {
    assertOwned(ownerOf(desired), ownershipOfGroup(observed.group.Tags), what(desired));
    return retireSteps(desired, observed);
  },

  conclude(desired, observed) {
    return {
      status: groupStatus(desired, observed),
      progress: groupProgress(desired, observed),
      conditions: groupConditions(desired, observed),
    };
  },

  fields: groupFields,

  /** The status counts instances, which come and go by themselves. */
  resyncMs: 60_000,

  batchGroup: ({ region }) => region,
};

/** What waits comes last, so that it keeps nothing else back. */
function changeSteps(desired: DesiredGroup, observed: ObservedGroup): readonly Step[] {
  const { group } = observed;
  const wanted = wantedTemplate(desired);
  const refresh = refreshSteps(desired, observed, wanted);
  const pool = warmPoolSteps(desired, observed);
  return [
    ...groupUpdate(desired, observed, refresh.appliesTemplate ? undefined : wanted),
    ...tagSteps(desired, group.Tags ?? []),
    ...hookSteps(desired, observed.hooks),
    ...trafficSteps(desired, group),
    ...pool.filter(({ kind }) => kind === 'call'),
    ...drainCalls(desired, observed),
    ...refresh.steps,
    ...pool.filter(({ kind }) => kind === 'wait'),
    ...drainWaits(desired, observed),
  ];
}

function what(desired: DesiredGroup): string {
  return `Auto Scaling group "${groupName(desired)}"`;
}
