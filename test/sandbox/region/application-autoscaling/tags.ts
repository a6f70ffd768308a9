import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  TagResourceResponse,
  UntagResourceRequest,
  UntagResourceResponse,
} from '@aws-sdk/client-application-auto-scaling';
import { AwsError } from '../errors.ts';
import type { World } from '../world.ts';
import { constraint, validation } from './errors.ts';
import { liveTargets } from './find.ts';
import type { ScalableTargetState } from './state.ts';

const MAX_TAGS = 50;

export function tagResource(world: World, input: TagResourceRequest): TagResourceResponse {
  const { tags } = taggedTarget(world, input.ResourceARN ?? '');
  for (const [key, value] of checkedTags(tags, input.Tags ?? {})) tags.set(key, value);
  return {};
}

export function untagResource(world: World, input: UntagResourceRequest): UntagResourceResponse {
  const { tags } = taggedTarget(world, input.ResourceARN ?? '');
  for (const key of input.TagKeys ?? []) tags.delete(key);
  return {};
}

export function listTagsForResource(world: World, input: ListTagsForResourceRequest): ListTagsForResourceResponse {
  return { Tags: Object.fromEntries(taggedTarget(world, input.ResourceARN ?? '').tags) };
}

/** The present tags with the new ones over them. */
export function checkedTags(
  present: ReadonlyMap<string, string>,
  added: Readonly<Record<string, string>>,
): Map<string, string> {
  const merged = new Map(present);
  for (const [key, value] of Object.entries(added)) {
    if (key.length < 1 || key.length > 128)
      throw constraint('tags', key, 'Map keys must have length between 1 and 128');
    if (value.length > 256) throw constraint('tags', value, 'Map values must have length less than or equal to 256');
    if (/^aws:/i.test(key)) throw validation('Tag keys starting with aws: are reserved for AWS use.');
    merged.set(key, value);
  }
  if (merged.size > MAX_TAGS) {
    throw new AwsError(
      'TooManyTagsException',
      'The request contains too many tags. Try the request again with fewer tags.',
    );
  }
  return merged;
}

function taggedTarget(world: World, arn: string): ScalableTargetState {
  if (!/^arn:.+:application-autoscaling:.+:[0-9]+:scalable-target\/[a-zA-Z0-9-]+$/.test(arn)) {
    throw constraint(
      'resourceARN',
      arn,
      'Member must satisfy regular expression pattern: ^arn:.+:application-autoscaling:.+:[0-9]+:scalable-target\\/[a-zA-Z0-9-]+$',
    );
  }
  const target = liveTargets(world).find((candidate) => candidate.arn === arn);
  if (target === undefined)
    throw new AwsError('ResourceNotFoundException', `The specified resource doesn't exist: ${arn}`);
  return target;
}
