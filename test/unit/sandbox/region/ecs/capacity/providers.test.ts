import {
  DeleteAutoScalingGroupCommand,
  DescribeLifecycleHooksCommand,
  DescribePoliciesCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  type AutoScalingGroupProvider,
  CreateCapacityProviderCommand,
  CreateClusterCommand,
  CreateServiceCommand,
  DeleteCapacityProviderCommand,
  DescribeCapacityProvidersCommand,
  type DescribeCapacityProvidersCommandInput,
  DescribeClustersCommand,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateCapacityProviderCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { expectError } from '../../support.ts';
import { type CapacityFixture, createGroup, createProvider, groupOf, MINUTE, startCapacity } from './support.ts';

const DEFAULTS = {
  status: 'DISABLED',
  targetCapacity: 100,
  minimumScalingStepSize: 1,
  maximumScalingStepSize: 10_000,
  instanceWarmupPeriod: 300,
};

async function create(
  { ecs }: CapacityFixture,
  name: string,
  autoScalingGroupArn: string,
  settings: Partial<AutoScalingGroupProvider> = {},
) {
  const { capacityProvider } = await ecs.send(
    new CreateCapacityProviderCommand({ name, autoScalingGroupProvider: { autoScalingGroupArn, ...settings } }),
  );
  return capacityProvider;
}

const put = ({ ecs }: CapacityFixture, capacityProviders: string[], cluster = 'main') =>
  ecs.send(new PutClusterCapacityProvidersCommand({ cluster, capacityProviders, defaultCapacityProviderStrategy: [] }));

async function attachmentsOf({ ecs }: CapacityFixture) {
  const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['main'], include: ['ATTACHMENTS'] }));
  return { status: clusters?.[0]?.attachmentsStatus, list: clusters?.[0]?.attachments ?? [] };
}

