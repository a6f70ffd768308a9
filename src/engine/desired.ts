import { contentHash } from '../canonical.ts';
import { type KubeObject, keyOf } from '../kube/types.ts';
import type { Place } from './accounts.ts';
import type { CommonSpec, CommonStatus, Desired } from './kind.ts';
import type { Resolved } from './references.ts';

/** The operator's own switches: changing one of them is not a change of what AWS should look like. */
const POLICY_FIELDS: ReadonlySet<string> = new Set([
  'deletionPolicy',
  'adoptionPolicy',
  'driftPolicy',
  'allowedNamespaces',
  // It says where the object is, and not what it is there.
  'accountRef',
]);

/** Annotations with which a user asks for something on one object. */
const ANNOTATION_PREFIX = 'ecs-operator.dev/';

/**
 * Asks for a pass now instead of at the next resync, as `reconcile.fluxcd.io/requestedAt` does in Flux. It says nothing about AWS: were it
 * part of the hash, then drift would be corrected under `driftPolicy: Report`.
 */
export const requestedAtAnnotation = 'ecs-operator.dev/requested-at';

/** What is not in the object: where it is looked for, and when. */
export interface Surroundings extends Place {
  readonly now: number;
}

/** The snapshot that the pure functions of a kind see. */
export function desiredOf<Spec extends CommonSpec, Status extends CommonStatus>(
  object: KubeObject<Spec, Status>,
  resolved: Pick<Resolved, 'identities' | 'unresolved'>,
  { accountId, region, now }: Surroundings,
): Desired<Spec, Status> {
  const content = Object.entries(object.spec).filter(([field]) => !POLICY_FIELDS.has(field));
  return {
    object,
    key: keyOf(object),
    spec: object.spec,
    status: object.status,
    region,
    accountId,
    references: resolved.identities,
    unresolved: resolved.unresolved,
    hash: contentHash({
      spec: Object.fromEntries(content),
      references: Object.fromEntries(resolved.identities),
      ...askedByAnnotation(object),
    }),
    deleting: object.metadata.deletionTimestamp !== undefined,
    now,
  };
}

/** An annotation of ours is a wish as a field of the spec is, so what differs because of it is no drift. */
function askedByAnnotation({ metadata }: KubeObject): { readonly annotations?: Readonly<Record<string, string>> } {
  const ours = Object.entries(metadata.annotations ?? {}).filter(
    ([name]) => name.startsWith(ANNOTATION_PREFIX) && name !== requestedAtAnnotation,
  );
  return ours.length === 0 ? {} : { annotations: Object.fromEntries(ours) };
}
