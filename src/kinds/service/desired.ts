import type { Desired } from '../../engine/kind.ts';
import { OperatorError } from '../../errors.ts';
import { nameOfArn } from '../shared/owner.ts';
import type { ECSServiceSpec, ECSServiceStatus } from './api.ts';

export type DesiredService = Desired<ECSServiceSpec, ECSServiceStatus>;

export const CLUSTER_REF = 'spec.clusterRef';
export const TASK_DEFINITION_REF = 'spec.taskDefinitionRef';

export function serviceName(desired: DesiredService): string {
  return desired.spec.serviceName ?? desired.object.metadata.name;
}

/**
 * Name or ARN of the cluster. While the service is being deleted its cluster object may be gone, but the status knows; when it does
 * not, because we died before writing it, the cluster most likely has its object's name. Never the default cluster instead.
 */
export function clusterOf(desired: DesiredService): string {
  const referenced = desired.references.get(CLUSTER_REF);
  const { cluster, clusterRef } = desired.spec;
  return referenced?.arn ?? desired.status?.clusterArn ?? cluster ?? clusterRef?.name ?? 'default';
}

/** What the service should run: the referenced object's revision, or what the user wrote (ARN, family:revision or family). */
export function taskDefinitionOf(desired: DesiredService): string | undefined {
  return desired.references.get(TASK_DEFINITION_REF)?.arn ?? desired.spec.taskDefinition;
}

/** True when `arn` is what `wanted` names; a bare family names every revision of it, as a later one is no change of the spec. */
export function runs(arn: string | undefined, wanted: string): boolean {
  if (arn === undefined) return false;
  if (arn === wanted) return true;
  if (wanted.startsWith('arn:')) return false;
  const name = nameOfArn(arn);
  return wanted.includes(':') ? name === wanted : name.slice(0, name.lastIndexOf(':')) === wanted;
}

/** A reference into another region cannot work, and ECS's own message would not say why. */
export function assertOneRegion(desired: DesiredService): void {
  for (const [field, identity] of desired.references) {
    if (identity.region !== desired.region) {
      throw new OperatorError(
        'terminal',
        'RegionMismatch',
        `${field} is in ${identity.region} but this service is in ${desired.region}. Set spec.region to ${identity.region}, or refer to an object in ${desired.region}.`,
      );
    }
  }
}

/** `assertOneRegion` refused it from the start, so nothing was ever made, and nothing has to go. A cluster reference cannot change. */
export function wasAlwaysRefused(desired: DesiredService): boolean {
  const cluster = desired.references.get(CLUSTER_REF);
  return cluster !== undefined && cluster.region !== desired.region && desired.status?.serviceArn === undefined;
}
