import { expect } from 'vitest';
import type { Aws } from '../aws.ts';
import {
  createCluster,
  createGroup,
  createProvider,
  createService,
  describeCluster,
  describeGroup,
} from '../builders.ts';
import { must, only, reasonOf, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

async function describe(aws: Aws, name: string): Promise<Awaited<ReturnType<typeof createProvider>>> {
  return only((await aws.ecs.describeCapacityProviders({ capacityProviders: [name] })).capacityProviders);
}

export const capacityProviders: readonly Row[] = [
  row('CP-17', 'a new capacity provider is ACTIVE', async (aws) => {
    const provider = await createProvider(aws);
    await aws.settle();
    expect((await describe(aws, must(provider.name))).status).toBe('ACTIVE');
  }),
  // The AWS CLI's recorded example of create-capacity-provider; go-to-k/cdk-real-drift for managedDraining.
  row('CP-01', "managed scaling comes back with AWS's defaults", async (aws) => {
    const provider = await createProvider(aws, { managedScaling: { status: 'ENABLED' } });
    expect(provider.autoScalingGroupProvider).toMatchObject({
      managedScaling: {
        status: 'ENABLED',
        targetCapacity: 100,
        minimumScalingStepSize: 1,
        maximumScalingStepSize: 10_000,
        instanceWarmupPeriod: 300,
      },
      managedTerminationProtection: 'DISABLED',
    });
  }),
  row('MD-01', 'managed draining is on unless told otherwise', async (aws) => {
    const provider = await createProvider(aws);
    expect(provider.autoScalingGroupProvider?.managedDraining).toBe('ENABLED');
  }),
  row('CP-02b', 'termination protection needs managed scaling', async (aws) => {
    await refused(
      createProvider(
        aws,
        { managedTerminationProtection: 'ENABLED', managedScaling: { status: 'DISABLED' } },
        { NewInstancesProtectedFromScaleIn: true },
      ),
      'ClientException|InvalidParameterException',
    );
  }),
  row('CP-02c', 'termination protection needs a group that protects its instances', async (aws) => {
    await refused(
      createProvider(aws, { managedTerminationProtection: 'ENABLED', managedScaling: { status: 'ENABLED' } }),
      'ClientException|InvalidParameterException',
    );
  }),
  row('CP-01b', 'a group has one provider at most', async (aws) => {
    const group = must((await describeGroup(aws, await createGroup(aws))).AutoScalingGroupARN);
    const create = (): Promise<unknown> =>
      aws.ecs.createCapacityProvider({
        name: aws.name('provider'),
        autoScalingGroupProvider: { autoScalingGroupArn: group },
      });
    await create();
    await refused(create(), 'ClientException|InvalidParameterException|UpdateInProgressException');
  }),
  // The text is from aws/containers-roadmap#632.
  row('API.CreateCapacityProvider', 'a provider name is used once, for another group too', async (aws) => {
    const { name } = await createProvider(aws);
    await aws.settle();
    const group = must((await describeGroup(aws, await createGroup(aws))).AutoScalingGroupARN);
    await refused(
      aws.ecs.createCapacityProvider({
        name: must(name),
        autoScalingGroupProvider: { autoScalingGroupArn: group, managedScaling: { status: 'ENABLED' } },
      }),
      'ClientException',
      'The specified capacity provider already exists. To change the configuration of an existing capacity provider, update the capacity provider.',
    );
  }),
  row('CPS-03', 'names do not begin with aws, ecs or fargate', async (aws) => {
    for (const name of ['aws-mine', 'ecs-mine', 'fargate-mine']) {
      const group = must((await describeGroup(aws, await createGroup(aws))).AutoScalingGroupARN);
      await refused(
        aws.ecs.createCapacityProvider({ name, autoScalingGroupProvider: { autoScalingGroupArn: group } }),
        'ClientException|InvalidParameterException',
      );
    }
  }),
  row('CLU-18', 'FARGATE and FARGATE_SPOT exist in every account', async (aws) => {
    const { capacityProviders: found } = await aws.ecs.describeCapacityProviders({
      capacityProviders: ['FARGATE', 'FARGATE_SPOT'],
    });
    expect(found?.map(({ name, status }) => `${name} ${status}`).toSorted()).toEqual([
      'FARGATE ACTIVE',
      'FARGATE_SPOT ACTIVE',
    ]);
  }),
  row('CLU-18b', 'FARGATE cannot be deleted', async (aws) => {
    await refused(
      aws.ecs.deleteCapacityProvider({ capacityProvider: 'FARGATE' }),
      'ClientException|InvalidParameterException',
    );
  }),
  row('API.DescribeCapacityProvidersB', 'a Managed Instances provider is found in its cluster only', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws);
    const name = aws.name('managed');
    await aws.ecs.createCapacityProvider({
      name,
      cluster,
      managedInstancesProvider: {
        infrastructureRoleArn: 'arn:aws:iam::123456789012:role/infrastructure',
        instanceLaunchTemplate: {
          ec2InstanceProfileArn: 'arn:aws:iam::123456789012:instance-profile/instances',
          networkConfiguration: { subnets: [aws.subnets[0]] },
        },
      },
    });
    const { capacityProviders: found } = await aws.ecs.describeCapacityProviders({
      capacityProviders: [name],
      cluster,
    });
    expect(only(found)).toMatchObject({ name, type: 'MANAGED_INSTANCES' });
    const { failures } = await aws.ecs.describeCapacityProviders({ capacityProviders: [name] });
    expect(only(failures).reason).toBe('MISSING');
  }),
  row('API.DescribeCapacityProviders', 'a missing provider is the failure MISSING', async (aws) => {
    expect(reasonOf(await aws.ecs.describeCapacityProviders({ capacityProviders: [aws.name('nobody')] }))).toBe(
      'MISSING',
    );
  }),
  row('MD-10', 'an update is answered as UPDATE_IN_PROGRESS and completes later', async (aws) => {
    const { name } = await createProvider(aws, { managedScaling: { status: 'ENABLED' } });
    await aws.settle();
    const { capacityProvider } = await aws.ecs.updateCapacityProvider({
      name: must(name),
      autoScalingGroupProvider: { managedScaling: { status: 'ENABLED', targetCapacity: 90 } },
    });
    expect(capacityProvider?.updateStatus).toBe('UPDATE_IN_PROGRESS');
    await aws.settle();
    const after = await describe(aws, must(name));
    expect(after.updateStatus).toBe('UPDATE_COMPLETE');
    expect(after.autoScalingGroupProvider?.managedScaling?.targetCapacity).toBe(90);
  }),
  row('CP-14', 'a deleted provider goes through DELETE_IN_PROGRESS and is INACTIVE', async (aws) => {
    const { name } = await createProvider(aws);
    await aws.settle();
    const { capacityProvider } = await aws.ecs.deleteCapacityProvider({ capacityProvider: must(name) });
    expect(capacityProvider?.updateStatus).toBe('DELETE_IN_PROGRESS');
    await aws.settle();
    expect((await describe(aws, must(name))).status).toBe('INACTIVE');
  }),
  row('CP-14b', 'a provider that a cluster has cannot be deleted', async (aws) => {
    const { name } = await createProvider(aws);
    await createCluster(aws, { capacityProviders: [must(name)] });
    await aws.settle();
    await aws.ecs.deleteCapacityProvider({ capacityProvider: must(name) }).catch(() => {});
    await aws.settle();
    expect(await describe(aws, must(name))).toMatchObject({ status: 'ACTIVE' });
  }),
  row('CP-08', 'a provider with managed scaling tags its group AmazonECSManaged once it is associated', async (aws) => {
    const group = await createGroup(aws);
    const { name } = await createProvider(aws, { managedScaling: { status: 'ENABLED' } }, {}, group);
    await createCluster(aws, { capacityProviders: [must(name)] });
    await aws.settle();
    expect((await describeGroup(aws, group)).Tags?.map(({ Key }) => Key)).toContain('AmazonECSManaged');
  }),
  row('CP-07', 'ECS makes a target tracking policy on the group, with a name of its own', async (aws) => {
    const AutoScalingGroupName = await createGroup(aws);
    const { name } = await createProvider(aws, { managedScaling: { status: 'ENABLED' } }, {}, AutoScalingGroupName);
    await createCluster(aws, { capacityProviders: [must(name)] });
    await aws.settle();
    const { ScalingPolicies } = await aws.autoScaling.describePolicies({ AutoScalingGroupName });
    expect(only(ScalingPolicies)).toMatchObject({ PolicyType: 'TargetTrackingScaling' });
    expect(only(ScalingPolicies).PolicyName).toMatch(/^ECSManagedAutoScalingPolicy-/);
  }),
  row('MD-11', 'a cluster shows its provider as attachments', async (aws) => {
    const { name } = await createProvider(aws, { managedScaling: { status: 'ENABLED' } });
    const { clusterName } = await createCluster(aws, { capacityProviders: [must(name)] });
    await aws.settle();
    const { attachments, attachmentsStatus } = await describeCluster(aws, clusterName);
    expect(attachmentsStatus).toBe('UPDATE_COMPLETE');
    expect(attachments?.map(({ type }) => type).toSorted()).toEqual(['as_policy', 'managed_draining']);
  }),
  row('CP-14c', 'a cluster with capacity providers that services use cannot lose them', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws, { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
    await aws.settle();
    await createService(aws, {
      cluster,
      launchType: undefined,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE_SPOT', weight: 1 }],
    });
    await refused(
      aws.ecs.putClusterCapacityProviders({
        cluster,
        capacityProviders: ['FARGATE'],
        defaultCapacityProviderStrategy: [],
      }),
      'ResourceInUseException',
    );
  }),
  row('CPS-04', 'one item of a strategy has a base', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws, { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
    await aws.settle();
    const capacityProviderStrategy = [
      { capacityProvider: 'FARGATE', weight: 1, base: 1 },
      { capacityProvider: 'FARGATE_SPOT', weight: 1, base: 1 },
    ];
    await refused(
      createService(aws, { cluster, launchType: undefined, capacityProviderStrategy }),
      'InvalidParameterException',
    );
  }),
  row('CPS-06', 'a strategy of several items has a weight above 0', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws, { capacityProviders: ['FARGATE', 'FARGATE_SPOT'] });
    await aws.settle();
    const capacityProviderStrategy = [
      { capacityProvider: 'FARGATE', weight: 0 },
      { capacityProvider: 'FARGATE_SPOT', weight: 0 },
    ];
    await refused(
      createService(aws, { cluster, launchType: undefined, capacityProviderStrategy }),
      'InvalidParameterException',
    );
  }),
  // The text is from terraform-aws-modules/terraform-aws-ecs#68.
  row('CPS-07', 'a strategy does not mix Fargate and Auto Scaling group providers', async (aws) => {
    const { name } = await createProvider(aws);
    const capacityProvider = must(name);
    const { clusterName: cluster } = await createCluster(aws, { capacityProviders: ['FARGATE', capacityProvider] });
    await aws.settle();
    const capacityProviderStrategy = [
      { capacityProvider: 'FARGATE', weight: 1 },
      { capacityProvider, weight: 1 },
    ];
    await refused(
      createService(aws, { cluster, launchType: undefined, capacityProviderStrategy }),
      'InvalidParameterException',
      'A capacity provider strategy cannot contain a mix of capacity providers using Auto Scaling groups and Fargate providers. Specify one or the other and try again.',
    );
  }),
  row('CPS-05', 'a weight that was not given comes back as 0', async (aws) => {
    const { clusterName: cluster } = await createCluster(aws, { capacityProviders: ['FARGATE'] });
    await aws.settle();
    const { created } = await createService(aws, {
      cluster,
      launchType: undefined,
      capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }],
    });
    expect(created.capacityProviderStrategy).toEqual([{ capacityProvider: 'FARGATE', weight: 0, base: 0 }]);
  }),
  row('TG-02c', 'capacity providers can be tagged', async (aws) => {
    const { capacityProviderArn } = await createProvider(aws);
    const resourceArn = must(capacityProviderArn);
    await aws.ecs.tagResource({ resourceArn, tags: [{ key: 'a', value: 'b' }] });
    expect((await aws.ecs.listTagsForResource({ resourceArn })).tags).toEqual([{ key: 'a', value: 'b' }]);
  }),
];
