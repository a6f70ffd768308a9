import { contentHash } from '../canonical.ts';
import { type KubeObject, keyOf } from '../kube/types.ts';
import type { CommonSpec, CommonStatus, Desired, Identity } from './kind.ts';

/** The operator's own switches: changing one of them is not a change of what AWS should look like. */
const POLICY_FIELDS: ReadonlySet<string> = new Set([
  'deletionPolicy',
  'adoptionPolicy',
  'driftPolicy',
  'allowedNamespaces',
]);

/** The snapshot that the pure functions of a kind see. */
export function desiredOf<Spec extends CommonSpec, Status extends CommonStatus>(
  object: KubeObject<Spec, Status>,
  references: ReadonlyMap<string, Identity>,
  defaultRegion: string,
): Desired<Spec, Status> {
  const content = Object.entries(object.spec).filter(([field]) => !POLICY_FIELDS.has(field));
  return {
    object,
    key: keyOf(object),
    spec: object.spec,
    status: object.status,
    region: object.spec.region ?? defaultRegion,
    references,
    hash: contentHash({ spec: Object.fromEntries(content), references: Object.fromEntries(references) }),
    deleting: object.metadata.deletionTimestamp !== undefined,
  };
}
