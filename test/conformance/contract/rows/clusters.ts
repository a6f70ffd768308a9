import { expect } from 'vitest';
import { createCluster, createService, describeCluster, runTask } from '../builders.ts';
import { must, only, reasonOf, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

export const clusters: readonly Row[] = [
  row('CLU-01', 'a new cluster without capacity providers is ACTIVE at once', async (aws) => {
    expect((await createCluster(aws)).status).toBe('ACTIVE');
  }),
  row('CLU-01b', 'a cluster ARN is partition, region, account and cluster/<name>', async (aws) => {
    const { clusterArn, clusterName } = await createCluster(aws);
    expect(clusterArn).toMatch(new RegExp(`^arn:aws:ecs:${aws.region}:\\d{12}:cluster/${clusterName}$`));
  }),
  row('CLU-02', 'a deleted cluster is answered as INACTIVE and can still be described', async (aws) => {
    const { clusterName } = await createCluster(aws);
    const deleted = await aws.ecs.deleteCluster({ cluster: clusterName });
    expect(deleted.cluster?.status).toBe('INACTIVE');
    expect((await describeCluster(aws, clusterName)).status).toBe('INACTIVE');
  }),
  row('CLU-02b', 'a deleted cluster is not listed', async (aws) => {
    const { clusterName, clusterArn } = await createCluster(aws);
    await aws.ecs.deleteCluster({ cluster: clusterName });
    expect((await aws.ecs.listClusters({})).clusterArns).not.toContain(clusterArn);
  }),
  row('CLU-02c', 'a name of a deleted cluster can be created again and has the same ARN', async (aws) => {
    const { clusterName, clusterArn } = await createCluster(aws);
    await aws.ecs.deleteCluster({ cluster: clusterName });
    const again = await createCluster(aws, { clusterName });
    expect(again).toMatchObject({ status: 'ACTIVE', clusterArn });
  }),
  row('CLU-02d', 'nothing can be created in a deleted cluster', async (aws) => {
    const { clusterName } = await createCluster(aws);
    await aws.ecs.deleteCluster({ cluster: clusterName });
    await refused(createService(aws, { cluster: clusterName }), 'ClusterNotFoundException');
  }),
  row('CLU-02e', 'a cluster that was deleted already cannot be deleted again', async (aws) => {
    const { clusterName } = await createCluster(aws);
    await aws.ecs.deleteCluster({ cluster: clusterName });
    await refused(aws.ecs.deleteCluster({ cluster: clusterName }), 'ClusterNotFoundException');
  }),
  row('CLU-03', 'a call that names no cluster means the cluster `default`', async (aws) => {
    const there = aws.elsewhere('eu-west-3');
    await refused(there.ecs.listServices({}), 'ClusterNotFoundException', 'Cluster not found.');
    expect((await there.ecs.createCluster({})).cluster?.clusterName).toBe('default');
    expect((await there.ecs.listServices({})).serviceArns).toEqual([]);
    expect(only((await there.ecs.describeClusters({})).clusters).clusterName).toBe('default');
  }),
  row('CLU-06', 'containerInsights is a setting and is disabled unless given', async (aws) => {
    const { clusterName } = await createCluster(aws);
    expect((await describeCluster(aws, clusterName)).settings).toEqual([
      { name: 'containerInsights', value: 'disabled' },
    ]);
  }),
  row('CLU-06b', 'containerInsights can be enhanced', async (aws) => {
    const { clusterName } = await createCluster(aws, { settings: [{ name: 'containerInsights', value: 'enhanced' }] });
    expect((await describeCluster(aws, clusterName)).settings).toEqual([
      { name: 'containerInsights', value: 'enhanced' },
    ]);
  }),
  row('CLU-06c', 'a value of containerInsights that does not exist is refused', async (aws) => {
    const settings = [{ name: 'containerInsights' as const, value: 'sometimes' }];
    await refused(createCluster(aws, { settings }), 'InvalidParameterException');
  }),
  row('CLU-07', 'UpdateClusterSettings changes containerInsights', async (aws) => {
    const { clusterName } = await createCluster(aws);
    const settings = [{ name: 'containerInsights' as const, value: 'enabled' }];
    const { cluster } = await aws.ecs.updateClusterSettings({ cluster: clusterName, settings });
    expect(cluster?.settings).toEqual(settings);
    expect((await describeCluster(aws, clusterName)).settings).toEqual(settings);
  }),
  row('CLU-08', 'an update of a cluster keeps what it does not name', async (aws) => {
    const settings = [{ name: 'containerInsights' as const, value: 'enabled' }];
    const { clusterName } = await createCluster(aws, { settings });
    const configuration = { executeCommandConfiguration: { logging: 'NONE' as const } };
    await aws.ecs.updateCluster({ cluster: clusterName, configuration });
    expect(await describeCluster(aws, clusterName)).toMatchObject({ settings, configuration });
  }),
  row('CLU-08b', 'the ECS Exec configuration is stored and read back', async (aws) => {
    const configuration = {
      executeCommandConfiguration: {
        logging: 'OVERRIDE' as const,
        logConfiguration: { cloudWatchLogGroupName: 'exec' },
      },
    };
    const { clusterName } = await createCluster(aws, { configuration });
    expect((await describeCluster(aws, clusterName)).configuration).toMatchObject(configuration);
  }),
  row('CLU-10', 'a cluster with an active service cannot be deleted', async (aws) => {
    const { cluster } = await createService(aws, { desiredCount: 0 });
    await refused(
      aws.ecs.deleteCluster({ cluster }),
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    );
  }),
  row('CLU-10b', 'a cluster with a task cannot be deleted', async (aws) => {
    const { cluster } = await runTask(aws);
    await refused(
      aws.ecs.deleteCluster({ cluster }),
      'ClusterContainsTasksException',
      'The Cluster cannot be deleted while Tasks are active.',
    );
  }),
  row('CLU-10c', 'a cluster with container instances cannot be deleted', async (aws) => {
    const { clusterName } = await createCluster(aws);
    await aws.instances(clusterName);
    await refused(
      aws.ecs.deleteCluster({ cluster: clusterName }),
      'ClusterContainsContainerInstancesException',
      /^The Cluster cannot be deleted while Container Instances are active/,
    );
  }),
  row('CLU-10d', 'a cluster whose services are gone and tasks are stopped can be deleted', async (aws) => {
    const { cluster, serviceName } = await createService(aws);
    await aws.settle();
    await aws.ecs.deleteService({ cluster, service: serviceName, force: true });
    await aws.settle();
    expect((await aws.ecs.deleteCluster({ cluster })).cluster?.status).toBe('INACTIVE');
  }),
  row('CLU-11', 'a Service Connect default given by name comes back as the ARN of its namespace', async (aws) => {
    const { clusterName } = await createCluster(aws, { serviceConnectDefaults: { namespace: 'internal' } });
    expect((await describeCluster(aws, clusterName)).serviceConnectDefaults?.namespace).toMatch(
      /^arn:aws:servicediscovery:[a-z0-9-]+:\d{12}:namespace\/ns-/,
    );
  }),
  row('CLU-15', 'a new cluster counts nothing', async (aws) => {
    const { clusterName } = await createCluster(aws);
    expect(await describeCluster(aws, clusterName)).toMatchObject({
      registeredContainerInstancesCount: 0,
      runningTasksCount: 0,
      pendingTasksCount: 0,
      activeServicesCount: 0,
    });
  }),
  row('CLU-15b', 'active services and running tasks are counted', async (aws) => {
    const { cluster } = await createService(aws, { desiredCount: 2 });
    await aws.settle();
    expect(await describeCluster(aws, cluster)).toMatchObject({
      activeServicesCount: 1,
      runningTasksCount: 2,
      pendingTasksCount: 0,
    });
  }),
  row('CLU-15c', 'statistics count tasks by launch type, as strings', async (aws) => {
    const { cluster } = await runTask(aws);
    await aws.settle();
    const { statistics } = await describeCluster(aws, cluster);
    expect(statistics).toContainEqual({ name: 'runningFargateTasksCount', value: '1' });
    expect(statistics).toContainEqual({ name: 'runningEC2TasksCount', value: '0' });
  }),
  row('CLU-16', 'PutClusterCapacityProviders replaces providers and default strategy as a whole', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    await aws.ecs.putClusterCapacityProviders({
      cluster,
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    });
    await aws.settle();
    await aws.ecs.putClusterCapacityProviders({
      cluster,
      capacityProviders: ['FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    });
    await aws.settle();
    expect(await describeCluster(aws, cluster)).toMatchObject({
      capacityProviders: ['FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [],
    });
  }),
  // go-to-k/cdk-real-drift#1751: [FARGATE_SPOT, FARGATE] read back as [FARGATE, FARGATE_SPOT].
  row('CLU-16b', 'capacity providers of a cluster come back sorted', async (aws) => {
    const { clusterName } = await createCluster(aws, { capacityProviders: ['FARGATE_SPOT', 'FARGATE'] });
    await aws.settle();
    expect((await describeCluster(aws, clusterName)).capacityProviders).toEqual(['FARGATE', 'FARGATE_SPOT']);
  }),
  // go-to-k/cdk-real-drift, the recorded cluster of its reorder probe.
  row('CLU-16c', 'the default strategy keeps its order, and a base that was not given comes back as 0', async (aws) => {
    const { clusterName } = await createCluster(aws, {
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
      defaultCapacityProviderStrategy: [
        { capacityProvider: 'FARGATE_SPOT', weight: 2 },
        { capacityProvider: 'FARGATE', weight: 1, base: 1 },
      ],
    });
    await aws.settle();
    expect((await describeCluster(aws, clusterName)).defaultCapacityProviderStrategy).toEqual([
      { capacityProvider: 'FARGATE_SPOT', weight: 2, base: 0 },
      { capacityProvider: 'FARGATE', weight: 1, base: 1 },
    ]);
  }),
  row('CLU-16d', 'a capacity provider that does not exist cannot be associated', async (aws) => {
    await refused(createCluster(aws, { capacityProviders: [aws.name('nobody')] }), 'InvalidParameterException');
  }),
  row('CLU-16e', 'a provider of the default strategy must be associated', async (aws) => {
    const defaultCapacityProviderStrategy = [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }];
    const input = { capacityProviders: ['FARGATE'], defaultCapacityProviderStrategy };
    await refused(createCluster(aws, input), 'InvalidParameterException');
  }),
  row('G4.18', 'DescribeClusters answers a missing cluster with the failure MISSING and its ARN', async (aws) => {
    const name = aws.name('missing');
    const answer = await aws.ecs.describeClusters({ clusters: [name] });
    expect(reasonOf(answer)).toBe('MISSING');
    expect(answer.failures?.[0]?.arn).toMatch(new RegExp(`^arn:aws:ecs:.*:cluster/${name}$`));
    expect(answer.clusters).toEqual([]);
  }),
  row('SET-05', 'a cluster name has letters, digits, hyphens and underscores', async (aws) => {
    await refused(createCluster(aws, { clusterName: 'not a name' }), 'InvalidParameterException');
    expect((await createCluster(aws, { clusterName: aws.name('With_under-score') })).status).toBe('ACTIVE');
  }),
  row('SET-05b', 'a cluster name has at most 255 characters', async (aws) => {
    await refused(createCluster(aws, { clusterName: 'x'.repeat(256) }), 'InvalidParameterException');
  }),
  row('API.CreateCluster', 'creating a cluster again answers with the one that is there', async (aws) => {
    const { clusterName, clusterArn } = await createCluster(aws);
    await createService(aws, { cluster: clusterName, desiredCount: 0 });
    expect(await createCluster(aws, { clusterName })).toMatchObject({ clusterArn, activeServicesCount: 1 });
  }),
  row('API.DescribeClusters', 'settings, tags, configuration and statistics come only when asked for', async (aws) => {
    const { clusterName } = await createCluster(aws, {
      tags: [{ key: 'a', value: 'b' }],
      configuration: { executeCommandConfiguration: { logging: 'NONE' } },
    });
    const cluster = only((await aws.ecs.describeClusters({ clusters: [clusterName] })).clusters);
    expect(cluster).toMatchObject({ settings: [], tags: [], statistics: [] });
    expect(cluster).not.toHaveProperty('configuration');
  }),
  row('API.ListClusters', 'ListClusters pages by maxResults and nextToken', async (aws) => {
    const there = aws.elsewhere('ca-central-1');
    for (let index = 0; index < 3; index += 1) await createCluster(there);
    const first = await there.ecs.listClusters({ maxResults: 2 });
    expect(first.clusterArns).toHaveLength(2);
    const second = await there.ecs.listClusters({ maxResults: 2, nextToken: must(first.nextToken) });
    expect(second.clusterArns).toHaveLength(1);
    expect(second.nextToken).toBeUndefined();
  }),
];
