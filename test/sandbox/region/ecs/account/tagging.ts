import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  TagResourceResponse,
  UntagResourceRequest,
  UntagResourceResponse,
} from '@aws-sdk/client-ecs';
import { AwsError, invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { arn, isOf, resourceOf } from '../arn.ts';
import { findTaskDefinition } from '../find.ts';
import type { Tags } from './tag-rules.ts';
import { addTags, tagList } from './tag-rules.ts';

export function tagResource(world: World, input: TagResourceRequest): TagResourceResponse {
  addTags(tagsOf(world, input.resourceArn, resourceNotFound), input.tags ?? []);
  return {};
}

export function untagResource(world: World, input: UntagResourceRequest): UntagResourceResponse {
  const tags = tagsOf(world, input.resourceArn, resourceNotFound);
  const keys = input.tagKeys ?? [];
  if (keys.some((key) => /^aws:/i.test(key))) {
    throw invalidParameter("Tag keys starting with 'aws:' are reserved for AWS use and cannot be removed.");
  }
  for (const key of keys) tags.delete(key);
  return {};
}

/** Unlike its two siblings it has no ResourceNotFoundException in its model. */
export function listTagsForResource(world: World, input: ListTagsForResourceRequest): ListTagsForResourceResponse {
  return { tags: tagList(tagsOf(world, input.resourceArn, invalidParameter)) };
}

interface Tagged {
  readonly tags: Tags;
  readonly status?: string;
}

/** The tags of what an ARN names: all that ECS tags (TG-02). FARGATE and FARGATE_SPOT cannot be tagged. */
function tagsOf(world: World, resourceArn: string | undefined, notFound: (text: string) => AwsError): Tags {
  const [type = '', ...names] = resourceOf(resourceArn ?? '')?.split('/') ?? [];
  const what = type.replaceAll('-', ' ');
  const found = findTagged(world, resourceArn ?? '', type, names);
  if (found === undefined && type === 'cluster') throw new AwsError('ClusterNotFoundException', 'Cluster not found.');
  if (found === undefined) throw notFound(`The specified ${what} was not found.`);
  // What is INACTIVE can still be described, and yet has no tags to speak of. A deregistered task definition keeps its tags.
  if (found.status === 'INACTIVE' && type !== 'task-definition') {
    throw invalidParameter(`The specified ${what} is inactive. Specify an active ${what} and try again.`);
  }
  return found.tags;
}

function findTagged(world: World, resourceArn: string, type: string, names: readonly string[]): Tagged | undefined {
  if (!isOf(arn(world, ''), resourceArn)) return undefined;
  const [first = '', second = ''] = names;
  const { clusters, capacityProviders } = world.ecs;
  const cluster = clusters.get(first);
  switch (type) {
    case 'cluster':
      return cluster;
    case 'capacity-provider':
      return capacityProviders.get(first);
    case 'task-definition':
      return findTaskDefinition(world, first);
    case 'service':
      return cluster?.services.get(second);
    case 'task-set':
      return cluster?.services.get(second)?.taskSets.find((taskSet) => taskSet.arn === resourceArn);
    case 'task':
      return cluster?.tasks.get(second);
    case 'container-instance':
      return cluster?.containerInstances.get(second);
    default:
      throw invalidParameter('Invalid resource ARN.');
  }
}

function resourceNotFound(text: string): AwsError {
  return new AwsError('ResourceNotFoundException', text);
}
