import type {
  ListTagsForResourceRequest,
  ListTagsForResourceResponse,
  TagResourceRequest,
  TagResourceResponse,
  UntagResourceRequest,
  UntagResourceResponse,
} from '@aws-sdk/client-ecs';
import { type AwsError, invalidParameter } from '../../errors.ts';
import type { World } from '../../world.ts';
import { resourceOf } from '../arn.ts';
import { findTaskDefinition } from '../find.ts';
import type { Tags } from './tag-rules.ts';
import { addTags, tagList } from './tag-rules.ts';

export function tagResource(world: World, input: TagResourceRequest): TagResourceResponse {
  addTags(tagsOf(world, input.resourceArn), input.tags ?? []);
  return {};
}

export function untagResource(world: World, input: UntagResourceRequest): UntagResourceResponse {
  const tags = tagsOf(world, input.resourceArn);
  for (const key of input.tagKeys ?? []) tags.delete(key);
  return {};
}

export function listTagsForResource(world: World, input: ListTagsForResourceRequest): ListTagsForResourceResponse {
  return { tags: tagList(tagsOf(world, input.resourceArn)) };
}

function tagsOf(world: World, resourceArn: string | undefined): Tags {
  const [type = '', first = '', second = ''] = resourceOf(resourceArn ?? '')?.split('/') ?? [];
  switch (type) {
    case 'cluster': {
      const cluster = world.ecs.clusters.get(first);
      if (cluster === undefined || cluster.status === 'INACTIVE') throw gone('cluster');
      return cluster.tags;
    }
    case 'service': {
      const service = world.ecs.clusters.get(first)?.services.get(second);
      if (service === undefined || service.status === 'INACTIVE') throw gone('service');
      return service.tags;
    }
    case 'task': {
      const task = world.ecs.clusters.get(first)?.tasks.get(second);
      if (task === undefined) throw gone('task');
      return task.tags;
    }
    case 'task-definition': {
      const definition = findTaskDefinition(world, first);
      if (definition === undefined) throw gone('task definition');
      return definition.tags;
    }
    default:
      throw invalidParameter('Invalid resource ARN.');
  }
}

function gone(what: string): AwsError {
  return invalidParameter(`The specified ${what} is inactive. Specify an active ${what} and try again.`);
}
