import { CreateServiceCommand, DeleteServiceCommand, RegisterTaskDefinitionCommand } from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { INSTANT } from '../sandbox/region/timings.ts';
import { eventually } from '../support/eventually.ts';
import { cluster, network, orders, running, service, taskDefinition, trio } from '../support/manifests.ts';
import { nothing } from '../support/oracles.ts';
import { recordStatuses, type StatusLog } from '../support/status-log.ts';
import { type Managed, type TestBed, testBed } from '../support/test-bed.ts';

const MINUTE = 60_000;

describe('deleting', () => {
  let bed: TestBed;
  let log: StatusLog;
  beforeAll(async () => {
    // Draining and stopping take their time, so that the intermediate states are met.
    const timings = { scheduler: 5, provisioning: 5, pulling: 5, activating: 5, healthy: 5, exit: 1, cluster: 5 };
    const ending = { deactivating: 60, stopping: 60, deprovisioning: 120, retention: 3_600_000 };
    bed = await testBed({ region: { timings: { ...timings, ...ending } } });
    log = await recordStatuses(bed);
  });
  afterAll(async () => {
    await log.stop();
    await bed.stop();
  });

  it.each(orders.map((order) => ({ order })))('leaves nothing behind in the order $order', async ({ order }) => {
    const name = `order-${order.join('')}`;
    const manifests = await running3(name);
    for (const index of order) {
      const { kind } = manifests[index];
      const before = (await bed.passes()).length;
      await bed.delete(kind, name);
      await eventually(`a pass over ${kind}`, async () => {
        const value = (await bed.passes()).slice(before);
        return { value, done: value.some((pass) => pass.kind === kind) };
      });
    }
    for (const { kind } of manifests) await bed.gone(kind, name);
    await nothingLeft();
  });

  it('leaves nothing behind when all goes at once', async () => {
    const manifests = await running3('at-once');
    const second = await running3('at-once-too');
    await Promise.all([...manifests, ...second].map(({ kind, metadata }) => bed.delete(kind, metadata.name)));
    for (const { kind, metadata } of [...manifests, ...second]) await bed.gone(kind, metadata.name);
    await nothingLeft();
  });

  it('takes an object that never came to be', async () => {
    await bed.apply(service('never'));
    await bed.notReady('ECSService', 'never', 'ReferenceNotFound');
    const mark = bed.region.journal.mark();
    await bed.delete('ECSService', 'never');
    await bed.gone('ECSService', 'never');
    expect(bed.mutations(mark)).toEqual([]);
  });

  it('takes a service in the middle of a rollout that does not get anywhere', async () => {
    await running3('stuck');
    await bed.apply(taskDefinition('stuck', running('sim/exit:1')));
    await bed.notReady('ECSService', 'stuck', 'RolloutInProgress');
    for (const { kind } of trio('stuck')) await bed.delete(kind, 'stuck');
    for (const { kind } of trio('stuck')) await bed.gone(kind, 'stuck');
    await nothingLeft();
  });

  it('waits while other objects use it, and names them', async () => {
    await running3('used');
    await bed.delete('ECSCluster', 'used');
    await bed.delete('ECSTaskDefinition', 'used');
    for (const kind of ['ECSCluster', 'ECSTaskDefinition']) {
      const object = await bed.eventually(kind, 'used', 'waits', ({ status }) => readyReason(status) === 'InUse');
      expect(object.status?.conditions?.[0]?.message).toBe(
        `Waiting to be deleted until it is no longer used by ECSService ${bed.namespace}/used.`,
      );
    }
    expect(bed.region.inventory().services).toHaveLength(1);
    await bed.ready('ECSService', 'used');
    await bed.delete('ECSService', 'used');
    for (const { kind } of trio('used')) await bed.gone(kind, 'used');
    await nothingLeft();
  });

  it('of a cluster waits for services of others in AWS, and names them', async () => {
    await bed.apply(cluster('shared'));
    await bed.ready('ECSCluster', 'shared');
    const { taskDefinition: registered } = await bed.aws.send(new RegisterTaskDefinitionCommand(foreignDefinition));
    await bed.aws.send(
      new CreateServiceCommand({
        cluster: 'shared',
        serviceName: 'foreign',
        taskDefinition: registered?.taskDefinitionArn,
        desiredCount: 1,
        launchType: 'FARGATE',
        networkConfiguration: network,
      }),
    );
    const mark = bed.region.journal.mark();
    await bed.delete('ECSCluster', 'shared');
    const object = await bed.eventually(
      'ECSCluster',
      'shared',
      'waits',
      ({ status }) => readyReason(status) === 'InUse',
    );
    expect(object.status?.conditions?.[0]?.message).toBe(
      'Waiting until the cluster has no services: AWS still has foreign.',
    );
    expect(bed.mutations(mark)).toEqual([]);
    await bed.aws.send(new DeleteServiceCommand({ cluster: 'shared', service: 'foreign', force: true }));
    await bed.gone('ECSCluster', 'shared');
    expect(bed.region.inventory().clusters).toEqual([]);
  });

  it('is told in Events', async () => {
    await bed.apply(cluster('told'));
    await bed.ready('ECSCluster', 'told');
    await bed.delete('ECSCluster', 'told');
    await bed.gone('ECSCluster', 'told');
    expect(await bed.told('ECSCluster', 'told', 'Deleting')).toBe('cluster told deleted');
    expect(await bed.told('ECSCluster', 'told', 'Deleted')).toBe('Nothing of this object is left in AWS.');
  });

  it('with deletionPolicy Retain leaves everything as it is', async () => {
    const manifests = trio('kept', { desiredCount: 2 }).map((manifest) => ({
      ...manifest,
      spec: { ...manifest.spec, deletionPolicy: 'Retain' },
    }));
    await bed.apply(...manifests);
    await bed.ready('ECSService', 'kept');
    const before = bed.region.inventory();
    const mark = bed.region.journal.mark();
    for (const { kind } of manifests) await bed.delete(kind, 'kept');
    for (const { kind } of manifests) await bed.gone(kind, 'kept');
    expect(bed.mutations(mark)).toEqual([]);
    expect(bed.region.inventory()).toEqual(before);
    expect(await bed.told('ECSService', 'kept', 'Retained')).toContain('deletionPolicy');
  });

  it('shows nothing but statuses that kstatus understands, all the way', () => {
    expect(log.violations()).toEqual([]);
  });

  async function running3(name: string): Promise<ReturnType<typeof trio>> {
    const manifests = trio(name, { desiredCount: 2 });
    await bed.apply(...manifests);
    await bed.ready('ECSService', name);
    return manifests;
  }

  /** Tasks take a moment longer to stop than their service does to be INACTIVE. */
  async function nothingLeft(): Promise<void> {
    const { tasks, ...rest } = bed.region.inventory();
    expect({ ...rest, tasks: [] }).toEqual(nothing);
    bed.region.advance(1_000);
    expect(bed.region.inventory(), `${tasks.length} tasks were stopping`).toEqual(nothing);
  }
});

