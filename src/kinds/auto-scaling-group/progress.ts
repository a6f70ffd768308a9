import type { AutoScalingGroup, InstanceRefresh } from '@aws-sdk/client-auto-scaling';
import type { Progress } from '../../engine/kind.ts';
import { isSuspended } from '../shared/auto-scaling-group.ts';
import { counted } from '../shared/text.ts';
import { capacityInService, inService } from './instances.ts';
import { failedLaunch } from './launch-failures.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';
import { isActive, type RefreshDecision, refreshDecision } from './refresh-decision.ts';
import { targetOf, templateLabel } from './refresh-target.ts';
import { isScaledByProvider } from './scaled-by-provider.ts';
import { wantedTemplate } from './template.ts';

/** How far the group is, given that it already has the shape of the spec. */
export function groupProgress(desired: DesiredGroup, observed: ObservedGroup): Progress {
  const decision = refreshDecision(desired, observed, wantedTemplate(desired));
  return refreshProgress(decision, observed.refresh) ?? scalingProgress(desired, observed);
}

function refreshProgress(decision: RefreshDecision, refresh: InstanceRefresh | undefined): Progress | undefined {
  switch (decision.kind) {
    case 'failed':
      return { kind: 'stalled', reason: 'InstanceRefreshFailed', message: failureText(decision.refresh) };
    case 'wait':
      return { kind: 'progressing', reason: decision.reason, message: decision.message };
    case 'start':
    case 'cancel':
      return { kind: 'progressing', reason: 'InstanceRefreshInProgress', message: `${decision.why}.` };
    case 'under-way':
    case 'none':
      // Also one that the spec does not ask for: instances are being replaced.
      return isActive(refresh)
        ? { kind: 'progressing', reason: 'InstanceRefreshInProgress', message: activeText(refresh) }
        : undefined;
    default:
      return decision satisfies never;
  }
}

function activeText({ Status, StatusReason, PercentageComplete = 0, InstancesToUpdate = 0 }: InstanceRefresh): string {
  if (Status === 'Pending') return 'AWS has not begun the instance refresh yet.';
  const done = `${PercentageComplete} % done, ${counted(InstancesToUpdate, 'instance')} to go`;
  if (Status === 'Baking') return `${done}; AWS waits for the bake time to pass.`;
  return StatusReason === undefined ? `${done}.` : `${done}: ${StatusReason}`;
}

function failureText(refresh: InstanceRefresh): string {
  const { Status, StatusReason, RollbackDetails } = refresh;
  const target = templateLabel(targetOf(refresh)) ?? "the group's launch template";
  const told = [RollbackDetails?.RollbackReason, StatusReason].flatMap((each) => each?.replace(/\.$/, '') ?? []);
  const why = [...new Set(told)].join('; ') || 'AWS gives no reason';
  return (
    `The instance refresh to ${target} ended as ${Status}: ${why}. It is not tried again until the spec or the version of the ` +
    'launch template changes: repair the template, or change spec.instanceRefresh (setting paused and taking it out again is enough).'
  );
}

/**
 * A group is Ready when it has what it is to have. Whoever sets the desired capacity, in the spec or in AWS, waits for the instances. A
 * capacity provider with managed scaling sets it all day long, and a group that follows it is not out of order: of such a group only its
 * `minSize` has to be there.
 */
function scalingProgress(desired: DesiredGroup, observed: ObservedGroup): Progress {
  const { group } = observed;
  const wanted = (isScaledByProvider(desired, observed) ? group.MinSize : group.DesiredCapacity) ?? 0;
  const have = capacityInService(group);
  if (have >= wanted) return { kind: 'live' };
  const isWeighted = inService(group).some(({ WeightedCapacity }) => WeightedCapacity !== undefined);
  const unit = isWeighted ? 'capacity units are' : 'instances are';
  const failed = failedLaunch(observed);
  const last = failed === undefined ? '' : ` Last launch: ${failed.message}`;
  return {
    kind: 'progressing',
    reason: 'Scaling',
    message: `${have} of ${wanted} ${unit} in service.${suspended(group)}${last}`,
  };
}

function suspended(group: AutoScalingGroup): string {
  return isSuspended(group, 'Launch') ? ' The process Launch is suspended: resume it, or nothing is launched.' : '';
}
