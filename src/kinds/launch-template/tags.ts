import { CreateTagsCommand, DeleteTagsCommand, type LaunchTemplate, type Tag } from '@aws-sdk/client-ec2';
import { diffTags } from '../../aws/ownership.ts';
import type { CallStep } from '../../engine/kind.ts';
import { camelCase, pascalCase } from '../shared/camel-case.ts';
import { previousTagKeys } from '../shared/fields.ts';
import { ec2 } from '../shared/step.ts';
import { desiredTags, tagCalls } from '../shared/tags.ts';
import type { DesiredTemplate } from './desired.ts';

/** The tags of a template in the form in which the rest of the operator knows tags. */
export function tagsOf({ Tags }: LaunchTemplate) {
  return (Tags ?? []).map((tag) => ({ ...camelCase(tag) }));
}

/** The user's tags and ours, as EC2 takes them. */
export function wantedTags(desired: DesiredTemplate): Tag[] {
  return desiredTags(desired).map((tag) => pascalCase<Tag>(tag));
}

/** Steps that bring the template's tags to the spec; tags of other tools are left alone. */
export function tagSteps(desired: DesiredTemplate, live: LaunchTemplate): readonly CallStep[] {
  const { add, removeKeys } = diffTags(desiredTags(desired), tagsOf(live), previousTagKeys(desired));
  const Resources = [live.LaunchTemplateId ?? ''];
  const set = () => new CreateTagsCommand({ Resources, Tags: add.map((tag) => pascalCase<Tag>(tag)) });
  const remove = () => new DeleteTagsCommand({ Resources, Tags: removeKeys.map((Key) => ({ Key })) });
  return tagCalls(ec2, { keys: add.map(({ key = '' }) => key), command: set }, { keys: removeKeys, command: remove });
}
