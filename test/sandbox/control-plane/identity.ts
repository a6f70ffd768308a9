import { chmod, mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { createAuthority, createServiceAccountKey, type KeyAndCertificate } from './certificates.ts';

export type User = 'admin' | 'operator';

export interface Identity {
  readonly kubeconfigs: Readonly<Record<User, string>>;
  readonly caPem: string;
  readonly admin: KeyAndCertificate;
}

/** Writes the server's keys and the admin's kubeconfig into `directory`. The operator's needs a server that issues its token. */
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
  const admin = authority.issueClient({ commonName: 'admin', organizations: ['system:masters'] });
  const kubeconfigs = { admin: join(directory, 'admin.kubeconfig'), operator: join(directory, 'operator.kubeconfig') };
  await write(
    'admin.kubeconfig',
    kubeconfig({ server, 'certificate-authority-data': base64(authority.certificatePem) }, 'admin', {
      'client-certificate-data': base64(admin.certificatePem),
      'client-key-data': base64(admin.keyPem),
    }),
  );
  await chmod(directory, 0o700);
  return { kubeconfigs, caPem: authority.certificatePem, admin };
}

export interface ClusterEntry {
  readonly server: string;
  readonly 'certificate-authority-data': string;
}

export type UserEntry =
  | { readonly token: string }
  | { readonly 'client-certificate-data': string; readonly 'client-key-data': string };

/** A kubeconfig of one user of one cluster. JSON is YAML: no library needed, no quoting rules to get wrong. */
export function kubeconfig(cluster: ClusterEntry, user: string, entry: UserEntry): string {
  const config = {
    apiVersion: 'v1',
    kind: 'Config',
    clusters: [{ name: 'sandbox', cluster }],
    users: [{ name: user, user: entry }],
    contexts: [{ name: 'sandbox', context: { cluster: 'sandbox', user, namespace: 'default' } }],
    'current-context': 'sandbox',
  };
  return `${JSON.stringify(config, null, 2)}\n`;
}

/** The cluster that a kubeconfig made here leads to. */
export function clusterOf(text: string): ClusterEntry {
  const config: { readonly clusters: readonly [{ readonly cluster: ClusterEntry }] } = JSON.parse(text);
  return config.clusters[0].cluster;
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}
