import { CancelInstanceRefreshCommand, StartInstanceRefreshCommand } from '@aws-sdk/client-auto-scaling';
import type { Step } from '../../engine/kind.ts';
import { autoScaling, step, wait } from '../shared/step.ts';
import { groupName } from './desired.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';
import { refreshPreferences } from './preferences.ts';
import { type RefreshDecision, refreshDecision } from './refresh-decision.ts';
import { desiredConfiguration } from './refresh-target.ts';
import type { WantedTemplate } from './template.ts';

export interface RefreshSteps {
  readonly steps: readonly Step[];
  /**
   * True when the group's template is not to be updated directly: a refresh brings the new one when it succeeds, or AWS would refuse the update
   * because a refresh is still under way. False when the group has it already, when it has no instances, when other parts of its mixed
   * instances policy differ too, or when the spec asks for no refresh.
   */
  readonly appliesTemplate: boolean;
}

/** The refresh's part of the plan: at most one call, which AWS shows by the next pass, or a wait. */
export function refreshSteps(desired: DesiredGroup, observed: ObservedGroup, wanted: WantedTemplate): RefreshSteps {
  const decision = refreshDecision(desired, observed, wanted);
  return { steps: stepsOf(decision, desired, observed, wanted), appliesTemplate: decision.kind !== 'none' };
}

function stepsOf(
  decision: RefreshDecision,
  desired: DesiredGroup,
  { group, hooks }: ObservedGroup,
  wanted: WantedTemplate,
): readonly Step[] {
  const AutoScalingGroupName = groupName(desired);
  switch (decision.kind) {
    case 'start': {
      const { policy, goesOn, why } = decision;
      const command = new StartInstanceRefreshCommand({
        AutoScalingGroupName,
        Strategy: policy.strategy ?? 'Rolling',
        DesiredConfiguration: desiredConfiguration(group, wanted),
        Preferences: refreshPreferences(policy, hooks, goesOn),
      });
      // It takes no client token. If its answer is lost, the next pass sees the refresh, or AWS refuses a second one.
      return [step(autoScaling, command, why)];
    }
    case 'cancel':
      return [step(autoScaling, new CancelInstanceRefreshCommand({ AutoScalingGroupName }), decision.why)];
    case 'wait':
      return [wait(decision.reason, decision.message)];
    case 'under-way':
    case 'failed':
    case 'none':
      return [];
    default:
      return decision satisfies never;
  }
}
