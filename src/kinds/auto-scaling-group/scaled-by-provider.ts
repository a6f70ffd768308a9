import type { AutoScalingGroup, ScalingPolicy } from '@aws-sdk/client-auto-scaling';
import { ECS_MANAGED_TAG, ECS_POLICY_PREFIX } from '../shared/managed-by-ecs.ts';
import { lacksInstances } from './instances.ts';
import type { DesiredGroup, ObservedGroup } from './observed.ts';

/**
 * True when the group's scaling policies have to be read, because it matters who owns the desired capacity: the spec has another one, or
 * instances are missing in a group that ECS has marked as its own. ECS does not take the mark away again (CP-08), so alone it proves nothing.
 */
export function concernsPolicies({ spec }: DesiredGroup, group: AutoScalingGroup): boolean {
  const differs = spec.desiredCapacity !== undefined && spec.desiredCapacity !== group.DesiredCapacity;
  return differs || (isMarked(group) && lacksInstances(group));
}

/** True while a capacity provider with managed scaling owns the desired capacity, as far as is known: the policies tell, else what they told last. */
export function isScaledByProvider(desired: DesiredGroup, { group, policies }: ObservedGroup): boolean {
  if (concernsPolicies(desired, group)) return isScaledByEcs(policies);
  return isMarked(group) && (desired.status?.scaledByCapacityProvider ?? true);
}

/** What the status says. "False" only of a group with the mark: said before its provider came, it would be believed afterwards. */
export function scaledByProvider(desired: DesiredGroup, observed: ObservedGroup): boolean | undefined {
  return isScaledByProvider(desired, observed) || (isMarked(observed.group) ? false : undefined);
}

function isMarked({ Tags = [] }: AutoScalingGroup): boolean {
  return Tags.some(({ Key }) => Key === ECS_MANAGED_TAG);
}

/** ECS takes its policy away with the provider (CAS-01). */
function isScaledByEcs(policies: readonly ScalingPolicy[]): boolean {
  return policies.some(({ PolicyName }) => PolicyName?.startsWith(ECS_POLICY_PREFIX));
}
