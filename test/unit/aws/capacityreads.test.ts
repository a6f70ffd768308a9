import { CreateAutoScalingGroupCommand } from '@aws-sdk/client-auto-scaling';
import { CreateLaunchTemplateCommand } from '@aws-sdk/client-ec2';
import {
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  PutClusterCapacityProvidersCommand,
  RegisterTaskDefinitionCommand,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, test } from 'vitest';
import { countCalls, names, type RegionBed, startBed } from './support.ts';

async function createGroup({ pass }: RegionBed, name: string, size = 0, maxSize = size): Promise<string> {
  const { send, reads } = pass();
  await send(
    'autoscaling',
    new CreateAutoScalingGroupCommand({
      AutoScalingGroupName: name,
      LaunchTemplate: { LaunchTemplateName: 'nodes' },
      MinSize: size,
      MaxSize: maxSize,
      VPCZoneIdentifier: 'subnet-1',
    }),
  );
  return (await reads.describeAutoScalingGroup(name))?.AutoScalingGroupARN ?? '';
}

/** A cluster `main` with a launch template `nodes` whose instances join it. */
async function startCapacity(): Promise<RegionBed> {
  const bed = await startBed();
  const { send } = bed.pass();
  await send('ecs', new CreateClusterCommand({ clusterName: 'main' }));
  await send(
    'ec2',
    new CreateLaunchTemplateCommand({
      LaunchTemplateName: 'nodes',
      LaunchTemplateData: {
        ImageId: 'ami-0123456789abcdef0',
        InstanceType: 'm5.large',
        UserData: Buffer.from('#!/bin/bash\necho ECS_CLUSTER=main >> /etc/ecs/ecs.config\n').toString('base64'),
      },
    }),
  );
  return bed;
}

async function createProvider(bed: RegionBed, name: string): Promise<void> {
  const autoScalingGroupArn = await createGroup(bed, name, 0, 1);
  await bed.pass().send(
    'ecs',
    new CreateCapacityProviderCommand({
      name,
      autoScalingGroupProvider: { autoScalingGroupArn, managedScaling: { status: 'ENABLED' } },
      tags: [{ key: 'team', value: 'shop' }],
    }),
  );
}

describe('describeCapacityProvider', () => {
  test('asks for all names at once, by name and by ARN, with tags, and pages through the answer', async () => {
    const bed = await startCapacity();
    const known = names(12);
    for (const name of known) await createProvider(bed, name);
    const arn = (await bed.pass().reads.describeCapacityProvider('web-3'))?.capacityProviderArn ?? '';
    const { result, calls } = await bed.callsOf(() =>
      Promise.all([...known, 'gone', arn].map((name) => bed.pass().reads.describeCapacityProvider(name))),
    );
    expect(result.map((provider) => provider?.name)).toEqual([...known, undefined, 'web-3']);
    expect(result[0]).toMatchObject({ status: 'ACTIVE', tags: [{ key: 'team', value: 'shop' }] });
    // Ten a page.
    expect(countCalls(calls)).toEqual({ DescribeCapacityProviders: 2 });
  });

  test('names of different clusters do not share a call, and the cluster is told to AWS', async () => {
    const bed = await startCapacity();
    await createProvider(bed, 'web');
    const { result, calls } = await bed.callsOf(() =>
      Promise.all([
        bed.pass().reads.describeCapacityProvider('web', 'main'),
        bed.pass().reads.describeCapacityProvider('web'),
        bed.pass().reads.describeCapacityProvider('FARGATE'),
      ]),
    );
    expect(result.map((provider) => provider?.name)).toEqual(['web', 'web', 'FARGATE']);
    expect(calls.map(({ input }) => input)).toMatchObject([
      { cluster: 'main', capacityProviders: ['web'] },
      { capacityProviders: ['web', 'FARGATE'] },
    ]);
    expect(calls[1]?.input).not.toHaveProperty('cluster');
  });

  test('a provider of a cluster that does not exist does not exist', async () => {
    const bed = await startCapacity();
    bed.region.faults.add({
      operation: 'DescribeCapacityProviders',
      fault: { kind: 'error', code: 'ClusterNotFoundException', message: 'Cluster not found.' },
    });
    const { result, calls } = await bed.callsOf(() =>
      Promise.all(names(2).map((name) => bed.pass().reads.describeCapacityProvider(name, 'gone'))),
    );
    expect(result).toEqual([undefined, undefined]);
    expect(calls).toHaveLength(1);
  });
});

