import type { Handlers } from '../../service.ts';
import { listAccountSettings } from './account-settings.ts';
import { listTagsForResource, tagResource, untagResource } from './tagging.ts';

export const ACCOUNT_OPERATIONS: Handlers = {
  TagResource: tagResource,
  UntagResource: untagResource,
  ListTagsForResource: listTagsForResource,
  ListAccountSettings: listAccountSettings,
};
