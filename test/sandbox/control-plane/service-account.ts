import { readFile, writeFile } from 'node:fs/promises';
import { type Kubectl, must } from '../../support/kubectl.ts';
import { clusterOf, kubeconfig } from './identity.ts';

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** As long as the certificates: a sandbox may be left up over a holiday, and nobody renews the token in a file. */
const tokenLifetime = '8760h';

/** How the API server calls a service account in RBAC and in the audit log. */
export function userNameOf({ namespace, name }: ServiceAccount): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** Writes a kubeconfig with a real token of this service account, which must exist, to `path`. */
export async function writeTokenKubeconfig(
  cluster: { readonly kubectl: Kubectl; kubeconfig(user: 'admin'): string },
  account: ServiceAccount,
  path: string,
): Promise<void> {
  const { namespace, name } = account;
  const token = await must(cluster.kubectl, [
    ...['create', 'token', name, '--namespace', namespace, '--duration', tokenLifetime],
  ]);
  const admin = await readFile(cluster.kubeconfig('admin'), 'utf8');
  await writeFile(path, kubeconfig(clusterOf(admin), userNameOf(account), { token: token.trim() }), { mode: 0o600 });
}
