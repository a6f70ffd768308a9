import { sharedAutoScalingReads } from './autoscalingreads.ts';
import type { Caller } from './command.ts';
import { sharedEc2Reads } from './ec2reads.ts';
import { sharedEcsReads } from './ecsreads.ts';
import type { AutoScalingReads, Ec2Reads, EcsReads, SsmReads } from './reads.ts';
import type { Region } from './region.ts';
import { sharedSsmReads } from './ssmreads.ts';
import type { RegisteredRevisions } from './taskdefinitions.ts';

/** Reads that passes of one account and region share. */
export type SharedReads = EcsReads & AutoScalingReads & Ec2Reads & SsmReads;

/** All reads of one region of an account, shared by all passes. Each pass reads on behalf of its own caller. */
export function sharedReads(
  region: Region,
  windowMs: number,
  registered: RegisteredRevisions,
): (caller: Caller) => SharedReads {
  const ecs = sharedEcsReads(region, windowMs, registered);
  const autoScaling = sharedAutoScalingReads(region, windowMs);
  const ec2 = sharedEc2Reads(region, windowMs);
  const ssm = sharedSsmReads(region, windowMs);
  return (caller) => ({ ...ecs(caller), ...autoScaling(caller), ...ec2(caller), ...ssm(caller) });
}
