import type {
  CreateTagsRequest,
  DeleteTagsRequest,
  DescribeTagsRequest,
  DescribeTagsResult,
  ResourceType,
} from '@aws-sdk/client-ec2';
import { AwsError } from '../errors.ts';
import { paged } from '../paged.ts';
import type { World } from '../world.ts';
import { invalidValue } from './errors.ts';
import { matches } from './filters.ts';
import { templateById } from './find-template.ts';
import { withTags } from './tag-rules.ts';

/** Of all resources or of none. */
export function createTags(world: World, input: CreateTagsRequest): object {
  const targets = (input.Resources ?? []).map((id) => tagsOf(world, id));
  const changes = targets.map((tags) => ({ tags, next: withTags(tags, input.Tags ?? []) }));
  for (const { tags, next } of changes) for (const [key, value] of next) tags.set(key, value);
  return {};
}

/** A tag given with a value goes only if it has that value; without tags all go but those of AWS. */
export function deleteTags(world: World, input: DeleteTagsRequest): object {
  const targets = (input.Resources ?? []).map((id) => tagsOf(world, id));
  for (const tags of targets) {
    const given = input.Tags ?? [...tags.keys()].map((Key) => ({ Key, Value: undefined }));
    for (const { Key = '', Value } of given) {
      if (!Key.startsWith('aws:') && (Value === undefined || tags.get(Key) === Value)) tags.delete(Key);
    }
  }
  return {};
}

interface Row {
  readonly resource: string;
  readonly kind: ResourceType;
  readonly key: string;
  readonly value: string;
}

export function describeTags(world: World, input: DescribeTagsRequest): DescribeTagsResult {
  const found = [...rows(world)].filter((row) =>
    matches(input.Filters, {
      key: () => [row.key],
      value: () => [row.value],
      'resource-id': () => [row.resource],
      'resource-type': () => [row.kind],
    }),
  );
  const { items, nextToken } = paged(found, ({ resource, key }) => `${resource}/${key}`, {
    token: input.NextToken,
    size: input.MaxResults ?? 1_000,
    invalidToken: () => invalidValue('The token is invalid.'),
  });
  return {
    Tags: items.map(({ resource, kind, key, value }) => ({
      ResourceId: resource,
      ResourceType: kind,
      Key: key,
      Value: value,
    })),
    NextToken: nextToken,
  };
}

function* rows(world: World): Generator<Row> {
  for (const { id, tags } of world.ec2.instances.values()) {
    for (const [key, value] of tags) yield { resource: id, kind: 'instance', key, value };
  }
  for (const { id, tags } of world.ec2.launchTemplates.values()) {
    for (const [key, value] of tags) yield { resource: id, kind: 'launch-template', key, value };
  }
}

function tagsOf(world: World, id: string): Map<string, string> {
  if (id.startsWith('lt-')) return templateById(world, id).tags;
  if (!id.startsWith('i-')) throw new AwsError('InvalidID', `The ID '${id}' is not valid`);
  const instance = world.ec2.instances.get(id);
  if (instance === undefined) {
    throw new AwsError('InvalidInstanceID.NotFound', `The instance ID '${id}' does not exist`);
  }
  return instance.tags;
}
