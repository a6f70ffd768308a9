import { KubeError } from '../../src/kube/transport.ts';
import { eventually } from '../support/eventually.ts';
import { type Access, type AccessManifest, accessManifests } from '../support/helm-access.ts';
import { asUser } from './control-plane/as-user.ts';
import { type ServiceAccount, userNameOf, writeTokenKubeconfig } from './control-plane/service-account.ts';

/** What `helm install ecs-operator charts/ecs-operator --namespace ecs-operator` makes. */
const installed: Access = {
  namespace: 'ecs-operator',
  serviceAccount: 'ecs-operator',
  accounts: true,
};

/** Who the operator is in the audit log. */
export const operatorUser = userNameOf({ namespace: installed.namespace, name: installed.serviceAccount });

/** An API server as its admin. */
export interface AdminAccess {
  kubeconfig(user?: 'admin' | 'operator'): string;
}

/** Makes the operator's service account, with the chart's role and nothing else, and a kubeconfig with a token of it. */
export async function allowOperator(cluster: AdminAccess): Promise<void> {
  await grantAccess(cluster, accountOf(installed), accessManifests(installed), cluster.kubeconfig('operator'));
}

/** Makes a service account with these roles, and writes a kubeconfig with its token to `path`. Resolves when the roles are in force. */
export async function grantAccess(
  cluster: AdminAccess,
  account: ServiceAccount,
  manifests: readonly AccessManifest[],
  path: string,
): Promise<void> {
  await createAccount(cluster, account, path);
  await grantRoles(cluster, manifests, path);
}

/** Makes a service account that may do nothing, and writes a kubeconfig with its token to `path`. */
async function createAccount(cluster: AdminAccess, account: ServiceAccount, path: string): Promise<void> {
  const { namespace, name } = account;
  await apply(cluster, { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } });
  await apply(cluster, { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } });
  await writeTokenKubeconfig(cluster, account, path);
}

/** Resolves when the roles are in force for the user of the kubeconfig at `path`. */
export async function grantRoles(
  cluster: AdminAccess,
  manifests: readonly AccessManifest[],
  path: string,
): Promise<void> {
  await Promise.all(manifests.map((manifest) => apply(cluster, manifest)));
  await rolesInForce(path, manifests);
}

/** Resolves when the API server lets the user of the kubeconfig at `path` do what these roles allow. */
export async function rolesInForce(path: string, roles: readonly AccessManifest[]): Promise<void> {
  await Promise.all(roles.map((role) => inForce(path, role)));
}

interface AppliedManifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

async function apply(cluster: AdminAccess, manifest: AppliedManifest): Promise<void> {
  const { apiVersion, kind, metadata } = manifest;
  const root = apiVersion.includes('/') ? `/apis/${apiVersion}` : `/api/${apiVersion}`;
  const where = metadata.namespace === undefined ? '' : `/namespaces/${metadata.namespace}`;
  await asUser(cluster.kubeconfig('admin'), {
    method: 'PATCH',
    path: `${root}${where}/${kind.toLowerCase()}s/${metadata.name}`,
    query: { fieldManager: 'helm', force: true },
    contentType: 'application/apply-patch+yaml',
    body: manifest,
  });
}

export function accountOf({ namespace, serviceAccount }: Access): ServiceAccount {
  return { namespace, name: serviceAccount };
}

/**
 * The authorizer hears of a role and of its binding a moment after they were stored, and an operator that starts in between would be
 * refused what it may do.
 */
async function inForce(kubeconfig: string, { metadata, rules }: AccessManifest): Promise<void> {
  const [rule] = rules ?? [];
  if (rule === undefined) return;
  const [resource, subresource] = rule.resources[0]?.split('/') ?? [];
  const resourceAttributes = {
    namespace: metadata.namespace,
    verb: rule.verbs[0],
    group: rule.apiGroups[0],
    resource,
    subresource,
    name: rule.resourceNames?.[0],
  };
  const kind = 'SelfSubjectAccessReview';
  await eventually(`${metadata.name} is in force`, async () => {
    const answer = await asUser<{ status: { allowed: boolean } }>(kubeconfig, {
      method: 'POST',
      path: '/apis/authorization.k8s.io/v1/selfsubjectaccessreviews',
      body: { apiVersion: 'authorization.k8s.io/v1', kind, spec: { resourceAttributes } },
    }).catch(notYetKnown);
    return { value: answer, done: answer?.status.allowed === true };
  });
}

/** The server has not heard of the service account whose token it gave out. */
function notYetKnown(error: unknown): undefined {
  if (error instanceof KubeError && error.status === 401) return undefined;
  throw error;
}
