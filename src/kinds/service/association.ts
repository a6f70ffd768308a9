import type { Cluster } from '@aws-sdk/client-ecs';
import type { WaitStep } from '../../engine/kind.ts';
import { OperatorError } from '../../errors.ts';
import { nameOfArn } from '../shared/owner.ts';
import { wait } from '../shared/step.ts';
import { clusterOf, type DesiredService, strategyOf } from './desired.ts';

const REASON = 'CapacityProviderNotAssociated';

/** Providers of the wanted strategy that the cluster does not have (CPS-03): ECS refuses the service until it has them. */
export function unassociatedProviders(desired: DesiredService, cluster: Cluster | undefined): readonly string[] {
  const names = (strategyOf(desired) ?? []).map(({ capacityProvider }) => capacityProvider ?? '');
  return names.filter((name) => !(cluster?.capacityProviders ?? []).includes(name));
}

/** Refuses to make a service that ECS would refuse, in words that say what to do. */
export function assertAssociated(desired: DesiredService, cluster: Cluster): void {
  const missing = unassociatedProviders(desired, cluster);
  if (missing.length > 0) throw new OperatorError('blocked', REASON, messageFor(desired, missing));
}

/** The wait of a service that is there, and stays as it is meanwhile. */
export function associationWait(desired: DesiredService, missing: readonly string[]): readonly WaitStep[] {
  return missing.length === 0 ? [] : [wait(REASON, messageFor(desired, missing))];
}

function messageFor(desired: DesiredService, missing: readonly string[]): string {
  const cluster = nameOfArn(clusterOf(desired));
  return `spec.capacityProviderStrategy names ${missing.join(', ')}, which the cluster ${cluster} does not have. Associate the capacity provider with the cluster: add it to capacityProviderRefs or capacityProviders of the ECSCluster.`;
}
