import type { AutoScalingGroup, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';
import type { Step } from '../../engine/kind.ts';
import { wait } from '../shared/step.ts';
import { listedInOrder } from '../shared/text.ts';

/**
 * Those that launch from the template, whoever has made them. EC2 deletes a template, or a version of it, from under a group that an object may
 * not even refer to any more (its refresh waits, or was rolled back), and the group can launch nothing from then on.
 */
export function launchingFrom(groups: readonly AutoScalingGroup[], templateId: string): readonly AutoScalingGroup[] {
  return groups.filter((group) => specifications(group, templateId).length > 0);
}

/** Numbers of the versions that these groups launch from. */
export function versionsUsed(groups: readonly AutoScalingGroup[], templateId: string): readonly number[] {
  return groups.flatMap((group) => specifications(group, templateId)).map(({ Version }) => Number(Version));
}

/** The wait for the groups of the template that is to be deleted. */
export function groupsWait(groups: readonly AutoScalingGroup[]): readonly Step[] {
  const names = listedInOrder(groups.map(({ AutoScalingGroupName }) => AutoScalingGroupName ?? ''));
  const message = `Waiting until no Auto Scaling group launches from it: in AWS these do: ${names}. Delete them or give them another launch template; to keep this one for them, set spec.deletionPolicy to Retain.`;
  return [wait('InUse', message)];
}

function specifications(group: AutoScalingGroup, templateId: string): readonly LaunchTemplateSpecification[] {
  const mixed = group.MixedInstancesPolicy?.LaunchTemplate;
  const overrides = mixed?.Overrides?.map(({ LaunchTemplateSpecification: own }) => own) ?? [];
  return [group.LaunchTemplate, mixed?.LaunchTemplateSpecification, ...overrides].flatMap((specification) =>
    specification?.LaunchTemplateId === templateId ? [specification] : [],
  );
}
