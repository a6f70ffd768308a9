import type { AutoScalingGroupProvider, AutoScalingGroupProviderUpdate, ManagedScaling } from '@aws-sdk/client-ecs';
import { findGroupByArn } from '../../../autoscaling/find.ts';
import type { GroupState } from '../../../autoscaling/state.ts';
import { clientException, invalidParameter } from '../../../errors.ts';
import type { World } from '../../../world.ts';

export type GroupProvider = Required<AutoScalingGroupProvider>;

const MAX_STEP = 10_000;

export function checkName(name: string): void {
  if (/^[a-zA-Z0-9_-]{1,255}$/.test(name) && !/^(aws|ecs|fargate)/i.test(name)) return;
  throw clientException(
    'The specified capacity provider name is invalid. Up to 255 characters are allowed, including letters (upper and ' +
      'lowercase), numbers, underscores, and hyphens. The name cannot be prefixed with "aws", "ecs", or "fargate". ' +
      'Specify a valid name and try again.',
  );
}

/** The provider with AWS's defaults, once the group can carry it (CP-01 to CP-03). `name` is left out of "one provider a group". */
export function checkedGroupProvider(world: World, name: string, input: AutoScalingGroupProvider): GroupProvider {
  const group = findGroupByArn(world, input.autoScalingGroupArn ?? '');
  if (group === undefined || group.status !== undefined) {
    throw clientException(
      'The specified Auto Scaling group ARN is invalid or does not exist. Specify a valid Auto Scaling group ARN and try again.',
    );
  }
  for (const other of world.ecs.capacityProviders.values()) {
    if (other.name === name || other.status === 'INACTIVE') continue;
    if (other.autoScalingGroupProvider?.autoScalingGroupArn !== group.arn) continue;
    throw clientException(
      'The specified Auto Scaling group ARN is already being used by another capacity provider. ' +
        'Specify a unique Auto Scaling group ARN and try again.',
    );
  }
  const settings = checkedSettings(group, {
    managedScaling: input.managedScaling ?? {},
    managedTerminationProtection: input.managedTerminationProtection ?? 'DISABLED',
    managedDraining: input.managedDraining ?? 'ENABLED',
  });
  if (settings.managedTerminationProtection === 'ENABLED') checkProtected(group);
  return settings;
}

/** The settings after an update, which keeps what it does not name. */
export function updatedGroupProvider(
  group: GroupState,
  present: GroupProvider,
  update: AutoScalingGroupProviderUpdate,
): GroupProvider {
  const settings = checkedSettings(group, {
    managedScaling: { ...present.managedScaling, ...update.managedScaling },
    managedTerminationProtection: update.managedTerminationProtection ?? present.managedTerminationProtection,
    managedDraining: update.managedDraining ?? present.managedDraining,
  });
  // Once it is on, it is ECS itself that unprotects instances without tasks.
  const isNew = present.managedTerminationProtection === 'DISABLED';
  if (isNew && settings.managedTerminationProtection === 'ENABLED') checkProtected(group);
  return settings;
}

type Settings = Omit<GroupProvider, 'autoScalingGroupArn'>;

function checkedSettings(group: GroupState, settings: Settings): GroupProvider {
  const managedScaling = withDefaults(settings.managedScaling);
  checkScaling(managedScaling);
  if (settings.managedTerminationProtection === 'ENABLED' && managedScaling.status !== 'ENABLED') {
    throw clientException(
      'The managed termination protection setting for the capacity provider is invalid. To enable managed termination ' +
        'protection for a capacity provider, managed scaling must be enabled.',
    );
  }
  return { ...settings, managedScaling, autoScalingGroupArn: group.arn };
}

/** AWS answers with all members filled in, also where managed scaling is off (MD-10). */
function withDefaults(given: ManagedScaling | undefined): ManagedScaling {
  return {
    status: given?.status ?? 'DISABLED',
    targetCapacity: given?.targetCapacity ?? 100,
    minimumScalingStepSize: given?.minimumScalingStepSize ?? 1,
    maximumScalingStepSize: given?.maximumScalingStepSize ?? MAX_STEP,
    instanceWarmupPeriod: given?.instanceWarmupPeriod ?? 300,
  };
}

function checkScaling(scaling: ManagedScaling): void {
  const { minimumScalingStepSize: minimum = 1, maximumScalingStepSize: maximum = MAX_STEP } = scaling;
  // CAS-04: the guide says 0 to 100, the API 1 to 100.
  inRange('target capacity', scaling.targetCapacity, 1, 100);
  inRange('minimum scaling step size', minimum, 1, MAX_STEP);
  inRange('maximum scaling step size', maximum, 1, MAX_STEP);
  inRange('instance warmup period', scaling.instanceWarmupPeriod, 0, 10_000);
  if (minimum > maximum) {
    throw clientException('The minimum scaling step size cannot be greater than the maximum scaling step size.');
  }
}

function inRange(what: string, value: number | undefined, least: number, most: number): void {
  if (value === undefined || (Number.isInteger(value) && value >= least && value <= most)) return;
  throw invalidParameter(`The specified ${what} is invalid. Specify a value between ${least} and ${most}.`);
}

/** CP-02: managed termination protection needs protection from scale-in on the group and its instances. */
function checkProtected(group: GroupState): void {
  const instances = [...group.members.values()];
  if (group.newInstancesProtectedFromScaleIn && instances.every((member) => member.protectedFromScaleIn)) return;
  throw clientException(
    'The managed termination protection setting for the capacity provider is invalid. To enable managed termination ' +
      'protection for a capacity provider, the Auto Scaling group must have instance protection from scale in enabled.',
  );
}
