import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { pathOf } from '../../src/kube/paths.ts';
import { startRegion } from '../sandbox/region/index.ts';
import { type Supervised, supervise } from '../sandbox/supervised.ts';
import { must } from '../support/kubectl.ts';
import { applyAll, type Bench, isReady, list } from './bench-bed.ts';
import { cluster } from './manifests.ts';

interface Replica {
  readonly accessKey: string;
  readonly process: Supervised;
}

const ROUNDS = 20;
const OBJECTS = 20;
const leases = { group: 'coordination.k8s.io', version: 'v1', plural: 'leases' };

/** What one way of ending the leader costs: from the signal to the first request about an object that another replica sends to AWS. */
export interface HandOver {
  readonly signal: 'KILL' | 'TERM';
  readonly seconds: readonly number[];
  /** Of the replica that was told to stop. */
  readonly exitCodes: readonly number[];
  /** Requests of the old leader that AWS received after the first of the new one. */
  readonly late: number;
}

/** Three replicas with the production lease times, whose leader ends twenty times, and then twenty times in the other way. */
export async function failover(bench: Bench): Promise<readonly HandOver[]> {
  const namespace = 'bench-failover';
  await bench.controlPlane.createNamespace(namespace);
  await allowLeases(bench, namespace);
  const region = await startRegion({ timings: 'instant' });
  let count = 0;
  const start = async (): Promise<Replica> => {
    count += 1;
    const accessKey = `AKIAREPLICA${String(count).padStart(9, '0')}`;
    const process = await supervise({
      ...bench.command,
      logFile: join(bench.directory, `failover-${count}.log`),
      env: {
        ...globalThis.process.env,
        ...region.env,
        AWS_ACCESS_KEY_ID: accessKey,
        KUBECONFIG: bench.controlPlane.kubeconfig('operator'),
        POD_NAME: `replica-${count}`,
        POD_NAMESPACE: namespace,
        ECS_OPERATOR_NAMESPACE: namespace,
        ECS_OPERATOR_AWS_QUOTA_SCALE: '1000',
        ECS_OPERATOR_AWS_ACCOUNTS: 'false',
        // So often that it is soon to be seen who acts.
        ECS_OPERATOR_RESYNC: '1',
      },
    });
    return { accessKey, process };
  };
  let replicas: readonly Replica[] = await Promise.all([start(), start(), start()]);
  const scenario = { namespace, region, admin: bench.admin };
  const manifests = Array.from({ length: OBJECTS }, (_, index) => cluster(`failover-${index}`));
  await applyAll(scenario, manifests);
  for (const { names } of manifests.slice(0, 1)) {
    while (!(await list(scenario, names)).every(isReady)) await delay(100);
  }

  const handOvers: HandOver[] = [];
  for (const signal of ['KILL', 'TERM'] as const) {
    const seconds: number[] = [];
    const exitCodes: number[] = [];
    let late = 0;
    for (let round = 0; round < ROUNDS; round += 1) {
      const leader = await leaderOf(bench, namespace, replicas);
      // Replicas end at any moment between two renewals.
      await delay(3_000 + Math.random() * 2_000);
      const mark = region.journal.mark();
      const endedAt = Date.now();
      leader.process.kill(signal);
      const first = await region.journal.waitFor(
        ({ accessKey, service }) => accessKey !== leader.accessKey && service !== 'sts',
        60_000,
        mark,
      );
      seconds.push((first.startedAt - endedAt) / 1_000);
      exitCodes.push(await leader.process.exited);
      late += region.journal.since(first.seq).filter(({ accessKey }) => accessKey === leader.accessKey).length;
      replicas = [...replicas.filter((replica) => replica !== leader), await start()];
    }
    handOvers.push({ signal, seconds, exitCodes, late });
  }
  await Promise.all(replicas.map(({ process }) => process.stop(15_000)));
  await region.stop();
  return handOvers;
}

async function leaderOf(bench: Bench, namespace: string, replicas: readonly Replica[]): Promise<Replica> {
  const path = pathOf(leases, namespace, 'ecs-operator');
  const alive = replicas.map(({ process }) => process.pid);
  for (;;) {
    const lease = await bench.admin.request<{ spec: { holderIdentity?: string } }>({
      method: 'GET',
      path,
      signal: AbortSignal.timeout(10_000),
    });
    const number = /^replica-(\d+)_/.exec(lease.spec.holderIdentity ?? '')?.[1] ?? '';
    const key = `AKIAREPLICA${number.padStart(9, '0')}`;
    const leader = replicas.find(({ accessKey, process }) => accessKey === key && alive.includes(process.pid));
    if (leader !== undefined) return leader;
    await delay(50);
  }
}

async function allowLeases(bench: Bench, namespace: string): Promise<void> {
  const { kubectl } = bench.controlPlane;
  const verbs = '--verb=create,get,update';
  await must(kubectl, ['-n', namespace, 'create', 'role', 'leases', verbs, '--resource=leases.coordination.k8s.io']);
  const account = '--serviceaccount=ecs-operator:ecs-operator';
  await must(kubectl, ['-n', namespace, 'create', 'rolebinding', 'leases', '--role=leases', account]);
}
