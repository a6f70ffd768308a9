import type { Tag } from '@aws-sdk/client-ecs';
import type { Desired } from '../../engine/kind.ts';
import { awsFields } from '../shared/fields.ts';
import type { ECSTaskDefinitionSpec, ECSTaskDefinitionStatus } from './api.ts';
import { type Content, hashOf } from './content.ts';

/** Carries the content hash of a revision, so that equal content is found again and not registered twice. */
export const contentHashTag = 'ecs-operator.dev/content-hash';

/** What would be registered for this spec, and its hash. */
export function desiredContent(desired: Desired<ECSTaskDefinitionSpec, ECSTaskDefinitionStatus>): {
  readonly content: Content & { readonly family: string };
  readonly hash: string;
} {
  const { tags, cpu, memory, ...rest } = awsFields(desired.spec);
  const content = {
    ...rest,
    family: desired.spec.family ?? desired.object.metadata.name,
    ...(cpu === undefined ? {} : { cpu: String(cpu) }),
    ...(memory === undefined ? {} : { memory: String(memory) }),
  };
  return { content, hash: hashOf(content) };
}

export function contentTag(desired: Desired<ECSTaskDefinitionSpec, ECSTaskDefinitionStatus>): Tag {
  return { key: contentHashTag, value: desiredContent(desired).hash };
}
