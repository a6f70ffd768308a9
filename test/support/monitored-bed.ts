import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { substitute } from '../sandbox/prometheus/dashboard.ts';
import { type Prometheus, type Series, startPrometheus } from '../sandbox/prometheus/index.ts';
import { ruleFile } from '../sandbox/prometheus/rules.ts';
import { eventually } from './eventually.ts';
import { cluster, running, service, taskDefinition } from './manifests.ts';
import { type TestBed, testBed } from './test-bed.ts';

/** An installed operator, and a Prometheus that scrapes it. */
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

/** As the installed operator's pod is called. */
const pod = 'test';

export async function monitoredBed(): Promise<MonitoredBed> {
  const startedAt = Date.now();
  // Foreign changes are found soon.
  const bed = await testBed({ values: { resync: 2 } });
  const prometheus = await startPrometheus({
    targets: [{ address: bed.operator().pod.metricsAddress, labels: { namespace: bed.namespace, pod } }],
    ruleFiles: [ruleFile],
  });
  const chosen = { namespace: bed.namespace, pod, service_namespace: bed.namespace, __rate_interval: '10s' };
  return {
    prometheus,
    substituted: (expression) => substitute(expression, chosen),
    history: (expression) => prometheus.queryRange(expression, Math.ceil((Date.now() - startedAt) / 1_000), 1),
    playEverything: () => playEverything(bed, prometheus),
    async stop() {
      await prometheus.stop();
      await bed.stop();
    },
  };
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