describe('containerInstances', () => {
  test('lists and describes all pages, for everybody who asks at the same moment', async () => {
    const bed = await startCapacity();
    await createGroup(bed, 'nodes', 101);
    bed.region.advance(60_000);
    const { result, calls } = await bed.callsOf(() =>
      Promise.all(names(5).map(() => bed.pass().reads.containerInstances('main'))),
    );
    for (const instances of result) expect(instances).toHaveLength(101);
    expect(new Set(result[0]?.map(({ ec2InstanceId }) => ec2InstanceId)).size).toBe(101);
    expect(countCalls(calls)).toEqual({ ListContainerInstances: 2, DescribeContainerInstances: 2 });
    expect(calls.at(-1)?.input).toMatchObject({ include: ['CONTAINER_INSTANCE_HEALTH', 'TAGS'] });
  });

  test('those that drain are among them', async () => {
    const bed = await startCapacity();
    await createGroup(bed, 'nodes', 2);
    bed.region.advance(60_000);
    const [first] = await bed.pass().reads.containerInstances('main');
    await bed.pass().send(
      'ecs',
      new UpdateContainerInstancesStateCommand({
        cluster: 'main',
        containerInstances: [first?.containerInstanceArn ?? ''],
        status: 'DRAINING',
      }),
    );
    const instances = await bed.pass().reads.containerInstances('main');
    expect(instances.map(({ status }) => status).toSorted()).toEqual(['ACTIVE', 'DRAINING']);
  });

  test('a cluster without any, and one that does not exist, have none, and nothing is described', async () => {
    const bed = await startCapacity();
    const { result, calls } = await bed.callsOf(() =>
      Promise.all(['main', 'gone'].map((cluster) => bed.pass().reads.containerInstances(cluster))),
    );
    expect(result).toEqual([[], []]);
    expect(countCalls(calls)).toEqual({ ListContainerInstances: 2 });
  });
});

describe('waitingTasks', () => {
  test('are those that have not got further than PENDING', async () => {
    const bed = await startCapacity();
    await createProvider(bed, 'web');
    const { send } = bed.pass();
    await send(
      'ecs',
      new PutClusterCapacityProvidersCommand({
        cluster: 'main',
        capacityProviders: ['web', 'FARGATE'],
        defaultCapacityProviderStrategy: [],
      }),
    );
    bed.region.advance(10_000);
    await send(
      'ecs',
      new RegisterTaskDefinitionCommand({
        family: 'app',
        containerDefinitions: [{ name: 'app', image: 'app:1', cpu: 64, memory: 64 }],
      }),
    );
    await createGroup(bed, 'nodes', 1);
    bed.region.advance(60_000);
    const service = (serviceName: string, where: object) =>
      new CreateServiceCommand({ cluster: 'main', serviceName, taskDefinition: 'app', desiredCount: 3, ...where });
    await send('ecs', service('runs', { launchType: 'EC2' }));
    await send('ecs', service('waits', { capacityProviderStrategy: [{ capacityProvider: 'web', weight: 1 }] }));
    bed.region.advance(10_000);
    const { result, calls } = await bed.callsOf(() => bed.pass().reads.waitingTasks('main'));
    expect(result.map(({ group, lastStatus }) => [group, lastStatus])).toEqual(
      Array.from({ length: 3 }, () => ['service:waits', 'PROVISIONING']),
    );
    expect(countCalls(calls)).toEqual({ ListTasks: 1, DescribeTasks: 1 });
  });

  test('a cluster that does not exist has none', async () => {
    expect(await (await startCapacity()).pass().reads.waitingTasks('gone')).toEqual([]);
  });
});
