import { type Tag, TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-ecs';
import { diffTags, mergeTags, ownershipTags } from '../../aws/ownership.ts';
import type { CallStep, CommonSpec, CommonStatus, Desired } from '../../engine/kind.ts';
import { previousTagKeys } from './fields.ts';
import { ownerOf } from './owner.ts';
import { ecs, step } from './step.ts';

type Tagged = CommonSpec & { readonly tags?: readonly Tag[] | undefined };

/** The user's tags and ours. */
export function desiredTags(desired: Desired<Tagged, CommonStatus>, more: readonly Tag[] = []): Tag[] {
  return mergeTags(desired.spec.tags, [...ownershipTags(ownerOf(desired)), ...more]);
}

/** Steps that bring the tags of one resource to the spec; tags of other tools are left alone. */
export function tagSteps(
  desired: Desired<Tagged, CommonStatus>,
  arn: string,
  live: readonly Tag[] | undefined,
  more: readonly Tag[] = [],
): readonly CallStep[] {
  const { add, removeKeys } = diffTags(desiredTags(desired, more), live, previousTagKeys(desired));
  const steps: CallStep[] = [];
  if (add.length > 0) {
    const command = new TagResourceCommand({ resourceArn: arn, tags: add });
    steps.push(step(ecs, command, `tags set: ${add.map((tag) => tag.key).join(', ')}`));
  }
  if (removeKeys.length > 0) {
    const command = new UntagResourceCommand({ resourceArn: arn, tagKeys: removeKeys });
    steps.push(step(ecs, command, `tags removed: ${removeKeys.join(', ')}`));
  }
  return steps;
}
