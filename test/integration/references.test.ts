import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { ControlPlane } from '../sandbox/control-plane/index.ts';
import { cluster, service, taskDefinition } from '../support/manifests.ts';
import { startOperatorCluster } from '../support/operator-cluster.ts';
import { condition, type Manifest, type TestBed, testBed } from '../support/test-bed.ts';

/** Takes an API server of its own: an operator that watches all namespaces would meet the objects of the other test files. */
describe('a reference into another namespace', () => {
  let controlPlane: ControlPlane;
  let bed: TestBed;
  beforeAll(async () => {
    controlPlane = await startOperatorCluster();
    await controlPlane.createNamespace('platform');
    bed = await testBed({ cluster: controlPlane, values: { watch: { namespace: '' } } });
  });
  afterAll(async () => {
    await bed?.stop();
    await controlPlane?.stop();
  });

  const inPlatform = (manifest: Manifest): Manifest => ({
    ...manifest,
    metadata: { ...manifest.metadata, namespace: 'platform' },
  });
  const notAllowed = (name: string): string =>
    `spec.clusterRef: ECSCluster platform/${name} does not exist or does not list namespace ${bed.namespace} in spec.allowedNamespaces.`;

  it('waits until the other side allows it, and says the same as for an object that does not exist', async () => {
    await bed.apply(inPlatform(cluster('closed')), taskDefinition('guest'));
    await bed.apply(service('guest', { clusterRef: { name: 'closed', namespace: 'platform' } }));
    const refused = await bed.notReady('ECSService', 'guest', 'ReferenceNotFound');
    expect(condition(refused, 'Ready')?.message).toBe(notAllowed('closed'));

    await bed.apply(service('nobody', { clusterRef: { name: 'missing', namespace: 'platform' } }));
    const missing = await bed.notReady('ECSService', 'nobody', 'ReferenceNotFound');
    expect(condition(missing, 'Ready')?.message).toBe(notAllowed('missing'));

    await bed.apply(inPlatform(cluster('closed', { allowedNamespaces: [bed.namespace] })));
    const { status } = await bed.ready('ECSService', 'guest');
    expect(status?.clusterArn).toMatch(/cluster\/closed$/);
  });

  it('works for every namespace with a star', async () => {
    await bed.apply(inPlatform(cluster('open', { allowedNamespaces: ['*'] })), taskDefinition('anyone'));
    await bed.apply(service('anyone', { clusterRef: { name: 'open', namespace: 'platform' } }));
    await bed.ready('ECSService', 'anyone');
  });

  it('holds the deletion of the other side only while it is allowed', async () => {
    await bed.apply(
      inPlatform(cluster('held')),
      service('pretender', { clusterRef: { name: 'held', namespace: 'platform' } }),
    );
    await bed.notReady('ECSService', 'pretender', 'ReferenceNotFound');
    await bed.kubectl('--namespace', 'platform', 'delete', 'ecscluster/held', '--timeout=10s');
    expect(bed.region.inventory().clusters.filter((arn) => arn.endsWith('/held'))).toEqual([]);
  });
});
