import { join } from 'node:path';
import { type ControlPlane, startControlPlane } from '../sandbox/control-plane/index.ts';
import { allowOperator } from '../sandbox/operator-access.ts';
import { AuditLog } from './audit-log.ts';

const crds = join(import.meta.dirname, '../../crds');

export interface OperatorClusterOptions {
  /** For a test that takes rules away, or starts the API server again, which refuses everybody until it has read its roles. */
  readonly mayRefuse?: boolean;
}

/**
 * A control plane with the CRDs and the operator's service account. Stopping it fails when RBAC has refused the operator anything:
 * the chart's role must be enough for everything that tests make the operator do (reliability row 44).
 */
export async function startOperatorCluster({ mayRefuse = false }: OperatorClusterOptions = {}): Promise<ControlPlane> {
  const controlPlane = await startControlPlane({ auditLog: true });
  try {
    await controlPlane.installCrds(crds);
    await allowOperator(controlPlane);
  } catch (error) {
    await controlPlane.stop();
    throw error;
  }
  return {
    ...controlPlane,
    async stop() {
      try {
        if (!mayRefuse) await nothingRefused(new AuditLog(controlPlane.auditLog, controlPlane.kubeconfig()));
      } finally {
        await controlPlane.stop();
      }
    },
  };
}

async function nothingRefused(auditLog: AuditLog): Promise<void> {
  const refused = await auditLog.refusals();
  if (refused.length === 0) return;
  throw new Error(`The chart's role is not enough. The API server refused an operator to\n  ${refused.join('\n  ')}`);
}
