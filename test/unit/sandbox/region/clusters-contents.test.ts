import {
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DeregisterContainerInstanceCommand,
  DescribeClustersCommand,
  type ECSClient,
  ListClustersCommand,
  PutAccountSettingDefaultCommand,
  PutClusterCapacityProvidersCommand,
  RegisterContainerInstanceCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateClusterSettingsCommand,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { createGroup, startCapacity } from './ecs/capacity/support.ts';
import { expectError, NETWORK, register, startFixture } from './support.ts';

const MINUTE = 60_000;

const registerInstance = async (ecs: ECSClient): Promise<string> => {
  const { containerInstance } = await ecs.send(
    new RegisterContainerInstanceCommand({
      cluster: 'main',
      instanceIdentityDocument: JSON.stringify({ instanceId: 'i-0123456789abcdef0' }),
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 4096 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 4096 },
      ],
      attributes: [{ name: 'ecs.availability-zone', value: 'eu-central-1a' }],
    }),
  );
  return containerInstance?.containerInstanceArn ?? '';
};

async function statisticsOf(ecs: ECSClient): Promise<Record<string, string>> {
  const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['main'], include: ['STATISTICS'] }));
  return Object.fromEntries((clusters?.[0]?.statistics ?? []).map(({ name, value }) => [name, value ?? '']));
}

describe('the contents of a cluster', () => {
  it('are counted by launch type', async () => {
    const { ecs, region } = await startCapacity();
    const containerInstance = await registerInstance(ecs);
    await register(ecs, 'fargate', 'nginx');
    await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web', launchType: 'EC2' }));
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'api',
        taskDefinition: 'fargate',
        desiredCount: 2,
        launchType: 'FARGATE',
        networkConfiguration: NETWORK,
      }),
    );
    region.advance(500);
    const early = await statisticsOf(ecs);
    expect(Object.keys(early)).toHaveLength(12);
    expect(early).toMatchObject({
      pendingEC2TasksCount: '1',
      pendingFargateTasksCount: '2',
      runningEC2TasksCount: '0',
    });
    region.advance(MINUTE);
    expect(await statisticsOf(ecs)).toMatchObject({
      runningEC2TasksCount: '1',
      runningFargateTasksCount: '2',
      runningExternalTasksCount: '0',
      pendingEC2TasksCount: '0',
      activeFargateServiceCount: '1',
      activeEC2ServiceCount: '0',
    });
    await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'api', force: true }));
    expect(await statisticsOf(ecs)).toMatchObject({ activeFargateServiceCount: '0', drainingFargateServiceCount: '1' });
    await ecs.send(
      new UpdateContainerInstancesStateCommand({
        cluster: 'main',
        containerInstances: [containerInstance],
        status: 'DRAINING',
      }),
    );
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['main'] }));
    expect(clusters?.[0]).toMatchObject({ registeredContainerInstancesCount: 1, statistics: [] });
  });

  it('CLU-10, ERR-14: are in the way of its deletion, each with an error of its own', async () => {
    const fixture = await startCapacity();
    const { ecs, region } = fixture;
    const remove = () => ecs.send(new DeleteClusterCommand({ cluster: 'main' }));
    const containerInstance = await registerInstance(ecs);
    await expectError(
      remove(),
      'ClusterContainsContainerInstancesException',
      'The Cluster cannot be deleted while Container Instances are active or draining.',
    );
    const { tasks } = await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
    region.advance(MINUTE);
    await ecs.send(new DeregisterContainerInstanceCommand({ cluster: 'main', containerInstance, force: true }));
    await expectError(
      remove(),
      'ClusterContainsTasksException',
      'The Cluster cannot be deleted while Tasks are active.',
    );
    await ecs.send(new StopTaskCommand({ cluster: 'main', task: tasks?.[0]?.taskArn }));
    region.advance(MINUTE);
    const autoScalingGroupArn = await createGroup(fixture);
    await ecs.send(
      new CreateCapacityProviderCommand({ name: 'nodes', autoScalingGroupProvider: { autoScalingGroupArn } }),
    );
    const put = (capacityProviders: string[]) =>
      ecs.send(
        new PutClusterCapacityProvidersCommand({
          cluster: 'main',
          capacityProviders,
          defaultCapacityProviderStrategy: [],
        }),
      );
    await put(['nodes', 'FARGATE']);
    await expectError(remove(), 'UpdateInProgressException', /busy state/);
    region.advance(MINUTE);
    await expectError(
      remove(),
      'ClusterContainsCapacityProviderException',
      'The Cluster cannot be deleted while Capacity Providers are active.',
    );
    await put(['FARGATE']);
    region.advance(MINUTE);
    expect((await remove()).cluster?.status).toBe('INACTIVE');
  });
});

describe('the settings of a cluster', () => {
  it('CLU-07: begin as the account says, unless they are given', async () => {
    const { ecs } = await startFixture();
    await ecs.send(new PutAccountSettingDefaultCommand({ name: 'containerInsights', value: 'enhanced' }));
    const of = async (name: string, value?: string) => {
      const settings = value === undefined ? [] : [{ name: 'containerInsights' as const, value }];
      const { cluster } = await ecs.send(new CreateClusterCommand({ clusterName: name, settings }));
      return cluster?.settings?.[0]?.value;
    };
    expect(await of('a')).toBe('enhanced');
    expect(await of('b', 'disabled')).toBe('disabled');
  });

  it('are updated, but only to what exists', async () => {
    const { ecs } = await startFixture();
    await ecs.send(new CreateClusterCommand({ clusterName: 'a' }));
    const update = (value: string) =>
      ecs.send(new UpdateClusterSettingsCommand({ cluster: 'a', settings: [{ name: 'containerInsights', value }] }));
    expect((await update('enhanced')).cluster?.settings).toEqual([{ name: 'containerInsights', value: 'enhanced' }]);
    await expectError(update('on'), 'InvalidParameterException');
  });
});

it('clusters are listed in pages, without those that are INACTIVE', async () => {
  const { ecs } = await startFixture();
  for (const clusterName of ['a', 'b', 'c']) await ecs.send(new CreateClusterCommand({ clusterName }));
  await ecs.send(new DeleteClusterCommand({ cluster: 'b' }));
  const first = await ecs.send(new ListClustersCommand({ maxResults: 1 }));
  const second = await ecs.send(new ListClustersCommand({ maxResults: 1, nextToken: first.nextToken }));
  expect([first, second].map(({ clusterArns }) => clusterArns?.[0]?.split('/')[1])).toEqual(['a', 'c']);
  expect(second.nextToken).toBeUndefined();
});

it('CLU-03: the cluster of a call without one is default', async () => {
  const { ecs } = await startFixture();
  expect((await ecs.send(new CreateClusterCommand({}))).cluster?.clusterName).toBe('default');
  expect((await ecs.send(new DescribeClustersCommand({}))).clusters).toMatchObject([{ clusterName: 'default' }]);
});
