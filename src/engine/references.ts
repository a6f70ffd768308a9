import type { KubeObject, ObjectKey } from '../kube/types.ts';
import type { CommonSpec, CommonStatus, Identity, Reference, Referrer, Unresolved } from './kind.ts';
import { blocked } from './outcome.ts';

/** The objects of the other kinds, as far as a reference may look at them. */
export interface Directory {
  /** Only objects of this namespace are in it; of all when undefined. */
  readonly namespace?: string | undefined;
  /** Only objects with these labels are in it; all when undefined. */
  readonly labelSelector?: string | undefined;
  get(kind: string, key: ObjectKey): KubeObject<CommonSpec, CommonStatus> | undefined;
  identity(kind: string, object: KubeObject<CommonSpec, CommonStatus>): Identity | undefined;
  /** `Kind namespace/name` of every object whose spec points at this one. */
  referrers(kind: string, key: ObjectKey): readonly Referrer[];
}

export interface Resolved {
  readonly kind: 'resolved';
  readonly identities: ReadonlyMap<string, Identity>;
  /** References that the object can do without for now. */
  readonly unresolved: ReadonlyMap<string, Unresolved>;
}

export type Resolution = Resolved | { readonly kind: 'blocked'; readonly reason: string; readonly message: string };

export function referenceKey(reference: Reference, namespace: string): ObjectKey {
  return `${reference.to.namespace ?? namespace}/${reference.to.name}`;
}

/** The value under which the store's index finds the referrers of an object. */
export function referenceIndexValue(kind: string, key: ObjectKey): string {
  return `${kind}/${key}`;
}

/**
 * Resolves what a spec points at. While the object is being deleted, what is missing is left out instead of blocking:
 * the status knows what was made, and deletion must converge in any order.
 */
export function resolveReferences(
  object: KubeObject<CommonSpec, CommonStatus>,
  references: readonly Reference[],
  directory: Directory,
): Resolution {
  const identities = new Map<string, Identity>();
  const unresolved = new Map<string, Unresolved>();
  const deleting = object.metadata.deletionTimestamp !== undefined;
  for (const reference of references) {
    const resolved = resolveOne(object, reference, directory);
    if (resolved.kind === 'identity') identities.set(reference.field, resolved.identity);
    else if (deleting) continue;
    else if (reference.need === 'later') {
      unresolved.set(reference.field, { reason: resolved.reason, message: resolved.message });
    } else return resolved;
  }
  return { kind: 'resolved', identities, unresolved };
}

function resolveOne(
  object: KubeObject<CommonSpec, CommonStatus>,
  reference: Reference,
  directory: Directory,
): { kind: 'identity'; identity: Identity } | Extract<Resolution, { kind: 'blocked' }> {
  const { namespace } = object.metadata;
  const key = referenceKey(reference, namespace);
  const target = directory.get(reference.kind, key);
  const what = `${reference.kind} ${key}`;
  // One answer for "missing" and "not allowed", so that a reference cannot be used to find out what another namespace holds.
  if (target === undefined || !mayRefer(namespace, target)) {
    return blocked('ReferenceNotFound', `${reference.field}: ${what} ${absence(reference, namespace, directory)}.`);
  }
  // Nothing new is begun with what is about to go. What we are taking down ourselves needs it to the end: with the cluster left
  // out, a service that was made and never settled would not be found, and stay behind.
  const begins = object.metadata.deletionTimestamp === undefined && object.status?.settledHash === undefined;
  if (begins && target.metadata.deletionTimestamp !== undefined) {
    return blocked('ReferenceDeleting', `${reference.field}: ${what} is being deleted.`);
  }
  const identity = directory.identity(reference.kind, target);
  if (begins && reference.need === 'ready' && !isReady(target)) {
    return blocked('ReferenceNotReady', notReady(reference, what, target));
  }
  if (identity === undefined) return blocked('ReferenceNotReady', notReady(reference, what, target));
  return { kind: 'identity', identity };
}

/** Why a reference finds nothing, in one sentence for all causes that it may have. */
function absence({ to }: Reference, namespace: string, directory: Directory): string {
  const target = to.namespace ?? namespace;
  if (directory.namespace !== undefined && directory.namespace !== target)
    return `is outside of namespace ${directory.namespace}, to which this operator is limited (--namespace)`;
  const causes = ['does not exist'];
  if (target !== namespace) causes.push(`does not list namespace ${namespace} in spec.allowedNamespaces`);
  if (directory.labelSelector !== undefined)
    causes.push(`lacks the labels to which this operator is limited (--label-selector ${directory.labelSelector})`);
  return causes.join(' or ');
}

/** Whether objects of this namespace may point at `target`. */
export function mayRefer(namespace: string, target: KubeObject<CommonSpec, CommonStatus>): boolean {
  if (target.metadata.namespace === namespace) return true;
  const allowed = target.spec.allowedNamespaces ?? [];
  return allowed.includes(namespace) || allowed.includes('*');
}

/** Ready for the spec that it has now. */
export function isReady({ metadata, status }: KubeObject<CommonSpec, CommonStatus>): boolean {
  const ready = status?.conditions?.find(({ type }) => type === 'Ready');
  return ready?.status === 'True' && ready.observedGeneration === metadata.generation;
}

function notReady(reference: Reference, what: string, target: KubeObject<CommonSpec, CommonStatus>): string {
  const ready = target.status?.conditions?.find((condition) => condition.type === 'Ready');
  const why = ready === undefined || ready.status === 'True' ? '' : ` (${ready.reason}: ${ready.message})`;
  return `${reference.field}: ${what} is not ready yet${why}.`;
}
