import { requestOf } from './audit-log.ts';
import { testCluster } from './cluster.ts';
import type { OperatorBed } from './operator-bed.ts';

/** What the operator of a bed at the shared API server writes from now on to objects of our kinds, by the audit log. The result tells. */
export async function recordWrites({
  operatorUser,
}: Pick<OperatorBed, 'operatorUser'>): Promise<() => Promise<readonly string[]>> {
  const { auditLog } = testCluster();
  const mark = await auditLog.mark();
  return async () => {
    const entries = await auditLog.since(mark, operatorUser);
    return entries
      .filter(({ apiGroup, verb }) => apiGroup === 'ecs-operator.dev' && verb === 'patch')
      .map((entry) => `${requestOf(entry)}: ${entry.name}`);
  };
}
