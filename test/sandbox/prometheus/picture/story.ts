import { setTimeout as delay } from 'node:timers/promises';
import { UpdateServiceCommand } from '@aws-sdk/client-ecs';
import { must } from '../../../support/kubectl.ts';
import { cluster, running, service, taskDefinition } from '../../../support/manifests.ts';
import type { Manifest } from '../../../support/namespace-bed.ts';
import { client } from '../../region/index.ts';
import type { Sandbox } from '../../sandbox.ts';
import type { Replica } from './replicas.ts';

const namespace = 'shop';
const shop = { clusterRef: { name: 'shop' } };
const desired = { web: 6, api: 3, mail: 2 };

/** Six minutes of an operator's life: a start, a rollout, errors and throttling, a missing permission, foreign hands, and a leader that dies. */
export async function tell(sandbox: Sandbox, leader: Replica): Promise<void> {
  const { region } = sandbox;
  await must(sandbox.controlPlane.kubectl, ['create', 'namespace', namespace]);
  await pause(10);
  const services = Object.entries(desired).flatMap(([name, desiredCount]) => [
    taskDefinition(name),
    service(name, { ...shop, desiredCount }),
  ]);
  await apply(sandbox, cluster('shop'), ...services);
  await pause(80);
  await apply(sandbox, service('web', { ...shop, desiredCount: 10 }), taskDefinition('api', running('nginx:2')));
  await pause(60);
  const createCluster = (clusterName: string) => ({ operation: 'CreateCluster', input: { clusterName }, times: 0 });
  const healthy = region.faults.add({ ...createCluster('archive'), fault: { kind: 'serverError' } });
  const calm = region.faults.add({ fault: { kind: 'throttle' }, share: 0.3 });
  await apply(sandbox, cluster('archive'), taskDefinition('mail', running('nginx:3')));
  await pause(30);
  calm();
  healthy();
  region.faults.add({ ...createCluster('reports'), fault: { kind: 'accessDenied' } });
  await apply(sandbox, cluster('reports'));
  await pause(40);
  const aws = client(region, { region: 'eu-west-1' });
  await aws.send(new UpdateServiceCommand({ cluster: 'shop', service: 'web', desiredCount: 4 }));
  aws.destroy();
  await pause(70);
  await leader.kill();
  await pause(10);
  await leader.start();
  await pause(60);
}

async function apply({ controlPlane }: Sandbox, ...manifests: readonly Manifest[]): Promise<void> {
  const items = manifests.map((manifest) => ({ apiVersion: 'ecs-operator.dev/v1alpha1', ...manifest }));
  const list = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
  await must(controlPlane.kubectl, ['apply', '--server-side', '--namespace', namespace, '-f', '-'], list);
}

function pause(seconds: number): Promise<void> {
  return delay(seconds * 1_000);
}
