import type { Claim, Owner } from '../../aws/ownership.ts';
import type { CommonSpec, CommonStatus, Desired } from '../../engine/kind.ts';

export function ownerOf(desired: Desired<CommonSpec, CommonStatus>): Owner {
  const { kind, metadata } = desired.object;
  return { kind, uid: metadata.uid, namespace: metadata.namespace, name: metadata.name };
}

export function claimOf(desired: Desired<CommonSpec, CommonStatus>): Claim {
  const { spec, status } = desired;
  return {
    ...ownerOf(desired),
    adoptionPolicy: spec.adoptionPolicy,
    hasSettled: status?.settledHash !== undefined,
  };
}

/** `us-east-1` of `arn:aws:ecs:us-east-1:123456789012:cluster/x`. */
export function regionOfArn(arn: string): string {
  return arn.split(':')[3] ?? '';
}

/** `x` of `arn:aws:ecs:us-east-1:123456789012:cluster/x`, `web:3` of a task definition's ARN. */
export function nameOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}
