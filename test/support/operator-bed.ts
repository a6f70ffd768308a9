import type { ECSClient } from '@aws-sdk/client-ecs';
import { systemClock } from '../../src/clock.ts';
import { requestedAtAnnotation } from '../../src/engine/desired.ts';
import { kinds } from '../../src/kinds/index.ts';
import { pathOf } from '../../src/kube/paths.ts';
import { Transport } from '../../src/kube/transport.ts';
import { keyOf } from '../../src/kube/types.ts';
import { userNameOf } from '../sandbox/control-plane/service-account.ts';
import { client } from '../sandbox/region/index.ts';
import { type TestCluster, testCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { sandboxValues, type Values } from './helm.ts';
import { InstalledOperator, serviceAccountOf } from './installed-operator.ts';
import { freshNamespace, kubeConfig } from './kubectl.ts';
import { type Managed, type NamespaceBed, namesOf, namespaceBed } from './namespace-bed.ts';
import { isAtRest, type LoggedPass, lastResults, passesIn } from './observed-passes.ts';
import { type Sample, sumOf } from './scrape.ts';

/** What plays AWS: the simulated region, or something that nobody here wrote. */
export interface AwsEndpoint {
  readonly endpoint: string;
  /** Endpoint and keys, as the SDK finds them in production: in the environment. */
  readonly env: Readonly<Record<string, string>>;
}

/** The region of objects that name none. */
export const awsRegion = 'us-east-1';

/** One namespace of an API server, one AWS, and an operator that was installed there and sees only these two. */
export interface OperatorBed extends NamespaceBed {
  readonly awsEndpoint: AwsEndpoint;
  /** A client of that AWS, to change things behind the operator's back. */
  readonly aws: ECSClient;
  /** Who the operator is in the audit log. */
  readonly operatorUser: string;
  /** What is installed. Throws in a bed without operator. */
  operator(): InstalledOperator;
  metrics(): Promise<readonly Sample[]>;
  /** Every pass until now, those of pods before included. */
  passes(): Promise<readonly LoggedPass[]>;
  /** Asks for a pass over this object, as a user does, and returns what it came to. */
  pass(kind: string, name: string): Promise<LoggedPass['result']>;
  /** Such a pass over every object that the operator looks after. */
  passOverAll(): Promise<void>;
  /** Lets the operator's clock jump: what it holds back for a while is due then. Takes a bed with `adjustableClock`. */
  later(ms: number): Promise<void>;
  /** No passes wait or work, apart from resyncs. */
  settled(): Promise<void>;
  startOperator(): Promise<void>;
  /** As the kubelet does. Rejects when it does not end well. */
  stopOperator(): Promise<void>;
  restartOperator(): Promise<void>;
  /** `helm upgrade` to these values, over the bed's own, and a new pod. */
  upgrade(values: Values): Promise<void>;
  stop(): Promise<void>;
}

export interface OperatorBedOptions {
  /** Of the chart, over what a bed needs. */
  readonly values?: Values;
  /** More of the pod's environment. */
  readonly env?: Readonly<Record<string, string>>;
  /** Nothing is installed: the test brings its own operator. */
  readonly withoutOperator?: boolean;
  /** For tests that use `later`. */
  readonly adjustableClock?: boolean;
  /** Another API server than the one that the test files share. */
  readonly cluster?: Pick<TestCluster, 'kubeconfig' | 'kubectl'>;
  /** Makes of the kubeconfig of the operator's service account another one that it uses, such as one of a proxy. */
  readonly reach?: (kubeconfig: string) => Promise<string>;
}

const signal = (): AbortSignal => AbortSignal.timeout(10_000);

/** Passes that AWS throttles wait for their budget. */
const PASS_DEADLINE_MS = 60_000;

/** Installs the chart in a namespace of its own and starts its pod against this AWS. */
export async function operatorBed(awsEndpoint: AwsEndpoint, options: OperatorBedOptions = {}): Promise<OperatorBed> {
  const cluster = options.cluster ?? testCluster();
  const namespace = await freshNamespace(cluster.kubectl, 'bed');
  const admin = new Transport({ credentials: kubeConfig(cluster.kubeconfig('admin')), clock: systemClock });
  const aws = client(awsEndpoint, { region: awsRegion });
  const values = await bedValues(awsEndpoint, namespace, options);
  const operator =
    options.withoutOperator === true
      ? undefined
      : await InstalledOperator.install({
          cluster,
          namespace,
          values,
          adjustableClock: options.adjustableClock ?? false,
          reach: options.reach ?? (async (kubeconfig) => kubeconfig),
        });
  const installed = (): InstalledOperator => {
    if (operator === undefined) throw new Error('this bed has no operator');
    return operator;
  };
  const seen: LoggedPass[] = [];
  let read = 0;
  const passes = async (): Promise<readonly LoggedPass[]> => {
    const lines = await installed().log.lines();
    // Those who wait ask often, and a log is long.
    seen.push(...passesIn(lines.slice(read)));
    read = lines.length;
    return seen;
  };
  const pass = (kind: string, object: Managed): Promise<LoggedPass['result']> =>
    requestPass(admin, passes, kind, object);

  const namespaced = namespaceBed(admin, cluster.kubectl, namespace);
  const bed: OperatorBed = {
    ...namespaced,
    awsEndpoint,
    aws,
    operatorUser: userNameOf({ namespace, name: serviceAccountOf(namespace) }),
    operator: installed,
    metrics: () => installed().metrics(),
    passes,
    async pass(kind, name) {
      const object = await bed.get(kind, name);
      if (object === undefined) throw new Error(`there is no ${kind} ${name}`);
      return pass(kind, object);
    },
    async passOverAll() {
      const { namespace: watched, accounts } = scopeOf(values);
      await Promise.all(
        kinds.map(async ({ names, account }) => {
          if (account !== undefined && !accounts) return;
          const path = pathOf(names, watched);
          const { items } = await admin.request<{ items: readonly Managed[] }>({
            method: 'GET',
            path,
            signal: signal(),
          });
          for (const object of items) await pass(names.kind, object);
        }),
      );
    },
    later: (ms) => installed().later(ms),
    async settled() {
      await eventually('every controller is idle', async () => {
        const working = sumOf(await bed.metrics(), 'ecs_operator_active_workers');
        const last = lastResults(await passes());
        return { value: { working, last }, done: working === 0 && last.every(isAtRest) };
      });
    },
    startOperator: () => installed().start(),
    stopOperator: () => installed().stop(),
    async restartOperator() {
      await installed().stop();
      await installed().start();
    },
    async upgrade(more) {
      await installed().upgrade(merged(values, more));
      await bed.restartOperator();
    },
    async stop() {
      try {
        await operator?.close();
      } finally {
        aws.destroy();
        await admin.close();
      }
    },
  };
  try {
    await operator?.start();
  } catch (error) {
    await bed.stop().catch(() => undefined);
    throw error;
  }
  return bed;
}

/**
 * What an installation has that sets nothing, but for what tests are not about, such as waiting for rate limits. AWSAccount objects are in no
 * namespace, so that the operators of all tests would look after the same ones.
 */
async function bedValues(aws: AwsEndpoint, namespace: string, options: OperatorBedOptions): Promise<Values> {
  const common = {
    ...(await sandboxValues({ env: { ...aws.env, ...options.env } })),
    watch: { namespace },
    accounts: { enabled: false },
    // They are there, for all releases.
    crds: { install: false },
    rbac: { userRoles: false },
    logLevel: 'debug',
  };
  // Its Lease must not run out when the clock jumps.
  const leaderElection = { leaseDuration: 3_600, renewDeadline: 3_590 };
  const own = options.adjustableClock === true ? { ...common, leaderElection } : common;
  return merged(own, options.values ?? {});
}

/** As helm merges values: tables into one another, and everything else is replaced. */
function merged(base: Values, over: Values): Values {
  const result: Record<string, unknown> = { ...base };
  for (const [name, value] of Object.entries(over)) {
    const before = result[name];
    result[name] = isTable(before) && isTable(value) ? merged(before, value) : value;
  }
  return result;
}

function isTable(value: unknown): value is Values {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** What an operator with these values looks after. */
function scopeOf({ watch, accounts }: Values): { readonly namespace: string | undefined; readonly accounts: boolean } {
  const namespace = isTable(watch) ? watch.namespace : undefined;
  return {
    namespace: typeof namespace === 'string' && namespace !== '' ? namespace : undefined,
    accounts: isTable(accounts) && accounts.enabled === true,
  };
}

let requests = 0;

/** A pass that is at work already has read AWS before now, so one that begins later is waited for. */
async function requestPass(
  admin: Transport,
  passes: () => Promise<readonly LoggedPass[]>,
  kind: string,
  object: Managed,
): Promise<LoggedPass['result']> {
  const names = namesOf(kind);
  const { namespace, name } = object.metadata;
  const key = names.scope === 'Cluster' ? `/${name}` : keyOf(object);
  const earlier = (await passes()).length;
  const askedAtMs = Date.now();
  requests += 1;
  await admin.request({
    method: 'PATCH',
    path: pathOf(names, namespace, name),
    contentType: 'application/merge-patch+json',
    body: { metadata: { annotations: { [requestedAtAnnotation]: `${askedAtMs}-${requests}` } } },
    signal: signal(),
  });
  const found = await eventually(
    `a pass over ${kind} ${key}`,
    async () => {
      // A stale pass has not looked at AWS; it comes again by itself.
      const begunLater = (await passes())
        .slice(earlier)
        .find(
          (one) =>
            one.kind === kind && one.key === key && one.result.kind !== 'stale' && one.startedAtMs >= askedAtMs - 1,
        );
      return { value: begunLater, done: begunLater !== undefined };
    },
    PASS_DEADLINE_MS,
  );
  if (found === undefined) throw new Error(`no pass over ${kind} ${key}`);
  return found.result;
}
