import { eventually } from '../support/eventually.ts';
import { type Access, type AccessManifest, accessManifests } from '../support/helm-access.ts';
import { type Kubectl, must } from '../support/kubectl.ts';
import { type ServiceAccount, userNameOf, writeTokenKubeconfig } from './control-plane/service-account.ts';

/** What `helm install ecs-operator charts/ecs-operator --namespace ecs-operator` makes. */
const installed: Access = {
  namespace: 'ecs-operator',
  serviceAccount: 'ecs-operator',
  accounts: true,
  shards: 1,
};

/** Who the operator is in the audit log. */
export const operatorUser = userNameOf({ namespace: installed.namespace, name: installed.serviceAccount });

/** An API server as its admin. */
export interface AdminAccess {
  readonly kubectl: Kubectl;
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
  const { namespace, name } = account;
  const items = [
    { apiVersion: 'v1', kind: 'Namespace', metadata: { name: namespace } },
    { apiVersion: 'v1', kind: 'ServiceAccount', metadata: { namespace, name } },
    ...manifests,
  ];
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await must(cluster.kubectl, ['apply', '--server-side', '--field-manager', 'helm', '-f', '-'], list);
  await writeTokenKubeconfig(cluster, account, path);
  for (const manifest of manifests) await inForce(cluster.kubectl, path, manifest);
}

export function accountOf({ namespace, serviceAccount }: Access): ServiceAccount {
  return { namespace, name: serviceAccount };
}

/**
 * The authorizer hears of a role and of its binding a moment after they were stored, and an operator that starts in between would be
 * refused what it may do.
 */
async function inForce(kubectl: Kubectl, kubeconfig: string, { metadata, rules }: AccessManifest): Promise<void> {
  const [rule] = rules ?? [];
  if (rule === undefined) return;
  const [group, resource = '', verb = ''] = [rule.apiGroups[0], rule.resources[0], rule.verbs[0]];
  const scope = metadata.namespace === undefined ? ['--all-namespaces'] : ['--namespace', metadata.namespace];
  const question = [verb, group === '' ? resource : `${resource}.${group}`, ...scope];
  await eventually(`${kubeconfig} may ${question.join(' ')}`, async () => {
    const { stdout, stderr } = await kubectl(['--kubeconfig', kubeconfig, 'auth', 'can-i', ...question]);
    return { value: stdout + stderr, done: stdout.trim() === 'yes' };
  });
}
