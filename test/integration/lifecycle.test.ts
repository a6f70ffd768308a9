import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { isMutation } from '../sandbox/region/index.ts';
import { eventually } from '../support/eventually.ts';
import { orders, trio } from '../support/manifests.ts';
import { recordStatuses, type StatusLog } from '../support/status-log.ts';
import { type TestBed, testBed } from '../support/test-bed.ts';

describe('creating a cluster, a task definition and a service', () => {
  let bed: TestBed;
  let log: StatusLog;
  beforeAll(async () => {
    bed = await testBed();
    log = await recordStatuses(bed);
  });
  afterAll(async () => {
    await log.stop();
    await bed.stop();
  });

  it('makes of the quickstart example a cluster, a revision and a running service, with one call each', async () => {
    const mark = bed.region.journal.mark();
    const manifests = [
      ...(await bed.example('quickstart/service.yaml')),
      ...(await bed.example('quickstart/task-definition.yaml')),
      ...(await bed.example('quickstart/cluster.yaml')),
    ];
    await bed.apply(...manifests);
    const service = await bed.ready('ECSService', 'quickstart');
    expect(service.status).toMatchObject({
      observedGeneration: service.metadata.generation,
      serviceName: 'quickstart',
      status: 'ACTIVE',
      runningCount: 2,
      desiredCount: 2,
      pendingCount: 0,
      rolloutState: 'COMPLETED',
      taskDefinitionRevision: 'quickstart:1',
    });
    expect(bed.mutations(mark).toSorted()).toEqual(['CreateCluster', 'CreateService', 'RegisterTaskDefinition']);
  });

  it('tells in Events what was created', async () => {
    await bed.apply(...trio('told'));
    expect(await bed.told('ECSCluster', 'told', 'Created')).toBe('cluster told created');
    expect(await bed.told('ECSTaskDefinition', 'told', 'Created')).toBe('revision of told registered');
    expect(await bed.told('ECSService', 'told', 'Created')).toBe('service told created');
  });

  it.each(orders.map((order) => ({ order, name: `order-${order.join('')}` })))(
    'converges with the same three calls when the manifests come in the order $order',
    async ({ order, name }) => {
      const manifests = trio(name);
      for (const index of order) {
        await bed.apply(manifests[index]);
        await passed(manifests[index].kind, name);
      }
      await bed.ready('ECSService', name);
      expect(mutationsNaming(name)).toEqual(['CreateCluster', 'CreateService', 'RegisterTaskDefinition']);
    },
  );

  it('says which reference it waits for', async () => {
    const [cluster, taskDefinition, service] = trio('waiting');
    await bed.apply(service);
    const blocked = await bed.notReady('ECSService', 'waiting', 'ReferenceNotFound');
    expect(blocked.status?.conditions?.[0]?.message).toBe(
      `spec.clusterRef: ECSCluster ${bed.namespace}/waiting does not exist.`,
    );
    await bed.apply(cluster);
    await bed.eventually('ECSService', 'waiting', 'waits for the task definition', ({ status }) =>
      Boolean(status?.conditions?.[0]?.message.startsWith('spec.taskDefinitionRef: ECSTaskDefinition')),
    );
    await bed.apply(taskDefinition);
    await bed.ready('ECSService', 'waiting');
  });

  it('shows nothing but statuses that kstatus understands, all the way', () => {
    expect(log.versions.length).toBeGreaterThan(50);
    expect(log.violations()).toEqual([]);
  });

  async function passed(kind: string, name: string): Promise<void> {
    await eventually(`a pass over ${kind} ${name}`, async () => {
      const passes = await bed.passes();
      const done = passes.some((pass) => pass.kind === kind && pass.key === `${bed.namespace}/${name}`);
      return { value: passes, done };
    });
  }

  function mutationsNaming(name: string): readonly string[] {
    return bed.region.journal.entries
      .filter((entry) => isMutation(entry) && JSON.stringify(entry.input).includes(`"${name}"`))
      .map(({ operation }) => operation)
      .toSorted();
  }
});
