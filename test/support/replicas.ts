import { leaseRules } from '../../src/generate/rbac.ts';
import type { JournalEntry } from '../sandbox/region/index.ts';
import { type ApiEntry, type ApiProxy, startApiProxy } from './api-proxy.ts';
import { testCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { must } from './kubectl.ts';
import { LogTail } from './log-tail.ts';
import { awsRegion } from './operator-bed.ts';
import { type OperatorProcess, operatorProcess } from './operator-process.ts';
import { type Sample, scrape } from './scrape.ts';
import type { TestBed } from './test-bed.ts';

/** One of several operators that share the objects of a bed. Its access key tells in the region's journal what it did. */
export interface Replica {
  readonly name: string;
  readonly accessKey: string;
  /** Among how many Leases it takes the objects to be split. */
  readonly shards: number;
  readonly process: OperatorProcess;
  /** Its own way to the API server. */
  readonly proxy: ApiProxy;
  metrics(): Promise<readonly Sample[]>;
}

export interface LeaseTimes {
  readonly leaseSeconds: number;
  readonly deadlineSeconds: number;
  readonly retrySeconds: number;
}

export const productionTimes: LeaseTimes = { leaseSeconds: 15, deadlineSeconds: 10, retrySeconds: 2 };
/** So short that a test need not wait long, and long enough for a machine that is busy. */
export const shortTimes: LeaseTimes = { leaseSeconds: 5, deadlineSeconds: 3.5, retrySeconds: 0.5 };

export interface LeaseSpec {
  readonly holderIdentity?: string;
  readonly leaseDurationSeconds?: number;
  readonly leaseTransitions?: number;
  readonly renewTime?: string;
}

/** Replicas of an operator in a bed that has none. */
export class Replicas {
  readonly #bed: TestBed;
  #shards: number;
  readonly #all = new Set<Replica>();
  /** Those that have ended as well: what they wrote into Leases counts. */
  readonly #ever: Replica[] = [];
  #count = 0;

  constructor(bed: TestBed, shards: number) {
    this.#bed = bed;
    this.#shards = shards;
  }

  /** Those that are started from now on split the objects among so many Leases. */
  resize(shards: number): void {
    this.#shards = shards;
  }

  get leases(): readonly string[] {
    if (this.#shards === 1) return ['ecs-operator'];
    return Array.from({ length: this.#shards }, (_, shard) => `ecs-operator-shard-${shard}`);
  }

  /** What the chart's role in the operator's namespace allows: no list, no watch, and no other Lease. */
  async allow(): Promise<void> {
    const { kubectl, kubeconfig } = testCluster();
    const { namespace } = this.#bed;
    const role = {
      apiVersion: 'rbac.authorization.k8s.io/v1',
      kind: 'Role',
      metadata: { name: 'leases', namespace },
      rules: leaseRules(),
    };
    await must(kubectl, ['apply', '--server-side', '-f', '-'], JSON.stringify(role));
    const account = '--serviceaccount=ecs-operator:ecs-operator';
    await must(kubectl, ['-n', namespace, 'create', 'rolebinding', 'leases', '--role=leases', account]);
    await eventually('the operator may create Leases', async () => {
      const question = ['--kubeconfig', kubeconfig('operator'), '-n', namespace, 'auth', 'can-i', 'create', 'leases'];
      const { stdout } = await kubectl(question);
      return { value: stdout, done: stdout.trim() === 'yes' };
    });
  }

  /** Starts another one, with a name that there has not been before. */
  async start(times: LeaseTimes = shortTimes): Promise<Replica> {
    this.#count += 1;
    const name = `replica-${this.#count}`;
    const { namespace, region } = this.#bed;
    const accessKey = `AKIAREPLICA${String(this.#count).padStart(9, '0')}`;
    const proxy = await startApiProxy(testCluster().kubeconfig('operator'));
    const process = await operatorProcess({
      kubeconfig: proxy.kubeconfig,
      aws: { ...region.env, AWS_ACCESS_KEY_ID: accessKey },
      region: awsRegion,
      namespace,
      name: `${namespace}-${name}`,
      env: {
        POD_NAME: name,
        POD_NAMESPACE: namespace,
        ECS_OPERATOR_METRICS_BIND_ADDRESS: '127.0.0.1:0',
        ECS_OPERATOR_LEADER_ELECT: 'true',
        ECS_OPERATOR_SHARDS: String(this.#shards),
        ECS_OPERATOR_LEASE_DURATION: String(times.leaseSeconds),
        ECS_OPERATOR_RENEW_DEADLINE: String(times.deadlineSeconds),
        ECS_OPERATOR_RETRY_PERIOD: String(times.retrySeconds),
      },
    });
    await process.start();
    const metrics = async (): Promise<readonly Sample[]> => {
      const serving = (await new LogTail(process.logFile).lines()).find(({ msg }) => msg === 'serving');
      return scrape(Number(serving?.metricsPort));
    };
    const replica = { name, accessKey, shards: this.#shards, process, proxy, metrics };
    this.#all.add(replica);
    this.#ever.push(replica);
    return replica;
  }

  /** Ends it for good; the exit code. */
  async stop(replica: Replica): Promise<number> {
    this.#all.delete(replica);
    // One that sleeps hears no signal.
    await replica.process.resume();
    const code = await replica.process.stop();
    await replica.proxy.stop();
    return code;
  }

  async stopAll(): Promise<void> {
    await Promise.all([...this.#all].map((replica) => this.stop(replica)));
  }

  async lease(name: string): Promise<LeaseSpec | undefined> {
    const path = `/apis/coordination.k8s.io/v1/namespaces/${this.#bed.namespace}/leases`;
    const list = await this.#bed.admin.request<{
      readonly items: readonly { readonly metadata: { readonly name: string }; readonly spec: LeaseSpec }[];
    }>({ method: 'GET', path, signal: AbortSignal.timeout(10_000) });
    return list.items.find(({ metadata }) => metadata.name === name)?.spec;
  }

  /** By Lease, the replica that is its holder. */
  async holders(): Promise<readonly (Replica | undefined)[]> {
    return Promise.all(this.leases.map(async (name) => this.#named((await this.lease(name))?.holderIdentity)));
  }

  /** Waits until every Lease has a holder among these, each with a fair share; and returns the holders by Lease. */
  async shared(among: readonly Replica[], deadlineMs?: number): Promise<readonly Replica[]> {
    const most = Math.ceil(this.#shards / among.length);
    const least = Math.floor(this.#shards / among.length);
    const settled = await eventually(
      `${this.#shards} Leases are shared by ${among.map(({ name }) => name).join(', ')}`,
      async () => {
        const holders = (await this.holders()).filter((holder) => holder !== undefined);
        const counts = among.map((replica) => holders.filter((holder) => holder === replica).length);
        const fair = counts.every((count) => count <= most && count >= least);
        return { value: holders.map(({ name }) => name), done: fair && holders.length === this.#shards };
      },
      deadlineMs,
    );
    return settled.map((name) => this.#byName(name));
  }

  /**
   * Mutations that came from a replica which at that moment did not hold the Lease of the object, going by the writes to the Leases that
   * the API server has accepted. Each is one too many.
   */
  trespasses(mutations: readonly JournalEntry[], leaseOf: (mutation: JournalEntry) => string): readonly string[] {
    const writes = this.#ever.flatMap(({ proxy }) => proxy.journal.flatMap(leaseWrite));
    return mutations.flatMap((mutation) => {
      const { accessKey, operation, startedAt, seq } = mutation;
      const lease = leaseOf(mutation);
      const at = startedAt - performance.timeOrigin;
      const owner = this.#ever.find((replica) => replica.accessKey === accessKey)?.name;
      const ours = writes.filter((write) => write.lease === lease);
      // A write counts from its answer for what ends a tenure, and from its beginning for what begins one: then no clock can accuse wrongly.
      const before = Math.max(...ours.filter((one) => one.holder === owner && one.startedAt <= at).map(lastOf), -1);
      const since = ours.filter((one) => one.holder !== owner && one.startedAt > before && one.answeredAt < at);
      const isOwner = before >= 0 && since.length === 0;
      return isOwner ? [] : [`${seq} ${operation} by ${owner} on ${lease}, which ${since[0]?.holder || 'nobody'} held`];
    });
  }

  #named(identity: string | undefined): Replica | undefined {
    return [...this.#all].find(({ name }) => identity?.startsWith(`${name}_`) === true);
  }

  #byName(name: string): Replica {
    const replica = this.#named(`${name}_`);
    if (replica === undefined) throw new Error(`there is no ${name}`);
    return replica;
  }
}

/** Mutations that a replica sent after another one had begun to. With one Lease and no replica that leads twice, each is one too many. */
export function comebacks(mutations: readonly JournalEntry[]): readonly string[] {
  const left = new Set<string>();
  let current: string | undefined;
  return mutations.flatMap(({ accessKey, operation, seq }) => {
    if (current !== undefined && current !== accessKey) left.add(current);
    current = accessKey;
    return left.has(accessKey) ? [`${seq} ${operation} by ${accessKey}`] : [];
  });
}

interface LeaseWrite {
  readonly lease: string;
  /** Name of the replica; empty where the Lease is given back. */
  readonly holder: string;
  readonly startedAt: number;
  readonly answeredAt: number;
}

const lastOf = ({ startedAt }: LeaseWrite): number => startedAt;

/** An accepted write of a Lease, claims included, which do not change the holder. */
function leaseWrite({ method, path, body, status, startedAt, answeredAt }: ApiEntry): readonly LeaseWrite[] {
  if (method === 'GET' || !path.includes('/leases') || (status !== 200 && status !== 201)) return [];
  const { metadata, spec }: { metadata: { name: string }; spec: LeaseSpec } = JSON.parse(body);
  const [holder = ''] = (spec.holderIdentity ?? '').split('_');
  return [{ lease: metadata.name, holder, startedAt, answeredAt: answeredAt ?? startedAt }];
}
