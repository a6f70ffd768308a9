import { type Tag, TagResourceCommand, UntagResourceCommand } from '@aws-sdk/client-ecs';
import { diffTags, mergeTags, ownershipTags } from '../../aws/ownership.ts';
import type { AwsCommand, CallStep, CommonSpec, CommonStatus, Desired } from '../../engine/kind.ts';
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
  const set = () => new TagResourceCommand({ resourceArn: arn, tags: add });
  const remove = () => new UntagResourceCommand({ resourceArn: arn, tagKeys: removeKeys });
  return tagCalls(ecs, { keys: add.map(({ key = '' }) => key), command: set }, { keys: removeKeys, command: remove });
}

interface TagChange {
  readonly keys: readonly string[];
  readonly command: () => AwsCommand;
}

/** The calls that set and remove tags, of which there may be none; each service has its own commands for it. */
export function tagCalls(service: string, set: TagChange, remove: TagChange): readonly CallStep[] {
  const calls: CallStep[] = [];
  if (set.keys.length > 0) calls.push(step(service, set.command(), `tags set: ${set.keys.join(', ')}`));
  if (remove.keys.length > 0) calls.push(step(service, remove.command(), `tags removed: ${remove.keys.join(', ')}`));
  return calls;
}