describe('a capacity provider', () => {
  it('CP-01, CP-03: is created with defaults, once for its name and once for its group', async () => {
    const fixture = await startCapacity();
    const arn = await createGroup(fixture);
    const created = await create(fixture, 'nodes', arn);
    expect(created).toMatchObject({
      name: 'nodes',
      status: 'ACTIVE',
      autoScalingGroupProvider: {
        autoScalingGroupArn: arn,
        managedScaling: DEFAULTS,
        managedTerminationProtection: 'DISABLED',
        managedDraining: 'ENABLED',
      },
    });
    await expectError(create(fixture, 'nodes', arn), 'ClientException', /already exists/);
    await expectError(
      create(fixture, 'other', arn),
      'ClientException',
      /already being used by another capacity provider/,
    );
  });

  it.each([
    { says: 'a reserved prefix', name: 'awsome', error: /name is invalid/ },
    { says: 'FARGATE itself', name: 'FARGATE', error: /name is invalid/ },
    { says: 'a space in the name', name: 'a b', error: /name is invalid/ },
    { says: 'a group that does not exist', arn: 'arn:aws:autoscaling:x', error: /Auto Scaling group ARN is invalid/ },
    {
      says: 'CP-02: protection without managed scaling',
      settings: { managedTerminationProtection: 'ENABLED' as const },
      error: /managed scaling must be enabled/,
    },
    {
      says: 'CP-02: protection of a group that protects nothing',
      settings: { managedTerminationProtection: 'ENABLED' as const, managedScaling: { status: 'ENABLED' as const } },
      error: /must have instance protection from scale in enabled/,
    },
    {
      says: 'CAS-04: target capacity 0',
      settings: { managedScaling: { targetCapacity: 0 } },
      error: /between 1 and 100/,
    },
    { says: 'target capacity 101', settings: { managedScaling: { targetCapacity: 101 } }, error: /between 1 and 100/ },
    { says: 'a step of 0', settings: { managedScaling: { minimumScalingStepSize: 0 } }, error: /between 1 and 10000/ },
    {
      says: 'a minimum step above the maximum',
      settings: { managedScaling: { minimumScalingStepSize: 3, maximumScalingStepSize: 2 } },
      error: /cannot be greater/,
    },
  ])('refuses $says, and nothing is stored', async ({ name = 'nodes', arn, settings, error }) => {
    const fixture = await startCapacity();
    const group = await createGroup(fixture);
    const thrown = await create(fixture, name, arn ?? group, settings).then(
      () => undefined,
      (caught: unknown) => caught,
    );
    expect(String(thrown)).toMatch(error);
    const { capacityProviders } = await fixture.ecs.send(new DescribeCapacityProvidersCommand({}));
    expect(capacityProviders?.map((provider) => provider.name)).toEqual(['FARGATE', 'FARGATE_SPOT']);
  });

  it('is described by name and in pages, with tags if asked for', async () => {
    const fixture = await startCapacity();
    for (let index = 0; index < 9; index += 1) {
      const arn = await createGroup(fixture, { AutoScalingGroupName: `g${index}` });
      await create(fixture, `p${index}`, arn);
    }
    const first = await fixture.ecs.send(new DescribeCapacityProvidersCommand({}));
    expect(first.capacityProviders).toHaveLength(10);
    const second = await fixture.ecs.send(new DescribeCapacityProvidersCommand({ nextToken: first.nextToken }));
    expect(second.capacityProviders?.map(({ name }) => name)).toEqual(['p8']);
    const named = await fixture.ecs.send(new DescribeCapacityProvidersCommand({ capacityProviders: ['p1', 'none'] }));
    expect(named.capacityProviders?.map(({ name }) => name)).toEqual(['p1']);
    expect(named.failures).toMatchObject([{ reason: 'MISSING' }]);
  });

  it('MD-10: answers an update with the old values, and has the new ones once it is complete', async () => {
    const fixture = await startCapacity();
    const { ecs, region } = fixture;
    await createProvider(fixture);
    const update = (autoScalingGroupProvider: object) =>
      ecs.send(new UpdateCapacityProviderCommand({ name: 'nodes', autoScalingGroupProvider }));
    const answered = await update({ managedDraining: 'DISABLED', managedScaling: { targetCapacity: 90 } });
    expect(answered.capacityProvider).toMatchObject({
      updateStatus: 'UPDATE_IN_PROGRESS',
      autoScalingGroupProvider: { managedDraining: 'ENABLED', managedScaling: { targetCapacity: 100 } },
    });
    await expectError(update({}), 'UpdateInProgressException');
    region.advance(10_000);
    const { capacityProviders } = await ecs.send(
      new DescribeCapacityProvidersCommand({ capacityProviders: ['nodes'] }),
    );
    expect(capacityProviders?.[0]).toMatchObject({
      updateStatus: 'UPDATE_COMPLETE',
      autoScalingGroupProvider: {
        managedDraining: 'DISABLED',
        managedScaling: { status: 'ENABLED', targetCapacity: 90 },
      },
    });
    expect((await attachmentsOf(fixture)).list.map(({ type }) => type)).toEqual(['as_policy']);
    const { ScalingPolicies } = await fixture.autoScaling.send(new DescribePoliciesCommand({}));
    expect(ScalingPolicies?.[0]?.TargetTrackingConfiguration?.TargetValue).toBe(90);
    // CAS-18: switching managed scaling off takes the policy away.
    await update({ managedScaling: { status: 'DISABLED' } });
    region.advance(10_000);
    expect((await attachmentsOf(fixture)).list).toEqual([]);
    expect((await fixture.autoScaling.send(new DescribePoliciesCommand({}))).ScalingPolicies).toEqual([]);
  });

  it('CP-14: leaves its name and its group to others once it is deleted', async () => {
    const fixture = await startCapacity();
    const arn = await createGroup(fixture);
    await create(fixture, 'nodes', arn);
    await fixture.ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: 'nodes' }));
    await expectError(create(fixture, 'other', arn), 'ClientException', /already being used/);
    fixture.region.advance(10_000);
    expect(await create(fixture, 'other', arn)).toMatchObject({ status: 'ACTIVE' });
    const second = await createGroup(fixture, { AutoScalingGroupName: 'second' });
    expect(await create(fixture, 'nodes', second)).toMatchObject({ status: 'ACTIVE' });
  });

  it('CLU-18: cannot be deleted if it is ECS’s own, or does not exist', async () => {
    const { ecs } = await startCapacity();
    const remove = (capacityProvider: string) => ecs.send(new DeleteCapacityProviderCommand({ capacityProvider }));
    await expectError(remove('FARGATE'), 'InvalidParameterException', /reserved/);
    await expectError(
      remove('none'),
      'ClientException',
      'The specified capacity provider does not exist. Specify a valid name or ARN and try again.',
    );
  });

  it('of managed instances is kept as it is, belongs to its cluster, and places nothing', async () => {
    const fixture = await startCapacity();
    const { ecs, region } = fixture;
    const managedInstancesProvider = {
      infrastructureRoleArn: 'arn:aws:iam::123456789012:role/infra',
      instanceLaunchTemplate: {
        ec2InstanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/p',
        networkConfiguration: { subnets: ['subnet-1'] },
      },
    };
    const input = { name: 'managed', managedInstancesProvider };
    await expectError(ecs.send(new CreateCapacityProviderCommand(input)), 'InvalidParameterException', /cluster must/);
    const created = await ecs.send(new CreateCapacityProviderCommand({ ...input, cluster: 'main' }));
    expect(created.capacityProvider).toMatchObject({
      status: 'PROVISIONING',
      cluster: 'main',
      managedInstancesProvider,
    });
    await expectError(put(fixture, ['managed']), 'InvalidParameterException', /'managed' is not in an ACTIVE state/);
    region.advance(10_000);
    await ecs.send(new CreateClusterCommand({ clusterName: 'other' }));
    await expectError(put(fixture, ['managed'], 'other'), 'InvalidParameterException', /another cluster/);
    await expectError(put(fixture, ['managed']), 'InvalidParameterException', /already associated with the cluster/);
    await put(fixture, ['FARGATE']);
    const described = await ecs.send(new DescribeClustersCommand({ clusters: ['main'] }));
    expect(described.clusters).toMatchObject([{ capacityProviders: ['FARGATE', 'managed'] }]);
    await expectError(
      ecs.send(
        new RunTaskCommand({
          cluster: 'main',
          taskDefinition: 'web',
          capacityProviderStrategy: [{ capacityProvider: 'managed', weight: 1 }],
        }),
      ),
      'InvalidParameterException',
      'No Container Instances were found in your capacity provider.',
    );
  });

  it('of managed instances is found, changed and deleted in its cluster only', async () => {
    const { ecs, region } = await startCapacity();
    const instanceLaunchTemplate = {
      ec2InstanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/p',
      networkConfiguration: { subnets: ['subnet-1'] },
    };
    const infrastructureRoleArn = 'arn:aws:iam::123456789012:role/infra';
    const managedInstancesProvider = { infrastructureRoleArn, instanceLaunchTemplate };
    await ecs.send(new CreateCapacityProviderCommand({ name: 'managed', cluster: 'main', managedInstancesProvider }));
    region.advance(10_000);
    const describe = (input: DescribeCapacityProvidersCommandInput) =>
      ecs.send(new DescribeCapacityProvidersCommand(input));
    expect(await describe({ capacityProviders: ['managed'] })).toMatchObject({ failures: [{ reason: 'MISSING' }] });
    const inMain = { capacityProviders: [{ name: 'managed', cluster: 'main' }] };
    expect(await describe({ capacityProviders: ['managed'], cluster: 'main' })).toMatchObject(inMain);
    expect(await describe({ cluster: 'main' })).toMatchObject(inMain);
    const remove = (cluster?: string) =>
      ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: 'managed', cluster }));
    await expectError(remove(), 'ClientException', /does not exist/);
    const update = { name: 'managed', managedInstancesProvider };
    await expectError(ecs.send(new UpdateCapacityProviderCommand(update)), 'ClientException', /does not exist/);
    await ecs.send(new UpdateCapacityProviderCommand({ ...update, cluster: 'main' }));
    region.advance(10_000);
    await remove('main');
    region.advance(10_000);
    expect(await describe({ cluster: 'main' })).toMatchObject({ capacityProviders: [] });
  });
});

