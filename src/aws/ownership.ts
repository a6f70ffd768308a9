import type { Tag } from '@aws-sdk/client-ecs';
import { OperatorError } from '../errors.ts';

/** Which Kubernetes object a resource belongs to. */
export interface Owner {
  readonly uid: string;
  readonly kind: string;
  readonly namespace: string;
  readonly name: string;
}

/** An object, and what decides which resources it may take over. */
export interface Claim extends Owner {
  readonly adoptionPolicy: 'Never' | 'Adopt' | undefined;
  /** Whether AWS has ever agreed with its spec. */
  readonly hasSettled: boolean;
}

export type Ownership = 'ours' | 'ours-recreated' | 'unowned' | { readonly foreign: string };

export const ownerTag = 'ecs-operator.dev/owner';
export const objectTag = 'ecs-operator.dev/object';

/** The two tags that every resource made for `owner` carries. */
export function ownershipTags(owner: Owner): Tag[] {
  return [
    { key: objectTag, value: objectPath(owner) },
    { key: ownerTag, value: owner.uid },
  ];
}

/**
 * Whose resource this is, by its tags. `ours-recreated` is the same kind, namespace and name under another uid: the object
 * was deleted with its resource retained, or restored from a backup, and made again. The same object of another Kubernetes cluster looks so too.
 */
export function ownershipOf(tags: readonly Tag[] | undefined, owner: Owner): Ownership {
  const uid = tagValue(tags, ownerTag);
  const object = tagValue(tags, objectTag);
  if (uid === owner.uid) return 'ours';
  if (uid === undefined && object === undefined) return 'unowned';
  if (object === objectPath(owner)) return 'ours-recreated';
  return { foreign: object ?? `the object with uid ${uid}` };
}

/**
 * Throws unless the object may change the resource. `what` names it for the user, such as `cluster "prod"`. A resource of another object is
 * refused whatever the policy: two objects would undo each other's changes for ever. Two of the same name are told apart by what they have
 * been through: one that was made again has never settled, and one that has settled had the resource, so that the other must have taken it.
 */
export function assertMayManage(claim: Claim, tags: readonly Tag[] | undefined, what: string): void {
  const ownership = ownershipOf(tags, claim);
  if (ownership === 'ours') return;
  if (typeof ownership === 'object') {
    throw notOwned(
      `The ${what} already belongs to ${ownership.foreign}. Choose another name in this spec, or delete the other object with deletionPolicy: Retain and remove the tags ${ownerTag} and ${objectTag} from the resource.`,
    );
  }
  const uid = tagValue(tags, ownerTag);
  if (claim.hasSettled && uid !== undefined) {
    throw notOwned(
      `The ${what} has been taken over by another ${objectPath(claim)}, with uid ${uid}: probably another Kubernetes cluster has the same manifest, or this object was restored from a backup together with its status. Delete this object with deletionPolicy: Retain; or, to take the resource back, remove the tags ${ownerTag} and ${objectTag} from it and set spec.adoptionPolicy: Adopt.`,
    );
  }
  if (claim.adoptionPolicy === 'Adopt') return;
  const why =
    ownership === 'unowned'
      ? 'exists and was not created by this operator'
      : 'was created for an earlier object of the same name';
  throw notOwned(`The ${what} ${why}. Set spec.adoptionPolicy: Adopt to take it over, or choose another name.`);
}

/** Throws unless the resource is the object's own: nothing else is deleted with it, not even what it might take over. */
export function assertOwned(owner: Owner, tags: readonly Tag[] | undefined, what: string): void {
  assertMayManage({ ...owner, adoptionPolicy: 'Never', hasSettled: false }, tags, what);
}

function notOwned(message: string): OperatorError {
  return new OperatorError('terminal', 'NotOwned', message);
}

/** The user's tags with the ownership tags over them, sorted by key. */
export function mergeTags(userTags: readonly Tag[] | undefined, ownership: readonly Tag[]): Tag[] {
  const byKey = new Map<string, Tag>();
  for (const tag of [...(userTags ?? []), ...ownership]) {
    if (tag.key !== undefined) byKey.set(tag.key, { key: tag.key, value: tag.value ?? '' });
  }
  return [...byKey.values()].sort(byTagKey);
}

export interface TagDiff {
  readonly add: Tag[];
  readonly removeKeys: string[];
}

/**
 * What to tag and untag so that `live` carries `desired`. A live tag is removed only if the previous spec had set it
 * (`previousKeys`): other tools and AWS itself tag the same resources. Never anything under `aws:`, which AWS refuses.
 */
export function diffTags(
  desired: readonly Tag[],
  live: readonly Tag[] | undefined,
  previousKeys: readonly string[] = [],
): TagDiff {
  const wanted = new Map(desired.map((tag) => [tag.key, tag.value ?? '']));
  const present = new Map((live ?? []).map((tag) => [tag.key, tag.value ?? '']));
  const add: Tag[] = [];
  for (const [key, value] of wanted) {
    if (key !== undefined && !isReservedKey(key) && present.get(key) !== value) add.push({ key, value });
  }
  const removeKeys = [...new Set(previousKeys)].filter(
    (key) => present.has(key) && !wanted.has(key) && !isReservedKey(key) && key !== ownerTag && key !== objectTag,
  );
  return { add: add.sort(byTagKey), removeKeys: removeKeys.sort() };
}

function objectPath(owner: Owner): string {
  return `${owner.kind}/${owner.namespace}/${owner.name}`;
}

export function tagValue(tags: readonly Tag[] | undefined, key: string): string | undefined {
  return tags?.find((tag) => tag.key === key)?.value;
}

/** AWS refuses tags of others under `aws:`. */
export function isReservedKey(key: string): boolean {
  return key.toLowerCase().startsWith('aws:');
}

function byTagKey(a: Tag, b: Tag): number {
  return (a.key ?? '') < (b.key ?? '') ? -1 : 1;
}
