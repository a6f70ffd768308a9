import type { ResourceType, Tag, TagSpecification } from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import { invalidValue, missingParameter } from './errors.ts';

const MAX_TAGS = 50;

/** The tags that a create call gives to resources of one kind. */
export function tagsFor(
  specifications: readonly TagSpecification[] | undefined,
  kind: ResourceType,
  allowed: readonly ResourceType[] = [kind],
): Map<string, string> {
  const tags: Tag[] = [];
  for (const { ResourceType, Tags = [] } of specifications ?? []) {
    if (ResourceType === undefined || !allowed.includes(ResourceType)) {
      throw invalidValue(`'${ResourceType}' is not a valid taggable resource type for this operation.`);
    }
    checkTags(Tags);
    if (ResourceType === kind) tags.push(...Tags);
  }
  return withTags(new Map(), tags);
}

/** The given tags with more of them, or what AWS answers when they are too many or not allowed. */
export function withTags(current: ReadonlyMap<string, string>, tags: readonly Tag[]): Map<string, string> {
  checkTags(tags);
  const merged = new Map(current);
  for (const { Key = '', Value = '' } of tags) merged.set(Key, Value);
  const own = [...merged.keys()].filter((key) => !key.startsWith('aws:'));
  if (own.length > MAX_TAGS) {
    throw new AwsError('TagLimitExceeded', `The maximum number of Tags for a resource has been reached.`);
  }
  return merged;
}

function checkTags(tags: readonly Tag[]): void {
  const seen = new Set<string>();
  for (const { Key, Value = '' } of tags) {
    if (Key === undefined || Key === '') throw missingParameter('Tag.Key');
    if (Key.length > 127) throw invalidValue(`Tag key exceeds the maximum length of 127 characters`);
    if (Value.length > 255) throw invalidValue(`Tag value exceeds the maximum length of 255 characters`);
    if (/^aws:/i.test(Key)) throw invalidValue(`Tag keys starting with 'aws:' are reserved for internal use`);
    if (seen.has(Key)) throw invalidValue(`Duplicate tag key '${Key}' specified.`);
    seen.add(Key);
  }
}

export function tagList(tags: ReadonlyMap<string, string>): Tag[] {
  return [...tags].map(([Key, Value]) => ({ Key, Value }));
}
