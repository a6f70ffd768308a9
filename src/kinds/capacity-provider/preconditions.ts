import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { AutoScalingGroupProvider } from '@aws-sdk/client-ecs';
import { type Disposition, OperatorError } from '../../errors.ts';
import { groupNameOf, isBeingDeleted } from '../shared/auto-scaling-group.ts';
import { listedInOrder } from '../shared/text.ts';
import { type DesiredProvider, groupField, groupOf, groupSaysItProtects } from './desired.ts';
import { wantedSettings } from './group-settings.ts';

const PROTECTION = 'spec.autoScalingGroupProvider.managedTerminationProtection';
const SCALING_STATUS = 'spec.autoScalingGroupProvider.managedScaling.status';

/** The group that has to be looked at before AWS is asked for anything: to make the provider, and to turn protection on. */
export function groupToCheck(desired: DesiredProvider, live: AutoScalingGroupProvider | undefined): string | undefined {
  const group = groupOf(desired);
  if (group === undefined || (live !== undefined && !turnsProtectionOn(desired, live))) return undefined;
  return groupNameOf(group);
}

function turnsProtectionOn(desired: DesiredProvider, live: AutoScalingGroupProvider | undefined): boolean {
  const wanted = wantedSettings(desired, live).managedTerminationProtection;
  return wanted === 'ENABLED' && live?.managedTerminationProtection !== 'ENABLED';
}

/** CP-02. ECS refuses it too, but in words that do not name a field. */
export function assertScalingForProtection(desired: DesiredProvider, live: AutoScalingGroupProvider | undefined): void {
  const { managedTerminationProtection, managedScaling } = wantedSettings(desired, live);
  if (managedTerminationProtection !== 'ENABLED' || managedScaling?.status === 'ENABLED') return;
  throw new OperatorError(
    'terminal',
    'ManagedScalingRequired',
    `${PROTECTION} ENABLED works only with managed scaling. Set ${SCALING_STATUS} to ENABLED, or ${PROTECTION} to DISABLED.`,
  );
}

/** Refuses or waits unless the group can carry the provider. `group` is what `groupToCheck` named. */
export function assertGroupCarries(
  desired: DesiredProvider,
  live: AutoScalingGroupProvider | undefined,
  group: AutoScalingGroup | undefined,
): void {
  const name = groupToCheck(desired, live);
  if (name === undefined) return;
  if (group === undefined) {
    throw blocked(
      'AutoScalingGroupNotFound',
      `The Auto Scaling group ${name} does not exist in AWS. Create it, or correct ${groupField(desired)}.`,
    );
  }
  if (isBeingDeleted(group)) {
    throw blocked(
      'AutoScalingGroupDeleting',
      `The Auto Scaling group ${name} is being deleted in AWS (${group.Status}).`,
    );
  }
  if (turnsProtectionOn(desired, live)) assertProtected(desired, name, group);
}

/**
 * CP-02: the group has to protect new instances from scale-in, and each instance that is there has to be protected. Once managed
 * termination protection is on, it is ECS that takes the protection from instances without tasks.
 */
function assertProtected(desired: DesiredProvider, name: string, group: AutoScalingGroup): void {
  if (group.NewInstancesProtectedFromScaleIn !== true) {
    // Our own object says that it is on: AWS shows it soon, or the object sees to it.
    const disposition: Disposition = groupSaysItProtects(desired) === true ? 'blocked' : 'terminal';
    throw protectionRequired(disposition, name);
  }
  const bare = (group.Instances ?? []).filter(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn !== true);
  if (bare.length === 0) return;
  const are = `${listedInOrder(bare.map(({ InstanceId = '' }) => InstanceId))} ${bare.length === 1 ? 'is' : 'are'}`;
  throw blocked(
    'InstanceProtectionRequired',
    `${PROTECTION} ENABLED needs every instance of the Auto Scaling group ${name} to be protected from scale-in, and ${are} not. Protect them (aws autoscaling set-instance-protection --protected-from-scale-in), or let the group replace them.`,
  );
}

/**
 * The same of a provider that is live: whoever takes the protection off its group gets no word from AWS, and managed termination
 * protection is worth nothing from then on.
 */
export function assertStillProtected(desired: DesiredProvider, live: AutoScalingGroupProvider): void {
  const wanted = wantedSettings(desired, live).managedTerminationProtection;
  if (wanted !== 'ENABLED' || groupSaysItProtects(desired) !== false) return;
  throw protectionRequired('terminal', groupNameOf(groupOf(desired) ?? ''));
}

function protectionRequired(disposition: Disposition, group: string): OperatorError {
  return new OperatorError(
    disposition,
    'InstanceProtectionRequired',
    `${PROTECTION} ENABLED needs the Auto Scaling group ${group} to protect new instances from scale-in. Set spec.newInstancesProtectedFromScaleIn: true on the AutoScalingGroup, or ${PROTECTION} to DISABLED.`,
  );
}

function blocked(reason: string, message: string): OperatorError {
  return new OperatorError('blocked', reason, message);
}
