import type { Instance, InstanceRefresh, InstanceRefreshStatus } from '@aws-sdk/client-auto-scaling';
import { rfc3339 } from '../../clock.ts';
import { templateOf } from '../shared/auto-scaling-group.ts';
import { isOpen } from '../shared/schedule.ts';
import { counted } from '../shared/text.ts';
import type { InstanceRefreshPolicy } from './api.ts';
import { hasInstances, outdatedInstances } from './instances.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';
import { generationOf, skippedInstances } from './refresh-record.ts';
import { refreshesTo, targetOf, templateChange, templateLabel } from './refresh-target.ts';
import type { WantedTemplate } from './template.ts';

/** What is to be done about the group's template and its instances. */
export type RefreshDecision =
  /** Nothing, or a template that the group is simply updated to. */
  | { readonly kind: 'none' }
  | { readonly kind: 'start'; readonly policy: InstanceRefreshPolicy; readonly goesOn: boolean; readonly why: string }
  | { readonly kind: 'cancel'; readonly why: string }
  /** It rolls out what is wanted. */
  | { readonly kind: 'under-way'; readonly refresh: InstanceRefresh }
  /** AWS or the user has to move first. The group keeps its template. */
  | { readonly kind: 'wait'; readonly reason: string; readonly message: string }
  /** It failed to roll out what is wanted, and is not tried again. The group keeps its template. */
  | { readonly kind: 'failed'; readonly refresh: InstanceRefresh };

type Phase = 'running' | 'cancelling' | 'rolling-back' | 'succeeded' | 'failed' | 'cancelled';

const PHASES: Readonly<Record<InstanceRefreshStatus, Phase>> = {
  Pending: 'running',
  InProgress: 'running',
  Baking: 'running',
  Cancelling: 'cancelling',
  RollbackInProgress: 'rolling-back',
  Successful: 'succeeded',
  Failed: 'failed',
  RollbackFailed: 'failed',
  RollbackSuccessful: 'failed',
  Cancelled: 'cancelled',
};

function phaseOf({ Status }: InstanceRefresh): Phase {
  return PHASES[Status ?? 'Pending'];
}

/** True while AWS replaces instances for it, or may do so still. */
export function isActive(refresh: InstanceRefresh | undefined): refresh is InstanceRefresh {
  return refresh !== undefined && ['running', 'cancelling', 'rolling-back'].includes(phaseOf(refresh));
}

/** Whether instances are to be refreshed, and what is to be done for it now. Each answer follows from AWS's state and the status alone. */
export function refreshDecision(
  desired: DesiredGroup,
  observed: ObservedGroup,
  wanted: WantedTemplate,
): RefreshDecision {
  const { refresh, group } = observed;
  const policy = desired.spec.instanceRefresh;
  // A launch configuration cannot be refreshed to by version.
  if (wanted.specification === undefined) return { kind: 'none' };
  if (policy === undefined) return withoutPolicy(observed, wanted);
  if (isActive(refresh)) return whileActive(refresh, policy, desired, refreshesTo(refresh, group, wanted), wanted);
  const change = templateChange(group, wanted);
  const outdated = outdatedLeft(desired, observed, wanted);
  if (change === 'none' && outdated.length === 0) return { kind: 'none' };
  // There is nothing to replace, or the whole policy is brought to the group first; its instances are looked at in the next pass.
  if (change === 'policy' || (change === 'template' && !hasInstances(group))) return { kind: 'none' };
  const earlier = refresh !== undefined && refreshesTo(refresh, group, wanted) ? refresh : undefined;
  if (outdated.length === 0 && earlier !== undefined && phaseOf(earlier) === 'succeeded') {
    return afterSuccess(earlier, desired);
  }
  if (earlier !== undefined && isFinal(earlier, desired)) return { kind: 'failed', refresh: earlier };
  return (
    heldBack(policy, desired, observed, outdated.length) ?? {
      kind: 'start',
      policy,
      goesOn: earlier !== undefined,
      why: `instance refresh started: ${changeText(observed, wanted, outdated.length)}`,
    }
  );
}

/** AWS refuses to update the template of a group while a refresh brings it to another one; whoever began that has to end it. */
function withoutPolicy({ refresh, group }: ObservedGroup, wanted: WantedTemplate): RefreshDecision {
  if (!isActive(refresh) || targetOf(refresh) === undefined || templateChange(group, wanted) === 'none') {
    return { kind: 'none' };
  }
  const message = `An instance refresh to ${templateLabel(targetOf(refresh))} is under way; the launch template can be changed when it has ended.`;
  return { kind: 'wait', reason: 'InstanceRefreshInProgress', message };
}