describe('while a service drains, which is as long as the test wants,', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed({ adjustableClock: true, region: { timings: { ...INSTANT, deactivating: MINUTE }, speed: 0 } });
  });
  afterAll(() => bed.stop());

  it('it is waited for when it was deleted behind our back, and made anew once it is gone', async () => {
    await bed.apply(...trio('drained', { desiredCount: 2 }));
    await bed.ready('ECSService', 'drained');
    await bed.aws.send(new DeleteServiceCommand({ cluster: 'drained', service: 'drained', force: true }));
    const mark = bed.region.journal.mark();
    expect(await bed.pass('ECSService', 'drained')).toMatchObject({ kind: 'progressing', reason: 'Draining' });
    await bed.notReady('ECSService', 'drained', 'Draining');
    expect(bed.mutations(mark)).toEqual([]);
    bed.region.advance(MINUTE);
    // An answer that there is no service is not believed right after one was made: it may be from before.
    await bed.later(MINUTE);
    await bed.ready('ECSService', 'drained');
    expect(bed.mutations(mark)).toEqual(['CreateService']);
    expect(await bed.told('ECSService', 'drained', 'DriftCorrected')).toBe('service drained created');
  });
});

const foreignDefinition = {
  family: 'foreign',
  cpu: '256',
  memory: '512',
  networkMode: 'awsvpc' as const,
  requiresCompatibilities: ['FARGATE' as const],
  containerDefinitions: [{ name: 'app', image: 'nginx:1' }],
};

function readyReason(status: Managed['status']): string | undefined {
  return status?.conditions?.find(({ type }) => type === 'Ready')?.reason;
}
