import type { PolicyRule } from '../../../src/generate/rbac.ts';
import type { AuditEntry } from '../../support/audit-log.ts';
import type { AccessManifest } from '../../support/helm-access.ts';

/** One verb on one resource, in one role: the smallest thing that can be taken away. */
export interface Grant {
  readonly role: string;
  /** Where it holds; undefined: everywhere. */
  readonly namespace: string | undefined;
  readonly apiGroup: string;
  readonly resource: string;
  readonly verb: string;
}

/** Everything that these roles allow. */
export function grantsOf(manifests: readonly AccessManifest[]): readonly Grant[] {
  return manifests.flatMap(({ metadata, rules = [] }) =>
    rules.flatMap(({ apiGroups, resources, verbs }) =>
      apiGroups.flatMap((apiGroup) =>
        resources.flatMap((resource) =>
          verbs.map((verb) => ({ role: metadata.name, namespace: metadata.namespace, apiGroup, resource, verb })),
        ),
      ),
    ),
  );
}

/** The same roles, but for one verb on one resource. */
export function without(manifests: readonly AccessManifest[], grant: Grant): readonly AccessManifest[] {
  return manifests.map((manifest) =>
    manifest.rules === undefined || manifest.metadata.name !== grant.role
      ? manifest
      : { ...manifest, rules: manifest.rules.flatMap((rule) => ruleWithout(rule, grant)) },
  );
}

function ruleWithout(rule: PolicyRule, { apiGroup, resource, verb }: Grant): readonly PolicyRule[] {
  return rule.resources
    .map((one) => {
      const isMeant = one === resource && rule.apiGroups.includes(apiGroup);
      return { ...rule, resources: [one], verbs: isMeant ? rule.verbs.filter((other) => other !== verb) : rule.verbs };
    })
    .filter(({ verbs }) => verbs.length > 0);
}

/** The same roles under names of their own, beside those that are there. */
export function renamed(manifests: readonly AccessManifest[], prefix: string): readonly AccessManifest[] {
  const rename = (name: string): string => `${prefix}-${name}`;
  return manifests.map((manifest) => ({
    ...manifest,
    metadata: { ...manifest.metadata, name: rename(manifest.metadata.name) },
    ...(manifest.roleRef === undefined
      ? {}
      : { roleRef: { ...manifest.roleRef, name: rename(manifest.roleRef.name) } }),
  }));
}

/** `patch ecs-operator.dev/ecsservices/status`, the same for what is allowed and what was asked for. */
export function nameOf({
  verb,
  apiGroup,
  resource,
}: Pick<Grant | AuditEntry, 'verb' | 'apiGroup' | 'resource'>): string {
  return `${verb} ${apiGroup === '' ? 'core' : apiGroup}/${resource}`;
}

/** What of these grants no request has made use of. */
export function unused(grants: readonly Grant[], requests: readonly AuditEntry[]): readonly string[] {
  return grants
    .filter(
      (grant) =>
        !requests.some(
          (request) =>
            nameOf(request) === nameOf(grant) &&
            (grant.namespace === undefined || grant.namespace === request.namespace),
        ),
    )
    .map((grant) => `${nameOf(grant)} of ${grant.role}`);
}
