import type { AutoScalingGroupProvider, AutoScalingGroupProviderUpdate, ManagedScaling } from '@aws-sdk/client-ecs';
import { covers } from '../shared/compare.ts';
import type { GroupProvider } from './api.ts';
import type { DesiredProvider } from './desired.ts';
import { resets } from './settled.ts';

const PATH = 'autoScalingGroupProvider';

/** What ECS has for members that nobody sets (CAS-04 to CAS-06, MD-10), and what one goes back to when it leaves the spec. */
const SCALING_DEFAULTS = {
  status: 'DISABLED',
  targetCapacity: 100,
  minimumScalingStepSize: 1,
  maximumScalingStepSize: 10_000,
  instanceWarmupPeriod: 300,
} as const satisfies ManagedScaling;

/** CP-18, MD-01. */
const DEFAULTS = {
  managedTerminationProtection: 'DISABLED',
  managedDraining: 'ENABLED',
} as const satisfies AutoScalingGroupProviderUpdate;

/**
 * The settings that the provider shall have: what the spec says, over the defaults of what has left it, over what is there. `live` is
 * undefined before the provider exists.
 */
export function wantedSettings(
  desired: DesiredProvider,
  live: AutoScalingGroupProvider | undefined,
): AutoScalingGroupProviderUpdate {
  const present = settingsOf(live);
  const said = settingsOf(desired.spec.autoScalingGroupProvider);
  return {
    ...present,
    ...resets(desired, PATH, DEFAULTS),
    ...said,
    managedScaling: {
      ...present.managedScaling,
      ...resets(desired, `${PATH}.managedScaling`, SCALING_DEFAULTS),
      ...said.managedScaling,
    },
  };
}

/** The settings in which the provider differs, as UpdateCapacityProvider takes them. */
export function groupUpdate(desired: DesiredProvider, live: AutoScalingGroupProvider): AutoScalingGroupProviderUpdate {
  const have = { ...DEFAULTS, ...settingsOf(live) };
  const wanted = wantedSettings(desired, live);
  const { managedScaling, managedTerminationProtection, managedDraining } = wanted;
  return {
    // Nothing says whether ECS keeps the members that an update leaves out, so they go together.
    ...(scalingDiffers(have.managedScaling, managedScaling) ? { managedScaling } : {}),
    ...(covers(have.managedTerminationProtection, managedTerminationProtection)
      ? {}
      : { managedTerminationProtection }),
    ...(covers(have.managedDraining, managedDraining) ? {} : { managedDraining }),
  };
}

/** With managed scaling off its other members have no effect (CP-11), and ECS need not keep them. */
function scalingDiffers(have: ManagedScaling | undefined, wanted: ManagedScaling | undefined): boolean {
  const present = { ...SCALING_DEFAULTS, ...have };
  const next = { ...SCALING_DEFAULTS, ...wanted };
  return present.status === 'DISABLED' && next.status === 'DISABLED' ? false : !covers(present, next);
}

function settingsOf(provider: AutoScalingGroupProvider | GroupProvider | undefined): AutoScalingGroupProviderUpdate {
  if (provider === undefined) return {};
  const { managedScaling, managedTerminationProtection, managedDraining } = provider;
  return {
    ...(managedScaling === undefined ? {} : { managedScaling }),
    ...(managedTerminationProtection === undefined ? {} : { managedTerminationProtection }),
    ...(managedDraining === undefined ? {} : { managedDraining }),
  };
}
