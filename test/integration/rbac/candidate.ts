import { join } from 'node:path';
import { pino } from 'pino';
import { systemClock } from '../../../src/clock.ts';
import type { Config } from '../../../src/config.ts';
import { pathOf } from '../../../src/kube/paths.ts';
import { Operator } from '../../../src/operator.ts';
import type { ControlPlane } from '../../sandbox/control-plane/index.ts';
import { userNameOf } from '../../sandbox/control-plane/service-account.ts';
import { accountOf, createAccount, grantRoles } from '../../sandbox/operator-access.ts';
import type { Region } from '../../sandbox/region/index.ts';
import { type AuditEntry, AuditLog } from '../../support/audit-log.ts';
import { eventually } from '../../support/eventually.ts';
import type { Access, AccessManifest } from '../../support/helm-access.ts';
import {
  type KubeEvent,
  type Managed,
  type Manifest,
  namesOf,
  type OperatorBed,
  operatorBed,
} from '../../support/operator-bed.ts';
import { disturbed, type Workload, workloadOf } from './workload.ts';

/** An operator that is not started, under a service account of its own, and what it is to work on. */
export interface Candidate {
  readonly bed: OperatorBed;
  readonly operator: Operator;
  readonly workload: Workload;
  read(manifest: Manifest): Promise<Managed>;
  ready(manifest: Manifest): Promise<Managed>;
  /** Events about this object, also when it is in no namespace. */
  events(manifest: Manifest): Promise<readonly KubeEvent[]>;
  /** Changes these specs before each request of the operator, so that every write comes too late, until something holds. */
  disturbUntil(what: string, manifests: readonly Manifest[], holds: () => Promise<boolean>): Promise<void>;
  /** What the operator has asked for until now. */
  requests(): Promise<readonly AuditEntry[]>;
  /** The first that the API server has refused it, and what else by then. */
  refused(): Promise<readonly AuditEntry[]>;
  /** Writes the Events that wait. */
  stopOperator(): Promise<void>;
  stop(): Promise<void>;
}

export interface CandidateOptions {
  readonly controlPlane: ControlPlane;
  readonly region: Region;
  readonly access: Access;
  /** Its roles, when its objects are in this namespace. */
  readonly roles: (namespace: string) => readonly AccessManifest[];
  readonly config?: Partial<Config>;
}

/**
 * Many of these run in one process. They share the environment, and so the AWS account; each has an AWS region of its own instead,
 * called after the namespace of its service account, where nobody else has a cluster of the same name.
 */
export async function candidate(options: CandidateOptions): Promise<Candidate> {
  const { controlPlane, access } = options;
  const account = accountOf(access);
  const workload = workloadOf(access.namespace);
  const kubeconfig = join(controlPlane.directory, `${access.namespace}.kubeconfig`);
  await createAccount(controlPlane, account, kubeconfig);
  const bed = await operatorBed(options.region, {
    withoutOperator: true,
    config: {
      region: access.namespace,
      awsAccounts: access.accounts,
      labelSelector: workload.labelSelector,
      ...options.config,
    },
    cluster: {
      kubectl: controlPlane.kubectl,
      kubeconfig: (user) => (user === 'operator' ? kubeconfig : controlPlane.kubeconfig(user)),
    },
  });
  await grantRoles(controlPlane, options.roles(bed.namespace), kubeconfig);
  let beforeRequest = async (): Promise<void> => {};
  const operator = new Operator({
    config: bed.config,
    // Asked for with each request, when what it will say is settled.
    credentials: {
      getCurrentCluster: () => bed.credentials.getCurrentCluster(),
      async applyToHTTPSOptions(https) {
        await beforeRequest();
        await bed.credentials.applyToHTTPSOptions(https);
      },
    },
    clock: systemClock,
    log: pino({ level: process.env.TEST_LOG_LEVEL ?? 'silent' }),
  });
  const log = new AuditLog(controlPlane.auditLog, controlPlane.kubeconfig());
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
    workload,
    async read({ kind, metadata }) {
      const object = await bed.get(kind, metadata.name);
      if (object === undefined) throw new Error(`${kind} ${metadata.name} is gone`);
      return object;
    },
    ready: ({ kind, metadata }) => bed.ready(kind, metadata.name),
    async events({ kind, metadata }) {
      const namespace = namesOf(kind).scope === 'Cluster' ? 'default' : bed.namespace;
      const path = pathOf({ group: 'events.k8s.io', version: 'v1', plural: 'events' }, namespace);
      const signal = AbortSignal.timeout(10_000);
      const { items } = await bed.admin.request<{ items: readonly KubeEvent[] }>({ method: 'GET', path, signal });
      return items.filter(({ regarding }) => regarding.kind === kind && regarding.name === metadata.name);
    },
    async disturbUntil(what, manifests, holds) {
      let round = 0;
      beforeRequest = async () => {
        round += 1;
        await bed.apply(...manifests.map((manifest) => disturbed(manifest, round)));
      };
      try {
        await beforeRequest();
        await eventually(what, async () => ({ value: round, done: await holds() }));
      } finally {
        beforeRequest = async () => {};
      }
    },
    requests,
    refused: () =>
      eventually('a request that RBAC refuses', async () => {
        const refused = (await requests()).filter(({ allowed }) => !allowed);
        return { value: refused, done: refused.length > 0 };
      }),
    stopOperator,
    async stop() {
      await stopOperator();
      await bed.stop();
    },
  };
}
