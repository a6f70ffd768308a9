import { leaseRules, operatorRules, type PolicyRule } from '../../src/generate/rbac.ts';

/** Where an operator runs and what it looks at; the chart's values decide the same. */
export interface Access {
  /** Of the service account and the Leases. */
  readonly namespace: string;
  readonly serviceAccount: string;
  /** The only namespace whose objects are reconciled; all when undefined. */
  readonly watchNamespace?: string | undefined;
  /** Whether AWSAccount objects are read. */
  readonly accounts: boolean;
}

/** A Role or ClusterRole, or its binding. */
export interface AccessManifest {
  readonly apiVersion: 'rbac.authorization.k8s.io/v1';
  readonly kind: 'ClusterRole' | 'ClusterRoleBinding' | 'Role' | 'RoleBinding';
  readonly metadata: { readonly name: string; readonly namespace?: string };
  readonly rules?: readonly PolicyRule[];
  readonly roleRef?: { readonly apiGroup: string; readonly kind: string; readonly name: string };
  readonly subjects?: readonly { readonly kind: string; readonly name: string; readonly namespace: string }[];
}

const name = 'ecs-operator';

/** The roles and bindings that the chart, released under its own name, makes for these values. A test compares the two. */
export function accessManifests(access: Access): readonly AccessManifest[] {
  const { objects, accounts, namespaces } = operatorRules();
  const wide = access.accounts ? [...accounts, namespaces] : [];
  const leases = grant(access, { name: `${name}-leases`, namespace: access.namespace }, leaseRules());
  if (access.watchNamespace === undefined) return [...grant(access, { name }, [...objects, ...wide]), ...leases];
  return [
    ...grant(access, { name, namespace: access.watchNamespace }, objects),
    ...(access.accounts ? accountsOf(access, access.watchNamespace) : []),
    ...leases,
  ];
}

/** What no Role can grant, and Events about what is in no namespace. */
function accountsOf(access: Access, watchNamespace: string): readonly AccessManifest[] {
  const { accounts, namespaces, events } = operatorRules();
  const own = `${name}-${access.namespace}`;
  return [
    ...grant(access, { name: `${own}-accounts` }, [...accounts, { ...namespaces, resourceNames: [watchNamespace] }]),
    ...grant(access, { name: `${own}-events`, namespace: 'default' }, [events]),
  ];
}

function grant(
  access: Access,
  metadata: { readonly name: string; readonly namespace?: string },
  rules: readonly PolicyRule[],
): readonly AccessManifest[] {
  const kind = metadata.namespace === undefined ? 'ClusterRole' : 'Role';
  const apiVersion = 'rbac.authorization.k8s.io/v1';
  return [
    { apiVersion, kind, metadata, rules },
    {
      apiVersion,
      kind: `${kind}Binding`,
      metadata,
      roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind, name: metadata.name },
      subjects: [{ kind: 'ServiceAccount', name: access.serviceAccount, namespace: access.namespace }],
    },
  ];
}
