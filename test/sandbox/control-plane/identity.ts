import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, createServiceAccountKey, type Subject } from './certificates.ts';

export type User = 'admin' | 'operator';

/**
 * The operator's certificate carries the name that its service account has in a cluster, so that RBAC written for the chart
 * (subject: that ServiceAccount) holds here too, without tokens.
 */
export const operatorNamespace = 'ecs-operator';
const users: Record<User, Subject> = {
  admin: { commonName: 'admin', organizations: ['system:masters'] },
  operator: {
    commonName: `system:serviceaccount:${operatorNamespace}:ecs-operator`,
    organizations: ['system:serviceaccounts'],
  },
};

export interface Identity {
  readonly kubeconfigs: Readonly<Record<User, string>>;
  readonly caPem: string;
  readonly admin: { readonly keyPem: string; readonly certificatePem: string };
}

/** Writes the server's keys and one kubeconfig a user into `directory`. */
export async function writeIdentity(directory: string, server: string): Promise<Identity> {
  const authority = createAuthority('ecs-operator-sandbox');
  const serving = authority.issueServer({ commonName: 'kube-apiserver' }, { dns: ['localhost'], ipv4: ['127.0.0.1'] });
  const serviceAccountKey = createServiceAccountKey();
  await mkdir(directory, { recursive: true });
  const write = (name: string, content: string): Promise<void> =>
    writeFile(join(directory, name), content, { mode: 0o600 });
  await Promise.all([
    write('ca.crt', authority.certificatePem),
    write('serving.crt', serving.certificatePem),
    write('serving.key', serving.keyPem),
    write('service-account.key', serviceAccountKey.privatePem),
    write('service-account.pub', serviceAccountKey.publicPem),
  ]);
  const admin = authority.issueClient(users.admin);
  const kubeconfigs = { admin: join(directory, 'admin.kubeconfig'), operator: join(directory, 'operator.kubeconfig') };
  await write('admin.kubeconfig', kubeconfig(server, authority.certificatePem, 'admin', admin));
  await write(
    'operator.kubeconfig',
    kubeconfig(server, authority.certificatePem, 'operator', authority.issueClient(users.operator)),
  );
  await chmod(directory, 0o700);
  return { kubeconfigs, caPem: authority.certificatePem, admin };
}

function kubeconfig(
  server: string,
  caPem: string,
  user: User,
  client: { keyPem: string; certificatePem: string },
): string {
  const base64 = (text: string): string => Buffer.from(text).toString('base64');
  // JSON is YAML: no library needed, no quoting rules to get wrong.
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster: { server, 'certificate-authority-data': base64(caPem) } }],
    users: [
      {
        name: user,
        user: { 'client-certificate-data': base64(client.certificatePem), 'client-key-data': base64(client.keyPem) },
      },
    ],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user, namespace: 'default' } }],
    'current-context': 'sandbox',
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}