describe('the tag AmazonECSManaged', () => {
  it('CP-09: is on the group as soon as it has a provider', async () => {
    const fixture = await startCapacity();
    await create(fixture, 'nodes', await createGroup(fixture));
    expect((await groupOf(fixture.autoScaling)).Tags).toMatchObject([
      { Key: 'AmazonECSManaged', Value: '', PropagateAtLaunch: true },
    ]);
  });

  it('CP-08: keeps the value that a user has given it', async () => {
    const fixture = await startCapacity();
    const Tags = [{ Key: 'AmazonECSManaged', Value: 'true', PropagateAtLaunch: true }];
    await createProvider(fixture, {}, { Tags });
    expect((await groupOf(fixture.autoScaling)).Tags).toMatchObject(Tags);
  });
});

describe('an association', () => {
  it('CAS-01, MD-04, MD-11: makes policy, hook and tag on the group, and dissociation leaves the tag only', async () => {
    const fixture = await startCapacity();
    const { region, autoScaling } = fixture;
    const arn = await createGroup(fixture);
    await create(fixture, 'nodes', arn, { managedScaling: { status: 'ENABLED' } });
    const answer = await put(fixture, ['nodes', 'FARGATE']);
    expect(answer.cluster).toMatchObject({
      attachmentsStatus: 'UPDATE_IN_PROGRESS',
      capacityProviders: ['FARGATE', 'nodes'],
    });
    expect(answer.cluster?.attachments?.map(({ status }) => status)).toEqual(['PRECREATED', 'PRECREATED']);
    await expectError(put(fixture, ['nodes']), 'UpdateInProgressException');
    region.advance(10_000);
    const { status, list } = await attachmentsOf(fixture);
    expect(status).toBe('UPDATE_COMPLETE');
    const { ScalingPolicies } = await autoScaling.send(new DescribePoliciesCommand({ AutoScalingGroupName: 'nodes' }));
    expect(ScalingPolicies?.[0]?.PolicyName).toMatch(/^ECSManagedAutoScalingPolicy-/);
    expect(list).toMatchObject([
      {
        type: 'as_policy',
        status: 'CREATED',
        details: [
          { name: 'capacityProviderName', value: 'nodes' },
          { name: 'scalingPolicyName', value: ScalingPolicies?.[0]?.PolicyName },
        ],
      },
      {
        type: 'managed_draining',
        details: [
          { name: 'capacityProviderName', value: 'nodes' },
          { name: 'autoScalingLifecycleHookName', value: 'ecs-managed-draining-termination-hook' },
        ],
      },
    ]);
    const hooks = new DescribeLifecycleHooksCommand({ AutoScalingGroupName: 'nodes' });
    expect((await autoScaling.send(hooks)).LifecycleHooks).toMatchObject([
      { LifecycleHookName: 'ecs-managed-draining-termination-hook', DefaultResult: 'CONTINUE' },
    ]);
    expect((await groupOf(autoScaling)).Tags).toMatchObject([{ Key: 'AmazonECSManaged', PropagateAtLaunch: true }]);
    await put(fixture, []);
    region.advance(10_000);
    expect((await autoScaling.send(hooks)).LifecycleHooks).toEqual([]);
    expect((await autoScaling.send(new DescribePoliciesCommand({}))).ScalingPolicies).toEqual([]);
    expect((await groupOf(autoScaling)).Tags).toHaveLength(1);
    expect(await attachmentsOf(fixture)).toEqual({ status: 'UPDATE_COMPLETE', list: [] });
  });

  it('CP-10: with managed scaling is with one cluster only', async () => {
    const fixture = await startCapacity();
    await createProvider(fixture);
    await fixture.ecs.send(new CreateClusterCommand({ clusterName: 'other' }));
    await expectError(put(fixture, ['nodes'], 'other'), 'InvalidParameterException', /one cluster/);
  });

  it('CP-10: without managed scaling is with several', async () => {
    const fixture = await startCapacity();
    await createProvider(fixture, { managedScaling: { status: 'DISABLED' } });
    await fixture.ecs.send(new CreateClusterCommand({ clusterName: 'other' }));
    expect((await put(fixture, ['nodes'], 'other')).cluster?.capacityProviders).toEqual(['nodes']);
    await expectError(
      fixture.ecs.send(
        new UpdateCapacityProviderCommand({
          name: 'nodes',
          autoScalingGroupProvider: { managedScaling: { status: 'ENABLED' } },
        }),
      ),
      'ClientException',
      /more than one cluster/,
    );
  });

  it('CP-14: cannot end while a service uses the provider', async () => {
    const fixture = await startCapacity();
    await createProvider(fixture);
    await fixture.ecs.send(
      new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition: 'web', desiredCount: 0 }),
    );
    await expectError(
      put(fixture, []),
      'ResourceInUseException',
      'The specified capacity provider is in use and cannot be removed.',
    );
  });

  it('CP-14: cannot end while the provider has a task', async () => {
    const fixture = await startCapacity();
    const { ecs, region } = fixture;
    await createProvider(fixture);
    const { tasks } = await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
    await expectError(put(fixture, []), 'ResourceInUseException');
    await ecs.send(new StopTaskCommand({ cluster: 'main', task: tasks?.[0]?.taskArn }));
    region.advance(MINUTE);
    await put(fixture, []);
  });

  it('fails if the group is gone, and can be tried again', async () => {
    const fixture = await startCapacity();
    const { region } = fixture;
    const arn = await createGroup(fixture);
    await create(fixture, 'nodes', arn, { managedScaling: { status: 'ENABLED' } });
    await fixture.autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName: 'nodes' }));
    region.advance(MINUTE);
    await put(fixture, ['nodes']);
    region.advance(MINUTE);
    expect((await attachmentsOf(fixture)).status).toBe('UPDATE_FAILED');
    await put(fixture, []);
    region.advance(MINUTE);
    expect((await attachmentsOf(fixture)).status).toBe('UPDATE_COMPLETE');
  });

  it('has at most 20 providers', async () => {
    const fixture = await startCapacity();
    await expectError(
      put(
        fixture,
        Array.from({ length: 21 }, (_, index) => `p${index}`),
      ),
      'InvalidParameterException',
      /at most 20/,
    );
  });
});
