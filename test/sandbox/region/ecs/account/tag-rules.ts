import type { Tag } from '@aws-sdk/client-ecs';
import { type AwsError, invalidParameter } from '../../errors.ts';

/** By key, in the order of their coming. */
export type Tags = Map<string, string>;

const MAX_TAGS = 50;

/** Tags as given to a create call (TG-01). */
export function tagsFrom(tags: readonly Tag[] | undefined): Tags {
  const result: Tags = new Map();
  addTags(result, tags ?? []);
  return result;
}

/** Adds and overwrites, all or nothing. */
export function addTags(into: Tags, tags: readonly Tag[]): void {
  const merged = new Map(into);
  const seen = new Set<string>();
  for (const tag of tags) {
    const key = tag.key ?? '';
    const value = tag.value ?? '';
    const error = refusal(key, value) ?? (seen.has(key) ? invalidParameter('Duplicate tag keys found.') : undefined);
    if (error !== undefined) throw error;
    seen.add(key);
    merged.set(key, value);
  }
  // Tags of AWS itself do not count (TG-01).
  const own = [...merged.keys()].filter((key) => !key.startsWith('aws:')).length;
  if (own > MAX_TAGS) throw invalidParameter(`The number of tags exceeds the limit of ${MAX_TAGS}.`);
  for (const [key, value] of merged) into.set(key, value);
}

export function tagList(tags: Tags): Tag[] {
  return [...tags].map(([key, value]) => ({ key, value }));
}

function refusal(key: string, value: string): AwsError | undefined {
  if (key.length < 1 || key.length > 128) return invalidParameter('Tag key must be between 1 and 128 characters.');
  if (value.length > 256) return invalidParameter('Tag value must be at most 256 characters.');
  if (/^aws:/i.test(key) || /^aws:/i.test(value)) {
    return invalidParameter("Tag keys and values can't start with 'aws:'. This prefix is reserved for AWS use.");
  }
  if (!/^[\p{L}\p{Z}\p{N}_.:/=+\-@]*$/u.test(key + value)) return invalidParameter('Tag contains invalid characters.');
  return undefined;
}
