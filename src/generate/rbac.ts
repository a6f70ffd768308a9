import { anchorName, leaseNames, maxShards } from '../kube/leader-layout.ts';
import type { KindRules } from './contract.ts';
import { kinds } from './kinds.ts';

/** One rule of a Role or ClusterRole. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** The parts of the operator's access, by what has to be known to grant them. */
export interface OperatorRules {
  /** On what lives in namespaces: granted in every namespace, or in the one that is watched. */
  readonly objects: readonly PolicyRule[];
  /** On kinds that live in no namespace. */
  readonly accounts: readonly PolicyRule[];
  /** On the annotations of namespaces: of all, or by name of the one that is watched. */
  readonly namespaces: PolicyRule;
  /** What the operator tells. Part of `objects`; about what is in no namespace, it is told in `default`. */
  readonly events: PolicyRule;
}

/** What is added to the roles of a cluster's users by aggregation. Each has all of the one before it. */
export interface UserRules {
  readonly view: readonly PolicyRule[];
  readonly edit: readonly PolicyRule[];
  readonly admin: readonly PolicyRule[];
}

/**
 * Every request that the operator sends, and no other: a test removes each verb and sees it missed.
 *
 * `update` on `/finalizers` is not among them: only an owner reference that blocks deletion needs it, and the operator makes none.
 * Neither is `update` on the objects: finalizers are a merge patch, and `spec` belongs to the user.
 */
export function operatorRules(of: readonly KindRules[] = kinds): OperatorRules {
  const { group, namespaced, cluster } = resources(of);
  const events: PolicyRule = { apiGroups: ['events.k8s.io'], resources: ['events'], verbs: ['create', 'patch'] };
  const reconciled = (plurals: readonly string[]): readonly PolicyRule[] => [
    { apiGroups: [group], resources: plurals, verbs: ['get', 'list', 'watch', 'patch'] },
    { apiGroups: [group], resources: plurals.map((plural) => `${plural}/status`), verbs: ['patch'] },
  ];
  return {
    objects: [...reconciled(namespaced), events],
    accounts: reconciled(cluster),
    namespaces: { apiGroups: [''], resources: ['namespaces'], verbs: ['list', 'watch'] },
    events,
  };
}

/**
 * On the Leases, where the operator runs. The names are those of every number of shards: while it changes, replicas of the old number still
 * renew theirs, and those of the new one look whether they are held.
 */
export function leaseRules(): readonly PolicyRule[] {
  const lease = { apiGroups: ['coordination.k8s.io'], resources: ['leases'] };
  return [
    // Not limited by name: the API server does not know the name of what is not there yet.
    { ...lease, verbs: ['create'] },
    { ...lease, resourceNames: [anchorName, ...leaseNames(maxShards)], verbs: ['get', 'update'] },
  ];
}

/** Kinds in no namespace are granted only where the role is bound cluster-wide; nobody but admins writes them. */
export function userRules(of: readonly KindRules[] = kinds): UserRules {
  const { group, namespaced, cluster } = resources(of);
  const scales = of.filter(({ scale }) => scale !== undefined).map(({ names }) => `${names.plural}/scale`);
  const read = ['get', 'list', 'watch'];
  const write = ['create', 'delete', 'deletecollection', 'patch', 'update'];
  const view: PolicyRule[] = [
    { apiGroups: [group], resources: [...namespaced, ...cluster], verbs: read },
    { apiGroups: [group], resources: scales, verbs: ['get'] },
  ];
  const edit: PolicyRule[] = [
    ...view,
    { apiGroups: [group], resources: namespaced, verbs: write },
    { apiGroups: [group], resources: scales, verbs: ['patch', 'update'] },
  ];
  return { view, edit, admin: [...edit, { apiGroups: [group], resources: cluster, verbs: write }] };
}

interface Resources {
  readonly group: string;
  /** Plurals, by where the kinds live. */
  readonly namespaced: readonly string[];
  readonly cluster: readonly string[];
}

function resources(of: readonly KindRules[]): Resources {
  const groups = new Set(of.map(({ names }) => names.group));
  const [group] = groups;
  if (group === undefined || groups.size > 1) throw new Error(`the kinds are of ${groups.size} groups, and not of one`);
  const plurals = (wanted: boolean): string[] =>
    of
      .filter(({ names }) => (names.scope === 'Cluster') === wanted)
      .map(({ names }) => names.plural)
      .sort();
  return { group, namespaced: plurals(false), cluster: plurals(true) };
}
