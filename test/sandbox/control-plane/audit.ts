import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';

/**
 * Whose requests are written down: those of service accounts, which here are the operator and its copies. Tests themselves are the
 * admin, and a whole run makes far more requests than anybody would want to read. The admin's `/version` is a mark in the log.
 */
const policy = {
  apiVersion: 'audit.k8s.io/v1',
  kind: 'Policy',
  omitStages: ['RequestReceived'],
  rules: [
    { level: 'Metadata', userGroups: ['system:serviceaccounts'] },
    { level: 'Metadata', users: ['admin'], nonResourceURLs: ['/version'] },
    { level: 'None' },
  ],
};

/** kube-apiserver's flags for an audit log at this path. */
export async function auditArgs(directory: string, auditLog: string | undefined): Promise<string[]> {
  if (auditLog === undefined) return [];
  const policyFile = join(directory, 'audit-policy.json');
  await mkdir(directory, { recursive: true });
  await writeFile(policyFile, JSON.stringify(policy));
  // Megabytes. One file, so that a place in it stays a place: by default a new one is begun after a hundred.
  return [`--audit-policy-file=${policyFile}`, `--audit-log-path=${auditLog}`, '--audit-log-maxsize=100000'];
}
