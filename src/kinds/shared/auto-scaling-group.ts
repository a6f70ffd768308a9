import type { AutoScalingGroup, LaunchTemplateSpecification } from '@aws-sdk/client-auto-scaling';

/** `x` of `arn:aws:autoscaling:us-east-1:123456789012:autoScalingGroup:<id>:autoScalingGroupName/x`. A name may hold slashes, and stays as it is. */
export function groupNameOf(arnOrName: string): string {
  const marker = ':autoScalingGroupName/';
  const at = arnOrName.indexOf(marker);
  return at < 0 ? arnOrName : arnOrName.slice(at + marker.length);
}

/** What the group launches its instances from now, whether or not it mixes them. */
export function templateOf({
  LaunchTemplate,
  MixedInstancesPolicy,
}: AutoScalingGroup): LaunchTemplateSpecification | undefined {
  return MixedInstancesPolicy?.LaunchTemplate?.LaunchTemplateSpecification ?? LaunchTemplate;
}

/** A group whose deletion AWS has begun: its name is free again when it is gone. It has no status at any other time. */
export function isBeingDeleted({ Status }: AutoScalingGroup): boolean {
  return Status !== undefined;
}

/** True while somebody has suspended this process of the group, such as `Launch`. */
export function isSuspended({ SuspendedProcesses = [] }: AutoScalingGroup, process: string): boolean {
  return SuspendedProcesses.some(({ ProcessName }) => ProcessName === process);
}