function whileActive(
  refresh: InstanceRefresh,
  policy: InstanceRefreshPolicy,
  desired: DesiredGroup,
  isWanted: boolean,
  wanted: WantedTemplate,
): RefreshDecision {
  const phase = phaseOf(refresh);
  if (phase === 'cancelling') {
    const message = `AWS is cancelling the instance refresh${toText(refresh)}; instances that are being replaced still are.`;
    return { kind: 'wait', reason: 'InstanceRefreshInProgress', message };
  }
  if (phase === 'rolling-back') {
    const why = refresh.RollbackDetails?.RollbackReason ?? refresh.StatusReason ?? 'AWS gives no reason.';
    return {
      kind: 'wait',
      reason: 'RollingBack',
      message: `The instance refresh${toText(refresh)} is rolled back: ${why}`,
    };
  }
  if (!isWanted) {
    const why = `instance refresh${toText(refresh)} cancelled: ${templateLabel(wanted.specification)} is wanted`;
    return { kind: 'cancel', why };
  }
  if (policy.paused === true)
    return { kind: 'cancel', why: 'instance refresh cancelled: spec.instanceRefresh.paused is true' };
  // While it bakes nothing is replaced any more, and a window that cut that off would see all of it again each time.
  if (refresh.Status !== 'Baking' && closedUntil(policy, desired) !== undefined) {
    return { kind: 'cancel', why: 'instance refresh cancelled: spec.instanceRefresh.window is over' };
  }
  return { kind: 'under-way', refresh };
}

/**
 * Every instance is what the refresh made of it, and the group is not. Either it was read a moment before the refresh brought it there, or
 * somebody has changed it since: then it is enough to change it back.
 */
function afterSuccess(refresh: InstanceRefresh, { status }: DesiredGroup): RefreshDecision {
  const known = status?.instanceRefresh;
  if (known?.id === refresh.InstanceRefreshId && known?.status === refresh.Status) return { kind: 'none' };
  const message = `The instance refresh${toText(refresh)} has succeeded; the group is looked at once more.`;
  return { kind: 'wait', reason: 'InstanceRefreshInProgress', message };
}

/** A failed one is repeated when the spec has changed since; one that somebody cancelled is begun again (`paused` is the way to stop it). */
function isFinal(refresh: InstanceRefresh, desired: DesiredGroup): boolean {
  return phaseOf(refresh) === 'failed' && generationOf(refresh, desired) === desired.object.metadata.generation;
}

function heldBack(
  policy: InstanceRefreshPolicy,
  desired: DesiredGroup,
  { group }: ObservedGroup,
  outdated: number,
): RefreshDecision | undefined {
  const stays = `The group keeps ${templateLabel(templateOf(group)) ?? 'its launch template'} and ${counted(outdated, 'outdated instance')}`;
  if (policy.paused === true) {
    const message = `${stays} because spec.instanceRefresh.paused is true. Take it out to refresh them.`;
    return { kind: 'wait', reason: 'RefreshPaused', message };
  }
  const opens = closedUntil(policy, desired);
  if (opens === undefined) return undefined;
  const message = `${stays} until spec.instanceRefresh.window opens, next at ${rfc3339(new Date(opens))}.`;
  return { kind: 'wait', reason: 'WaitingForWindow', message };
}

/** When the window opens next, if it is closed now. */
function closedUntil({ window }: InstanceRefreshPolicy, { now }: DesiredGroup): number | undefined {
  if (window === undefined) return undefined;
  const { open, next } = isOpen(window, now, 'spec.instanceRefresh.window');
  return open ? undefined : next;
}

function outdatedLeft(desired: DesiredGroup, observed: ObservedGroup, wanted: WantedTemplate): readonly Instance[] {
  const skipped = skippedInstances(desired, observed, wanted);
  return outdatedInstances(observed.group, wanted).filter(({ InstanceId }) => !skipped.has(InstanceId ?? ''));
}

function changeText({ group }: ObservedGroup, wanted: WantedTemplate, outdated: number): string {
  const [from, to] = [templateLabel(templateOf(group)), templateLabel(wanted.specification)];
  const instances = `${counted(outdated, 'instance')} to replace`;
  return from === to ? `${instances} with ${to}` : `launch template ${from} -> ${to}, ${instances}`;
}

function toText(refresh: InstanceRefresh): string {
  const target = templateLabel(targetOf(refresh));
  return target === undefined ? '' : ` to ${target}`;
}
