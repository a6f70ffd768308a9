import { inject } from 'vitest';
import type { User } from '../sandbox/control-plane/index.ts';
import { AuditLog } from './audit-log.ts';
import { createKubectl, freshNamespace, type Kubectl } from './kubectl.ts';

/** The API server that all test files share. A test that restarts or stops one takes its own with `startControlPlane()`. */
export interface TestCluster {
  readonly server: string;
  /** Path of a kubeconfig; `operator` may do what RBAC gives to the operator. */
  kubeconfig(user?: User): string;
  /** The real kubectl as admin. */
  readonly kubectl: Kubectl;
  readonly helm: string | undefined;
  /** What service accounts have asked for. */
  readonly auditLog: AuditLog;
  /** A namespace of the test's own. It is not deleted: nothing here finishes the deletion of a namespace. */
  freshNamespace(prefix?: string): Promise<string>;
}

export function testCluster(): TestCluster {
  const shared = inject('controlPlane');
  const kubectl = createKubectl(shared.kubectl, shared.kubeconfigs.admin, shared.cacheDir);
  return {
    server: shared.server,
    kubeconfig: (user = 'admin') => shared.kubeconfigs[user],
    kubectl,
    helm: shared.helm,
    auditLog: new AuditLog(shared.auditLog, shared.kubeconfigs.admin),
    freshNamespace: (prefix = 'test') => freshNamespace(kubectl, prefix),
  };
}
