import type { ScalingPolicy } from '@aws-sdk/client-auto-scaling';

/** What ECS calls the policies that it makes for a capacity provider with managed scaling (CP-07). */
const ECS_POLICY_PREFIX = 'ECSManaged';

/** True when a capacity provider moves the desired capacity. ECS takes its policy away with the provider (CAS-01). */
export function isScaledByEcs(policies: readonly ScalingPolicy[]): boolean {
  return policies.some(({ PolicyName }) => PolicyName?.startsWith(ECS_POLICY_PREFIX));
}
