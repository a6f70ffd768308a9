import { readFile, writeFile } from 'node:fs/promises';
import { asUser } from './as-user.ts';
import { clusterOf, kubeconfig } from './identity.ts';

export interface ServiceAccount {
  readonly namespace: string;
  readonly name: string;
}

/** As long as the certificates: a sandbox may be left up over a holiday, and nobody renews the token in a file. */
const tokenLifetimeSeconds = 365 * 24 * 60 * 60;

/** How the API server calls a service account in RBAC and in the audit log. */
export function userNameOf({ namespace, name }: ServiceAccount): string {
  return `system:serviceaccount:${namespace}:${name}`;
}

/** Writes a kubeconfig with a real token of this service account, which must exist, to `path`. */
export async function writeTokenKubeconfig(
  cluster: { kubeconfig(user: 'admin'): string },
  account: ServiceAccount,
  path: string,
): Promise<void> {
  const { namespace, name } = account;
  const admin = cluster.kubeconfig('admin');
  const { status } = await asUser<{ status: { token: string } }>(admin, {
    method: 'POST',
    path: `/api/v1/namespaces/${namespace}/serviceaccounts/${name}/token`,
    body: {
      apiVersion: 'authentication.k8s.io/v1',
      kind: 'TokenRequest',
      spec: { expirationSeconds: tokenLifetimeSeconds },
    },
  });
  const entry = clusterOf(await readFile(admin, 'utf8'));
  await writeFile(path, kubeconfig(entry, userNameOf(account), { token: status.token }), { mode: 0o600 });
}
