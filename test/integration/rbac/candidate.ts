import { join } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '../../../src/clock.ts';
import type { Config } from '../../../src/config.ts';
import { Operator } from '../../../src/operator.ts';
import type { ControlPlane } from '../../sandbox/control-plane/index.ts';
import { userNameOf } from '../../sandbox/control-plane/service-account.ts';
import { accountOf, grantAccess } from '../../sandbox/operator-access.ts';
import type { Region } from '../../sandbox/region/index.ts';
import { type AuditEntry, AuditLog } from '../../support/audit-log.ts';
import { eventually } from '../../support/eventually.ts';
import type { Access, AccessManifest } from '../../support/helm-access.ts';
import { type OperatorBed, operatorBed } from '../../support/operator-bed.ts';

/** An operator that is not started, under a service account of its own. */
export interface Candidate {
  readonly bed: OperatorBed;
  readonly operator: Operator;
  /** Writes the Events that wait. */
  stopOperator(): Promise<void>;
  /** What the operator has asked for until now. */
  requests(): Promise<readonly AuditEntry[]>;
  /** The first that the API server has refused it, and what else by then. */
  refused(): Promise<readonly AuditEntry[]>;
  stop(): Promise<void>;
}

export interface CandidateOptions {
  readonly controlPlane: ControlPlane;
  readonly region: Region;
  readonly access: Access;
  readonly manifests: readonly AccessManifest[];
  readonly config?: Partial<Config>;
}

/**
 * Many of these run in one process. They share the environment, and so the AWS account; each has an AWS region of its own instead,
 * named after its namespace, where nobody else has a cluster of the same name.
 */
export async function candidate(options: CandidateOptions): Promise<Candidate> {
  const { controlPlane, access } = options;
  const account = accountOf(access);
  const kubeconfig = join(controlPlane.directory, `${access.namespace}-${access.serviceAccount}.kubeconfig`);
  await grantAccess(controlPlane, account, options.manifests, kubeconfig);
  const bed = await operatorBed(options.region, {
    withoutOperator: true,
    config: { region: access.namespace, ...options.config },
    cluster: {
      kubectl: controlPlane.kubectl,
      kubeconfig: (user) => (user === 'operator' ? kubeconfig : controlPlane.kubeconfig(user)),
    },
  });
  const operator = new Operator({
    config: bed.config,
    credentials: bed.credentials,
    clock: systemClock,
    log: pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
  });
  const log = new AuditLog(controlPlane.auditLog, controlPlane.kubectl);
  const mark = await log.mark();
  const requests = (): Promise<readonly AuditEntry[]> => log.since(mark, userNameOf(account));
  let stopped: Promise<void> | undefined;
  const stopOperator = (): Promise<void> => {
    stopped ??= operator.stop();
    return stopped;
  };
  return {
    bed,
    operator,
    stopOperator,
    requests,
    refused: () =>
      eventually('a request that RBAC refuses', async () => {
        const refused = (await requests()).filter(({ allowed }) => !allowed);
        return { value: refused, done: refused.length > 0 };
      }),
    async stop() {
      await stopOperator();
      await bed.stop();
    },
  };
}
