import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { grantAccess } from '../sandbox/operator-access.ts';
import { freePort } from '../sandbox/ports.ts';
import { substitute } from '../sandbox/prometheus/dashboard.ts';
import { type Prometheus, type Series, startPrometheus } from '../sandbox/prometheus/index.ts';
import { ruleFile } from '../sandbox/prometheus/rules.ts';
import { testCluster } from './cluster.ts';
import { eventually } from './eventually.ts';
import { accessManifests } from './helm-access.ts';
import { cluster, running, service, taskDefinition } from './manifests.ts';
import { type OperatorProcess, operatorProcess } from './operator-process.ts';
import { type TestBed, testBed } from './test-bed.ts';

/** An operator in a process of its own that holds a Lease and serves metrics, and a Prometheus that scrapes it. */
export interface MonitoredBed {
  readonly prometheus: Prometheus;
  /** A query of the dashboard with this operator chosen in its variables. */
  substituted(expression: string): string;
  /** What the query was in each second since the bed was made. */
  history(expression: string): Promise<readonly Series[]>;
  /** A workload that gives every series something to tell. Resolves when Prometheus has seen it. */
  playEverything(): Promise<void>;
  stop(): Promise<void>;
}

const pod = 'ecs-operator-0';

export async function monitoredBed(): Promise<MonitoredBed> {
  const bed = await testBed({ withoutOperator: true });
  const startedAt = Date.now();
  const address = `127.0.0.1:${await freePort()}`;
  const operator = await startOperator(bed, address);
  const prometheus = await startPrometheus({
    targets: [{ address, labels: { namespace: bed.namespace, pod } }],
    ruleFiles: [ruleFile],
  });
  const chosen = { namespace: bed.namespace, pod, service_namespace: bed.namespace, __rate_interval: '10s' };
  return {
    prometheus,
    substituted: (expression) => substitute(expression, chosen),
    history: (expression) => prometheus.queryRange(expression, Math.ceil((Date.now() - startedAt) / 1_000), 1),
    playEverything: () => playEverything(bed, prometheus),
    async stop() {
      await Promise.all([prometheus.stop(), operator.stop()]);
      await bed.stop();
    },
  };
}

async function startOperator(bed: TestBed, address: string): Promise<OperatorProcess> {
  const { namespace, region } = bed;
  const shared = testCluster();
  const access = { namespace, serviceAccount: 'ecs-operator', watchNamespace: namespace, accounts: false };
  const kubeconfig = `${shared.kubeconfig('operator')}-${namespace}`;
  await grantAccess(shared, { namespace, name: access.serviceAccount }, accessManifests(access), kubeconfig);
  const operator = await operatorProcess({
    kubeconfig,
    aws: region.env,
    region: 'us-east-1',
    namespace,
    env: {
      POD_NAME: pod,
      POD_NAMESPACE: namespace,
      ECS_OPERATOR_LEADER_ELECT: 'true',
      ECS_OPERATOR_METRICS_BIND_ADDRESS: address,
      ECS_OPERATOR_HEALTH_PROBE_BIND_ADDRESS: address,
      ECS_OPERATOR_AWS_ACCOUNTS: 'false',
      // Foreign changes are found soon.
      ECS_OPERATOR_RESYNC: '2',
    },
  });
  await operator.start();
  // As the kubelet does: what nobody asks is not measured.
  await eventually(`the operator is ready. Its log is ${operator.logFile}`, async () => {
    const answer = await fetch(`http://${address}/readyz`).catch(() => undefined);
    return { value: await answer?.text(), done: answer?.ok === true };
  });
  return operator;
}

async function playEverything(bed: TestBed, prometheus: Prometheus): Promise<void> {
  const shop = { clusterRef: { name: 'shop' } };
  await bed.apply(cluster('shop'), taskDefinition('web'), service('web', { ...shop, desiredCount: 2 }));
  await bed.ready('ECSService', 'web');

  bed.region.faults.add({ fault: { kind: 'throttle' }, operation: 'DescribeServices', share: 0.3, times: 5 });
  const clusterCalled = (clusterName: string) => ({ operation: 'CreateCluster', input: { clusterName }, times: 0 });
  bed.region.faults.add({ ...clusterCalled('forbidden'), fault: { kind: 'accessDenied' } });
  bed.region.faults.add({ ...clusterCalled('broken'), fault: { kind: 'serverError' } });
  await bed.apply(cluster('forbidden'), cluster('broken'));
  await bed.apply(taskDefinition('web', running('nginx:2')), service('web', { ...shop, desiredCount: 4 }));
  await bed.notReady('ECSCluster', 'forbidden', 'AccessDenied');
  await bed.ready('ECSService', 'web');
  await bed.aws.send(new UpdateServiceCommand({ cluster: 'shop', service: 'web', desiredCount: 1 }));

  const moved = [
    'ecs_operator_reconcile_total{outcome="failed"} > 0',
    'ecs_operator_objects{condition="Stalled"} > 0',
    'ecs_operator_aws_throttles_total > 0',
    'ecs_operator_aws_requests_total{code="AccessDenied"} > 0',
    'ecs_operator_drift_corrections_total > 0',
    'ecs_operator_service_running_tasks == 4',
  ];
  for (const query of moved) {
    await eventually(
      `Prometheus sees ${query}`,
      async () => {
        const value = await prometheus.query(query);
        return { value, done: value.length > 0 };
      },
      60_000,
    );
  }
}
