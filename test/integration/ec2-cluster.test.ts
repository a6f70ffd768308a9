import { readdir } from 'node:fs/promises';
import {
  AutoScalingClient,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
} from '@aws-sdk/client-auto-scaling';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { kinds } from '../../src/kinds/index.ts';
import { connection } from '../sandbox/region/index.ts';
import { seeded } from '../sandbox/region/random.ts';
import { eventually } from '../support/eventually.ts';
import { awsRegion } from '../support/operator-bed.ts';
import { nothing } from '../support/oracles.ts';
import { fewestRunning, tasksOf } from '../support/task-record.ts';
import { condition, type Manifest, type TestBed, testBed } from '../support/test-bed.ts';

/** A minute of the region's is a second of ours. */
const SPEED = 60;
const DEADLINE_MS = 240_000;

/** The example, with another name wherever it says `ec2`. */
async function example(bed: TestBed, name: string): Promise<readonly Manifest[]> {
  const files = await readdir(new URL('../../examples/ec2-cluster', import.meta.url));
  const manifests = await Promise.all(files.map((file) => bed.example(`ec2-cluster/${file}`)));
  const renamed = JSON.stringify(manifests.flat()).replaceAll('"name":"ec2"', `"name":"${name}"`);
  return JSON.parse(renamed);
}

async function allReady(bed: TestBed, manifests: readonly Manifest[]): Promise<void> {
  await eventually(
    'all objects are Ready',
    async () => {
      const objects = await Promise.all(manifests.map(({ kind, metadata }) => bed.get(kind, metadata.name)));
      const ready = objects.map((object) => condition(object, 'Ready'));
      const done = ready.every(
        (one, index) => one?.status === 'True' && one.observedGeneration === objects[index]?.metadata.generation,
      );
      return { value: objects.map((object, index) => `${object?.kind}: ${JSON.stringify(ready[index])}`), done };
    },
    DEADLINE_MS,
  );
}

/** Which kinds of the example refer to which. */
const USERS: Readonly<Record<string, readonly string[]>> = {
  ECSCluster: ['ECSService', 'LaunchTemplate'],
  ECSTaskDefinition: ['ECSService'],
  ECSCapacityProvider: ['ECSCluster'],
  AutoScalingGroup: ['ECSCapacityProvider'],
  LaunchTemplate: ['AutoScalingGroup'],
};

/** Asks for each deletion as soon as the operator has dealt with the one before: it is gone, or says which of those that are to stay it waits for. */
async function deleteInOrder(bed: TestBed, manifests: readonly Manifest[]): Promise<void> {
  for (const [index, { kind, metadata }] of manifests.entries()) {
    await bed.delete(kind, metadata.name);
    const staying = manifests.slice(index + 1).filter((other) => USERS[kind]?.includes(other.kind));
    const seen = await eventually(
      `${kind} ${metadata.name} is gone or says why it is not`,
      async () => {
        const object = await bed.get(kind, metadata.name);
        return {
          value: object,
          done: object === undefined || object.status?.observedGeneration === object.metadata.generation,
        };
      },
      DEADLINE_MS,
    );
    if (staying.length === 0) continue;
    expect(condition(seen, 'Ready')).toMatchObject({ status: 'False', reason: 'InUse' });
    const message = condition(seen, 'Ready')?.message;
    for (const user of staying) expect(message).toContain(`${user.kind} ${bed.namespace}/${user.metadata.name}`);
  }
}

async function allGone(bed: TestBed, manifests: readonly Manifest[]): Promise<void> {
  await eventually(
    'all objects are gone',
    async () => {
      const objects = await Promise.all(manifests.map(({ kind, metadata }) => bed.get(kind, metadata.name)));
      const left = objects.filter((object) => object !== undefined);
      const value = left.map(
        (object) => `${object.kind} ${object.metadata.name}: ${condition(object, 'Ready')?.message}`,
      );
      return { value, done: left.length === 0 };
    },
    DEADLINE_MS,
  );
}

