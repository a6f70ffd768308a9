import { sharedAutoScalingReads } from './autoscalingreads.ts';
import type { Caller } from './command.ts';
import { sharedEc2Reads } from './ec2reads.ts';
import { sharedEcsReads } from './ecsreads.ts';
import type { AwsReads } from './reads.ts';
import type { Region } from './region.ts';
import { sharedSsmReads } from './ssmreads.ts';
import type { RegisteredRevisions } from './taskdefinitions.ts';

/** All reads of one region, shared by all passes. Each pass reads on behalf of its own caller. */
export function sharedReads(
  region: Region,
  windowMs: number,
  registered: RegisteredRevisions,
): (caller: Caller) => AwsReads {
  const ecs = sharedEcsReads(region, windowMs, registered);
  const autoScaling = sharedAutoScalingReads(region, windowMs);
  const ec2 = sharedEc2Reads(region, windowMs);
  const ssm = sharedSsmReads(region, windowMs);
  return (caller) => ({ ...ecs(caller), ...autoScaling(caller), ...ec2(caller), ...ssm(caller) });
}
