import type { Owner } from '../../aws/ownership.ts';
import type { CommonSpec, CommonStatus, Desired } from '../../engine/kind.ts';

export function ownerOf(desired: Desired<CommonSpec, CommonStatus>): Owner {
  const { kind, metadata } = desired.object;
  return { kind, uid: metadata.uid, namespace: metadata.namespace, name: metadata.name };
}

/** `us-east-1` of `arn:aws:ecs:us-east-1:123456789012:cluster/x`. */
export function regionOfArn(arn: string): string {
  return arn.split(':')[3] ?? '';
}

/** `x` of `arn:aws:ecs:us-east-1:123456789012:cluster/x`, `web:3` of a task definition's ARN. */
export function nameOfArn(arn: string): string {
  return arn.slice(arn.lastIndexOf('/') + 1);
}

/** `x` of `arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:<id>:autoScalingGroupName/x`. A name may hold slashes, and stays as it is. */
export function groupNameOf(arnOrName: string): string {
  const marker = ':autoScalingGroupName/';
  const at = arnOrName.indexOf(marker);
  return at < 0 ? arnOrName : arnOrName.slice(at + marker.length);
}
