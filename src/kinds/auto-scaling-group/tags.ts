import {
  CreateOrUpdateTagsCommand,
  DeleteTagsCommand,
  type Tag,
  type TagDescription,
} from '@aws-sdk/client-auto-scaling';
import type { Tag as EcsTag } from '@aws-sdk/client-ecs';
import { isReservedKey, ownershipTags } from '../../aws/ownership.ts';
import type { CallStep } from '../../engine/kind.ts';
import { previousTagKeys } from '../shared/fields.ts';
import { ECS_MANAGED_TAG } from '../shared/managed-by-ecs.ts';
import { ownerOf } from '../shared/owner.ts';
import { autoScaling } from '../shared/step.ts';
import { tagCalls } from '../shared/tags.ts';
import { groupName } from './desired.ts';
import type { DesiredGroup } from './observed.ts';

/** The user's tags and ours. Ours say whose the group is, and nothing about its instances. */
export function groupTags(desired: DesiredGroup): Tag[] {
  const ours = ownershipTags(ownerOf(desired)).map(({ key = '', value }) => ({ key, value, propagateAtLaunch: false }));
  const byKey = new Map([...(desired.spec.tags ?? []), ...ours].map((tag) => [tag.key, tag]));
  return [...byKey.values()]
    .sort((a, b) => (a.key < b.key ? -1 : 1))
    .map((tag) => ({
      ResourceId: groupName(desired),
      ResourceType: 'auto-scaling-group',
      Key: tag.key,
      Value: tag.value ?? '',
      PropagateAtLaunch: tag.propagateAtLaunch ?? true,
    }));
}

/** Steps that bring the group's tags to the spec. Only what the spec itself set before is removed: other tools and ECS tag the group too. */
export function tagSteps(desired: DesiredGroup, live: readonly TagDescription[]): readonly CallStep[] {
  const wanted = groupTags(desired);
  const add = wanted.filter((tag) => !isReservedKey(tag.Key ?? '') && !live.some((have) => sameTag(have, tag)));
  const kept = new Set([...wanted.map(({ Key }) => Key), ECS_MANAGED_TAG]);
  const remove = previousTagKeys(desired).filter(
    (key) => !kept.has(key) && !isReservedKey(key) && live.some(({ Key }) => Key === key),
  );
  const group = { ResourceId: groupName(desired), ResourceType: 'auto-scaling-group' };
  return tagCalls(
    autoScaling,
    { keys: add.map(({ Key = '' }) => Key), command: () => new CreateOrUpdateTagsCommand({ Tags: add }) },
    { keys: remove, command: () => new DeleteTagsCommand({ Tags: remove.map((Key) => ({ ...group, Key })) }) },
  );
}

/** Whose the group is, in the form in which all kinds compare it. */
export function ownershipOfGroup(live: readonly TagDescription[] | undefined): readonly EcsTag[] {
  return (live ?? []).map(({ Key, Value }) => ({ key: Key, value: Value }));
}

function sameTag(have: TagDescription, want: Tag): boolean {
  return (
    have.Key === want.Key &&
    (have.Value ?? '') === want.Value &&
    (have.PropagateAtLaunch ?? false) === want.PropagateAtLaunch
  );
}
