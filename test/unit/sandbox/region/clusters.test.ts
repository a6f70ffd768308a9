import {
  CreateClusterCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DescribeClustersCommand,
  ListClustersCommand,
  PutClusterCapacityProvidersCommand,
  UpdateClusterCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { client } from '../../../sandbox/region/index.ts';
import { advanceUntil, createService, expectError, isCompleted, startFixture, startPopulated } from './support.ts';

describe('clusters', () => {
  it('are created with defaults and shown as far as they are asked for', async () => {
    const { ecs, region } = await startFixture();
    const created = await ecs.send(
      new CreateClusterCommand({
        clusterName: 'a',
        tags: [{ key: 'k', value: 'v' }],
        configuration: { executeCommandConfiguration: { logging: 'DEFAULT' } },
        serviceConnectDefaults: { namespace: 'internal' },
      }),
    );
    expect(created.cluster?.settings).toEqual([{ name: 'containerInsights', value: 'disabled' }]);
    // SCN-06: its namespace is made first.
    expect(created.cluster).toMatchObject({
      status: 'PROVISIONING',
      attachmentsStatus: 'UPDATE_IN_PROGRESS',
      attachments: [{ type: 'sc', status: 'ATTACHING' }],
    });
    region.advance(5_000);
    const plain = await ecs.send(new DescribeClustersCommand({ clusters: ['a'] }));
    expect(plain.clusters?.[0]).toMatchObject({ status: 'ACTIVE', settings: [], tags: [], statistics: [] });
    expect(plain.clusters?.[0]).not.toHaveProperty('configuration');
    // AWS makes a Cloud Map namespace of the name and returns its ARN.
    expect(plain.clusters?.[0]?.serviceConnectDefaults?.namespace).toMatch(
      /^arn:aws:servicediscovery:.*namespace\/ns-/,
    );
    const full = await ecs.send(
      new DescribeClustersCommand({
        clusters: [created.cluster?.clusterArn ?? ''],
        include: ['SETTINGS', 'TAGS', 'CONFIGURATIONS', 'ATTACHMENTS', 'STATISTICS'],
      }),
    );
    expect(full.clusters?.[0]).toMatchObject({
      settings: [{ name: 'containerInsights', value: 'disabled' }],
      tags: [{ key: 'k', value: 'v' }],
      configuration: { executeCommandConfiguration: { logging: 'DEFAULT' } },
      attachments: [],
    });
    expect(full.clusters?.[0]?.statistics?.map(({ name }) => name)).toContain('runningFargateTasksCount');
  });

  it('answer a repeated create, and refuse one with other arguments', async () => {
    const { ecs, region } = await startFixture();
    const input = { clusterName: 'a', settings: [{ name: 'containerInsights' as const, value: 'enabled' }] };
    const first = await ecs.send(new CreateClusterCommand(input));
    const second = await ecs.send(new CreateClusterCommand(input));
    expect(second.cluster?.clusterArn).toBe(first.cluster?.clusterArn);
    await ecs.send(new CreateClusterCommand({ clusterName: 'a' }));
    const other = { ...input, settings: [{ name: 'containerInsights' as const, value: 'disabled' }] };
    await expectError(
      ecs.send(new CreateClusterCommand(other)),
      'InvalidParameterException',
      /inconsistent with arguments/,
    );
    expect(region.inventory().clusters).toHaveLength(1);
  });

  it('with capacity providers are PROVISIONING first, and busy meanwhile', async () => {
    const { ecs, region } = await startFixture();
    const capacityProviders = ['FARGATE', 'FARGATE_SPOT'];
    const created = await ecs.send(new CreateClusterCommand({ clusterName: 'a', capacityProviders }));
    expect(created.cluster).toMatchObject({ status: 'PROVISIONING', attachmentsStatus: 'UPDATE_IN_PROGRESS' });
    const put = new PutClusterCapacityProvidersCommand({
      cluster: 'a',
      capacityProviders: ['FARGATE'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }],
    });
    await expectError(ecs.send(put), 'UpdateInProgressException');
    region.advance(5_000);
    expect((await ecs.send(put)).cluster).toMatchObject({
      status: 'ACTIVE',
      capacityProviders: ['FARGATE'],
      defaultCapacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1, base: 0 }],
    });
  });

  it('refuse capacity providers that do not exist', async () => {
    const { ecs } = await startFixture();
    const input = { clusterName: 'a', capacityProviders: ['nope'] };
    await expectError(ecs.send(new CreateClusterCommand(input)), 'InvalidParameterException', /does not exist/);
  });

  it('keep settings that an update does not name', async () => {
    const { ecs } = await startFixture();
    await ecs.send(
      new CreateClusterCommand({ clusterName: 'a', settings: [{ name: 'containerInsights', value: 'enhanced' }] }),
    );
    const updated = await ecs.send(
      new UpdateClusterCommand({ cluster: 'a', serviceConnectDefaults: { namespace: 'arn:aws:x' } }),
    );
    expect(updated.cluster).toMatchObject({
      settings: [{ name: 'containerInsights', value: 'enhanced' }],
      serviceConnectDefaults: { namespace: 'arn:aws:x' },
    });
  });

  it('count their tasks and services, and are deleted only when empty', async () => {
    const fixture = await startPopulated();
    const { ecs, region } = fixture;
    await createService(ecs);
    await advanceUntil(fixture, isCompleted);
    const counts = await ecs.send(new DescribeClustersCommand({ clusters: ['main'] }));
    expect(counts.clusters?.[0]).toMatchObject({ runningTasksCount: 2, pendingTasksCount: 0, activeServicesCount: 1 });
    const remove = new DeleteClusterCommand({ cluster: 'main' });
    await expectError(
      ecs.send(remove),
      'ClusterContainsServicesException',
      'The Cluster cannot be deleted while Services are active.',
    );
    await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    await advanceUntil(fixture, ({ status }) => status === 'INACTIVE');
    await expectError(
      ecs.send(remove),
      'ClusterContainsTasksException',
      'The Cluster cannot be deleted while Tasks are active.',
    );
    region.advance(10_000);
    expect((await ecs.send(remove)).cluster?.status).toBe('INACTIVE');
    expect((await ecs.send(new DescribeClustersCommand({ clusters: ['main'] }))).clusters?.[0]).toMatchObject({
      status: 'INACTIVE',
      runningTasksCount: 0,
      activeServicesCount: 0,
    });
    expect((await ecs.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
    await expectError(ecs.send(remove), 'ClusterNotFoundException', 'The referenced cluster was inactive.');
    expect((await ecs.send(new CreateClusterCommand({ clusterName: 'main' }))).cluster?.status).toBe('ACTIVE');
  });

  it('belong to one account and region', async () => {
    const { ecs, region } = await startFixture();
    await ecs.send(new CreateClusterCommand({ clusterName: 'a' }));
    const elsewhere = client(region, { region: 'us-east-1' });
    const someoneElse = client(region, { account: '999999999999' });
    expect((await elsewhere.send(new ListClustersCommand({}))).clusterArns).toEqual([]);
    const created = await someoneElse.send(new CreateClusterCommand({ clusterName: 'a' }));
    expect(created.cluster?.clusterArn).toBe('arn:aws:ecs:eu-central-1:999999999999:cluster/a');
    expect(region.inventory().clusters).toHaveLength(2);
  });
});