function shuffled<T>(items: readonly T[], seed: number): readonly T[] {
  const random = seeded(seed);
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

describe('examples/ec2-cluster', () => {
  let bed: TestBed;
  let autoScaling: AutoScalingClient;
  let manifests: readonly Manifest[];
  beforeAll(async () => {
    bed = await testBed({ region: { timings: 'realistic', speed: SPEED } });
    autoScaling = new AutoScalingClient(connection(bed.region, { region: awsRegion }));
    manifests = await example(bed, 'ec2');
  });
  afterAll(async () => {
    autoScaling.destroy();
    await bed.stop();
  });

  const group = async () => {
    const answer = await autoScaling.send(new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: ['ec2'] }));
    return answer.AutoScalingGroups?.[0];
  };

  it('applied in one go becomes Ready, with one call for each thing that is made', {
    timeout: DEADLINE_MS,
  }, async () => {
    const mark = bed.region.journal.mark();
    await bed.apply(...manifests);
    await allReady(bed, manifests);
    expect(bed.mutations(mark).toSorted()).toEqual([
      'CreateAutoScalingGroup',
      'CreateCapacityProvider',
      'CreateCluster',
      'CreateLaunchTemplate',
      'CreateService',
      'PutClusterCapacityProviders',
      'RegisterTaskDefinition',
    ]);
    // CAS-07: from nothing to two instances, and never by our hand.
    expect((await group())?.DesiredCapacity).toBe(2);
    expect((await bed.get('ECSCluster', 'ec2'))?.status).toMatchObject({
      capacityProviders: ['ec2'],
    });
  });

  it('grows its group when its service is scaled to 20', { timeout: DEADLINE_MS }, async () => {
    const mark = bed.region.journal.mark();
    await bed.kubectl('scale', 'ecsservice/ec2', '--replicas=20');
    await allReady(bed, manifests);
    expect((await bed.get('ECSService', 'ec2'))?.status).toMatchObject({ runningCount: 20, desiredCount: 20 });
    expect((await group())?.DesiredCapacity).toBe(5);
    // The group is ECS's to grow: all that the operator did is one UpdateService.
    expect(bed.mutations(mark)).toEqual(['UpdateService']);
  });

  it('gets a new image on all instances while never fewer than the twenty tasks run (MD-02, MD-03)', {
    timeout: 2 * DEADLINE_MS,
  }, async () => {
    const mark = bed.region.journal.mark();
    const patch = JSON.stringify([
      { op: 'remove', path: '/spec/imageSelector' },
      { op: 'add', path: '/spec/launchTemplateData/imageId', value: 'ami-0a1b2c3d4e5f60718' },
    ]);
    await bed.kubectl('patch', 'launchtemplate', 'ec2', '--type=json', '-p', patch);
    await eventually(
      'the refresh is over',
      async () => {
        const object = await bed.get('AutoScalingGroup', 'ec2');
        const refresh: unknown = object?.status?.instanceRefresh;
        const status =
          typeof refresh === 'object' && refresh !== null && 'status' in refresh ? refresh.status : undefined;
        return { value: object?.status, done: status === 'Successful' };
      },
      DEADLINE_MS,
    );
    await allReady(bed, manifests);
    expect(bed.mutations(mark)).toEqual([
      'CreateLaunchTemplateVersion',
      'ModifyLaunchTemplate',
      'StartInstanceRefresh',
    ]);
    const instances = (await group())?.Instances ?? [];
    expect(new Set(instances.map(({ LaunchTemplate }) => LaunchTemplate?.Version))).toEqual(new Set(['2']));
    const refreshes = await autoScaling.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: 'ec2' }));
    expect(refreshes.InstanceRefreshes).toMatchObject([{ Status: 'Successful' }]);

    const [started] = bed.region.journal.query({ operation: 'StartInstanceRefresh' });
    const tasks = await tasksOf(bed.aws, 'ec2', 'ec2');
    expect(tasks.length).toBeGreaterThan(20);
    expect(fewestRunning(tasks, started?.simulatedAt ?? 0)).toBeGreaterThanOrEqual(20);
  });

  it('deleted at once leaves nothing in AWS', { timeout: DEADLINE_MS }, async () => {
    await Promise.all(manifests.map(({ kind, metadata }) => bed.delete(kind, metadata.name)));
    await allGone(bed, manifests);
    expect(bed.region.inventory()).toEqual(nothing);
  });
});

describe('examples/ec2-cluster many times', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed({ region: { timings: 'realistic', speed: SPEED } });
  });
  afterAll(() => bed.stop());

  it('is gone after a deletion in any of 20 orders, and each object says what it waits for', {
    timeout: 3 * DEADLINE_MS,
  }, async () => {
    const sets = await Promise.all(
      Array.from({ length: 20 }, async (_, seed) => shuffled(await example(bed, `order-${seed + 1}`), seed + 1)),
    );
    await bed.apply(...sets.flat());
    await allReady(bed, sets.flat());
    await Promise.all(sets.map((manifests) => deleteInOrder(bed, manifests)));
    await allGone(bed, sets.flat());
    expect(bed.region.inventory()).toEqual(nothing);
  });
});

describe('the namespace of examples/ec2-cluster', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed({ region: { timings: 'realistic', speed: SPEED } });
  });
  afterAll(() => bed.stop());

  it('can be deleted, and AWS is empty then', { timeout: DEADLINE_MS }, async () => {
    const manifests = await example(bed, 'ec2');
    await bed.apply(...manifests);
    await allReady(bed, manifests);
    await bed.kubectl('delete', 'namespace', bed.namespace, '--wait=false');
    // What kube-controller-manager, which is not here, does in a namespace that ends: it deletes all that is in it.
    for (const { names } of kinds)
      await bed.kubectl('delete', `${names.plural}.${names.group}`, '--all', '--wait=false');
    await allGone(bed, manifests);
    expect(bed.region.inventory()).toEqual(nothing);
  });
});
