import type {
  CreateOrUpdateTagsType,
  DeleteTagsType,
  DescribeTagsType,
  Filter,
  Tag,
  TagDescription,
  TagsType,
} from '@aws-sdk/client-auto-scaling';
import { paged } from '../paged.ts';
import type { World } from '../world.ts';
import { invalidToken, limitExceeded, validationError } from './errors.ts';
import type { GroupState, GroupTag } from './state.ts';

const MAX_TAGS = 50;

/** The tags of a group with more of them, or what AWS answers when they are not allowed. */
export function withTags(current: ReadonlyMap<string, GroupTag>, tags: readonly Tag[]): Map<string, GroupTag> {
  const merged = new Map(current);
  const seen = new Set<string>();
  for (const { Key = '', Value = '', PropagateAtLaunch = false } of tags) {
    if (Key === '' || Key.length > 128) throw validationError('Tag keys must have between 1 and 128 characters.');
    if (Value.length > 256) throw validationError('Tag values must have at most 256 characters.');
    if (/^aws:/i.test(Key)) throw validationError("Tags with the prefix 'aws:' are reserved for AWS use.");
    if (seen.has(Key)) throw validationError(`Duplicate tag keys found: ${Key}.`);
    seen.add(Key);
    merged.set(Key, { value: Value, propagateAtLaunch: PropagateAtLaunch });
  }
  if (merged.size > MAX_TAGS) throw limitExceeded(`The number of tags exceeds the limit of ${MAX_TAGS}.`);
  return merged;
}

/** Instances that are there already get nothing: tags are propagated at launch only. */
export function createOrUpdateTags(world: World, input: CreateOrUpdateTagsType): object {
  const byGroup = Map.groupBy(input.Tags ?? [], (tag) => taggedGroup(world, tag));
  const changes = [...byGroup].map(([group, tags]) => ({ group, next: withTags(group.tags, tags) }));
  for (const { group, next } of changes) for (const [key, tag] of next) group.tags.set(key, tag);
  return {};
}

export function deleteTags(world: World, input: DeleteTagsType): object {
  const found = (input.Tags ?? []).map((tag) => ({ group: taggedGroup(world, tag), key: tag.Key ?? '' }));
  for (const { group, key } of found) group.tags.delete(key);
  return {};
}

function taggedGroup(world: World, tag: Tag): GroupState {
  if (tag.ResourceType !== undefined && tag.ResourceType !== 'auto-scaling-group') {
    throw validationError(`Invalid resource type: ${tag.ResourceType}. Valid resource types are auto-scaling-group.`);
  }
  const group = world.autoScaling.groups.get(tag.ResourceId ?? '');
  if (group === undefined) {
    throw validationError(`AutoScalingGroup not found - AutoScaling Group ${tag.ResourceId} not found`);
  }
  return group;
}

export function describeTags(world: World, input: DescribeTagsType): TagsType {
  const all = [...world.autoScaling.groups.values()].flatMap((group) => tagList(group));
  const found = all.filter((tag) => (input.Filters ?? []).every((filter) => passes(tag, filter)));
  const { items, nextToken } = paged(found, (tag) => `${tag.ResourceId}/${tag.Key}`, {
    token: input.NextToken,
    size: Math.min(input.MaxRecords ?? 50, 100),
    invalidToken,
  });
  return { Tags: [...items], NextToken: nextToken };
}

function passes(tag: TagDescription, { Name = '', Values = [] }: Filter): boolean {
  const actual: Readonly<Record<string, string | undefined>> = {
    'auto-scaling-group': tag.ResourceId,
    key: tag.Key,
    value: tag.Value,
    'propagate-at-launch': String(tag.PropagateAtLaunch),
  };
  if (!(Name in actual)) throw validationError(`The filter name ${Name} is not valid.`);
  return Values.includes(actual[Name] ?? '');
}

export function tagList(group: GroupState): TagDescription[] {
  return [...group.tags].map(([Key, { value, propagateAtLaunch }]) => ({
    ResourceId: group.name,
    ResourceType: 'auto-scaling-group',
    Key,
    Value: value,
    PropagateAtLaunch: propagateAtLaunch,
  }));
}
