import type { Tag } from '@aws-sdk/client-ecs';
import type { CommonSpec, CommonStatus, Desired } from '../../engine/kind.ts';

/** What of a spec is AWS's: the operator's own fields are never sent, and say nothing about what AWS should look like. */
export function awsFields<Spec extends CommonSpec>(spec: Spec): Omit<Spec, keyof CommonSpec> {
  const { deletionPolicy, adoptionPolicy, driftPolicy, region, accountRef, allowedNamespaces, ...fields } = spec;
  return fields;
}

/** The AWS fields that a spec sets; each tag counts by its key, so that one tag taken out of the spec can be told. */
export function fieldsOf(spec: CommonSpec & { readonly tags?: readonly Tag[] | undefined }): readonly string[] {
  const fields = Object.entries(awsFields(spec))
    .filter(([field, value]) => value !== undefined && field !== 'tags')
    .map(([field]) => field);
  return [...fields, ...(spec.tags ?? []).map((tag) => `tags/${tag.key ?? ''}`)];
}

/** Keys of the tags that the spec set when AWS last agreed with it. */
export function previousTagKeys(desired: Desired<CommonSpec, CommonStatus>): readonly string[] {
  return (desired.status?.settledFields ?? [])
    .filter((field) => field.startsWith('tags/'))
    .map((field) => field.slice('tags/'.length));
}

/** True when the field was in the spec that AWS last agreed with. */
export function wasSettled(desired: Desired<CommonSpec, CommonStatus>, field: string): boolean {
  return (desired.status?.settledFields ?? []).includes(field);
}

/** True when the field was in the spec that AWS last agreed with and is not any more. */
export function wasRemoved(desired: Desired<CommonSpec, CommonStatus>, field: string): boolean {
  const now: Readonly<Record<string, unknown>> = { ...desired.spec };
  return now[field] === undefined && wasSettled(desired, field);
}
