import type { AutoScalingGroup } from '@aws-sdk/client-auto-scaling';
import type { CapacityProvider } from '@aws-sdk/client-ecs';
import type { AutoScalingReads, EcsReads } from '../../aws/reads.ts';
import type { ObserveContext } from '../../engine/kind.ts';
import { clusterOf, type DesiredProvider, providerName } from './desired.ts';
import { isBusy, phaseOf, wasTried } from './phase.ts';
import { assertGroupCarries, assertScalingForProtection, groupToCheck } from './preconditions.ts';

export interface ObservedProvider {
  readonly provider: CapacityProvider;
  /** Read only when managed termination protection is about to be turned on. */
  readonly group: AutoScalingGroup | undefined;
}

type Reads = Pick<EcsReads, 'describeCapacityProvider'> & Pick<AutoScalingReads, 'describeAutoScalingGroup'>;

/** Reads the provider, and its group when a step is due that AWS would refuse because of it. */
export async function observeProvider(
  { reads, afterChange }: ObserveContext<Reads>,
  desired: DesiredProvider,
): Promise<ObservedProvider | undefined> {
  const provider = await reads.describeCapacityProvider(providerName(desired), clusterOf(desired));
  if (provider === undefined || isGone(desired, provider)) {
    // What has been made a moment ago and is not shown yet was looked at before.
    if (!desired.deleting && !afterChange) await assertMayBeMade(reads, desired);
    return undefined;
  }
  const live = provider.autoScalingGroupProvider;
  const waits = desired.deleting || isBusy(phaseOf(provider));
  const group = waits || live === undefined ? undefined : groupToCheck(desired, live);
  return { provider, group: group === undefined ? undefined : await reads.describeAutoScalingGroup(group) };
}

/**
 * ECS keeps an INACTIVE provider visible for a while, and its name is free again. One that could not be made is shown instead of being
 * made again and again.
 */
function isGone(desired: DesiredProvider, provider: CapacityProvider): boolean {
  if (provider.status !== 'INACTIVE') return false;
  return desired.deleting || phaseOf(provider) !== 'creationFailed' || !wasTried(desired);
}

/** There is nothing for `plan` to look at yet, so this is where a provider that cannot work is refused. */
async function assertMayBeMade(reads: Reads, desired: DesiredProvider): Promise<void> {
  assertScalingForProtection(desired, undefined);
  const group = groupToCheck(desired, undefined);
  if (group === undefined) return;
  assertGroupCarries(desired, undefined, await reads.describeAutoScalingGroup(group));
}
