import { pathOf } from '../../../src/kube/paths.ts';
import type { ControlPlane } from '../../sandbox/control-plane/index.ts';
import { userNameOf } from '../../sandbox/control-plane/service-account.ts';
import { grantRoles } from '../../sandbox/operator-access.ts';
import type { Region } from '../../sandbox/region/index.ts';
import { type ApiProxy, startApiProxy } from '../../support/api-proxy.ts';
import { type AuditEntry, AuditLog } from '../../support/audit-log.ts';
import { eventually } from '../../support/eventually.ts';
import { sandboxValues } from '../../support/helm.ts';
import type { AccessManifest } from '../../support/helm-access.ts';
import { InstalledOperator, serviceAccountOf } from '../../support/installed-operator.ts';
import { type KubeEvent, type Managed, type Manifest, namesOf } from '../../support/namespace-bed.ts';
import { type OperatorBed, operatorBed } from '../../support/operator-bed.ts';
import { disturbed, type Workload, workloadOf } from './workload.ts';

/** An operator that is not started, under a service account of its own, and what it is to work on. */
export interface Candidate {
  readonly bed: OperatorBed;
  readonly operator: InstalledOperator;
  /** Of the operator's own credentials. */
  readonly accountId: string;
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
  stop(): Promise<void>;
}

export interface CandidateOptions {
  readonly controlPlane: ControlPlane;
  readonly region: Region;
  /** Of the release. */
  readonly namespace: string;
  /** Whether it looks after the objects of all namespaces, or of the bed's alone. */
  readonly scope: 'all namespaces' | 'one namespace';
  /** Whether it reads AWSAccount objects. */
  readonly accounts: boolean;
  /** In place of the chart's. */
  readonly roles?: readonly AccessManifest[];
}

let candidates = 0;

/** Each is a release of the chart with a pod and an AWS account of its own, and sees only objects that have its label. */
export async function candidate(options: CandidateOptions): Promise<Candidate> {
  const { controlPlane, region, namespace, scope, accounts, roles } = options;
  candidates += 1;
  const accountId = String(200_000_000_000 + candidates);
  const workload = workloadOf(namespace, accountId);
  const bed = await operatorBed(region, { withoutOperator: true, cluster: controlPlane });
  await controlPlane.createNamespace(namespace);
  let beforeRequest = async (): Promise<void> => {};
  let proxy: ApiProxy | undefined;
  const operator = await InstalledOperator.install({
    cluster: controlPlane,
    namespace,
    adjustableClock: false,
    values: {
      ...(await sandboxValues({ env: { ...region.env, AWS_ACCESS_KEY_ID: accountId } })),
      watch: { namespace: scope === 'one namespace' ? bed.namespace : '', labelSelector: workload.labelSelector },
      accounts: { enabled: accounts },
      crds: { install: false },
      rbac: { create: roles === undefined, userRoles: false },
    },
    async reach(kubeconfig) {
      if (roles !== undefined) await grantRoles(controlPlane, roles, kubeconfig);
      proxy = await startApiProxy(kubeconfig);
      // What it asks for is judged when what it will say is settled.
      proxy.onRequest(async (_, phase) => {
        if (phase === 'before') await beforeRequest();
        return undefined;
      });
      return proxy.kubeconfig;
    },
  });
  const user = userNameOf({ namespace, name: serviceAccountOf(namespace) });
  const log = new AuditLog(controlPlane.auditLog, controlPlane.kubeconfig());
  const mark = await log.mark();
  const requests = (): Promise<readonly AuditEntry[]> => log.since(mark, user);
  return {
    bed,
    operator,
    accountId,
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
    async stop() {
      await operator.close();
      await proxy?.stop();
      await bed.stop();
    },
  };
}
