import {
  DeleteAutoScalingGroupCommand,
  DescribeAutoScalingGroupsCommand,
  DescribeInstanceRefreshesCommand,
  SetInstanceProtectionCommand,
  StartInstanceRefreshCommand,
  UpdateAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateLaunchTemplateVersionCommand,
  DeleteLaunchTemplateCommand,
  DescribeLaunchTemplatesCommand,
  ModifyLaunchTemplateCommand,
} from '@aws-sdk/client-ec2';
import {
  CreateServiceCommand,
  DeleteCapacityProviderCommand,
  DeleteClusterCommand,
  DeleteServiceCommand,
  DescribeCapacityProvidersCommand,
  DescribeClustersCommand,
  DescribeServicesCommand,
  PutClusterCapacityProvidersCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { seeded } from '../../../../../sandbox/region/random.ts';
import {
  type CapacityFixture,
  createProvider,
  groupOf,
  instancesOf,
  MINUTE,
  SECOND,
  startCapacity,
  tasksIn,
} from './support.ts';

/** A service `web` on a protected group of its own: everything that issue 5 has a user declare. */
async function startAll(desiredCount: number): Promise<CapacityFixture> {
  const fixture = await startCapacity();
  await createProvider(
    fixture,
    { managedTerminationProtection: 'ENABLED' },
    { NewInstancesProtectedFromScaleIn: true, VPCZoneIdentifier: 'subnet-a,subnet-b', DefaultInstanceWarmup: 30 },
  );
  await fixture.ecs.send(
    new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition: 'web', desiredCount }),
  );
  fixture.region.advance(10 * MINUTE);
  return fixture;
}

const runningOf = async ({ ecs }: CapacityFixture): Promise<number | undefined> =>
  (await ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }))).services?.[0]?.runningCount;

async function scaleTo({ ecs, region }: CapacityFixture, desiredCount: number, minutes: number): Promise<void> {
  await ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount }));
  region.advance(minutes * MINUTE);
}

async function newImage({ ec2 }: CapacityFixture): Promise<void> {
  const LaunchTemplateName = 'nodes';
  const LaunchTemplateData = { ImageId: 'ami-0123456789abcdef1' };
  await ec2.send(
    new CreateLaunchTemplateVersionCommand({ LaunchTemplateName, SourceVersion: '1', LaunchTemplateData }),
  );
  await ec2.send(new ModifyLaunchTemplateCommand({ LaunchTemplateName, DefaultVersion: '2' }));
}

it('MD-02, MD-03: a protected group grows, is refreshed under a service that loses no task, and shrinks', async () => {
  const fixture = await startAll(2);
  const { autoScaling, region } = fixture;
  expect(await runningOf(fixture)).toBe(2);
  await scaleTo(fixture, 20, 10);
  // Four tasks fill an m5.large.
  expect((await groupOf(autoScaling)).DesiredCapacity).toBe(5);
  expect(await runningOf(fixture)).toBe(20);

  await newImage(fixture);
  await autoScaling.send(
    new StartInstanceRefreshCommand({
      AutoScalingGroupName: 'nodes',
      Preferences: { MinHealthyPercentage: 100, MaxHealthyPercentage: 120, ScaleInProtectedInstances: 'Refresh' },
    }),
  );
  const refresh = async () =>
    (await autoScaling.send(new DescribeInstanceRefreshesCommand({ AutoScalingGroupName: 'nodes' })))
      .InstanceRefreshes?.[0];
  let seconds = 0;
  while ((await refresh())?.EndTime === undefined && seconds < 600) {
    region.advance(SECOND);
    seconds += 1;
    expect(await runningOf(fixture)).toBeGreaterThanOrEqual(20);
    expect((await refresh())?.StatusReason ?? '').not.toContain('protected from scale-in');
  }
  expect((await refresh())?.Status).toBe('Successful');
  const { Instances = [] } = await groupOf(autoScaling);
  expect(Instances.map(({ LaunchTemplate }) => LaunchTemplate?.Version)).toEqual(Array(5).fill('2'));

  await scaleTo(fixture, 1, 30);
  const [instance, ...others] = await instancesOf(fixture.ecs);
  expect([instance?.runningTasksCount, others]).toEqual([1, []]);
  expect((await groupOf(autoScaling)).Instances).toMatchObject([
    { InstanceId: instance?.ec2InstanceId, ProtectedFromScaleIn: true },
  ]);
});

it('CAS-11: an instance that a group could not scale in goes when its last task has', async () => {
  const fixture = await startAll(2);
  const { autoScaling, ecs, region } = fixture;
  await autoScaling.send(
    new UpdateAutoScalingGroupCommand({ AutoScalingGroupName: 'nodes', MaxSize: 0, DesiredCapacity: 0 }),
  );
  region.advance(10 * MINUTE);
  expect((await groupOf(autoScaling)).Instances).toHaveLength(2);
  await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
  region.advance(30 * SECOND);
  expect((await groupOf(autoScaling)).Instances).toEqual([]);
});

/** Whether a thing is gone; where it is not, one more step of its deletion, which AWS may refuse. */
type Deletion = (fixture: CapacityFixture) => Promise<boolean>;

const DELETIONS: Readonly<Record<string, Deletion>> = {
  async service({ ecs }) {
    const found = ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    // With its cluster everything in it is gone.
    const { services } = await found.catch(() => ({ services: [] }));
    if (services?.[0]?.status !== 'ACTIVE') return services?.[0]?.status !== 'DRAINING';
    await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    return false;
  },
  async association({ ecs }) {
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['main'], include: ['ATTACHMENTS'] }));
    const [cluster] = clusters ?? [];
    if (cluster?.status === 'INACTIVE') return true;
    if (cluster?.capacityProviders?.length === 0) return cluster.attachmentsStatus !== 'UPDATE_IN_PROGRESS';
    const none = { capacityProviders: [], defaultCapacityProviderStrategy: [] };
    await ecs.send(new PutClusterCapacityProvidersCommand({ cluster: 'main', ...none }));
    return false;
  },
  async provider({ ecs }) {
    const { capacityProviders } = await ecs.send(
      new DescribeCapacityProvidersCommand({ capacityProviders: ['nodes'] }),
    );
    if (capacityProviders?.[0]?.status === 'INACTIVE') return true;
    await ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: 'nodes' }));
    return false;
  },
  async group({ autoScaling, ecs }) {
    const AutoScalingGroupName = 'nodes';
    const { AutoScalingGroups } = await autoScaling.send(
      new DescribeAutoScalingGroupsCommand({ AutoScalingGroupNames: [AutoScalingGroupName] }),
    );
    const [group] = AutoScalingGroups ?? [];
    if (group?.Status !== undefined || group === undefined) return group === undefined;
    const empty = { MinSize: 0, MaxSize: 0, DesiredCapacity: 0, NewInstancesProtectedFromScaleIn: false };
    await autoScaling.send(new UpdateAutoScalingGroupCommand({ AutoScalingGroupName, ...empty }));
    // Without their provider instances stay as protected as they were; only then it is for the user to change that.
    const { capacityProviders } = await ecs.send(
      new DescribeCapacityProvidersCommand({ capacityProviders: ['nodes'] }),
    );
    const InstanceIds = (group.Instances ?? []).flatMap(({ InstanceId, LifecycleState }) =>
      LifecycleState === 'InService' ? [InstanceId ?? ''] : [],
    );
    if (capacityProviders?.[0]?.status === 'INACTIVE' && InstanceIds.length > 0) {
      await autoScaling.send(
        new SetInstanceProtectionCommand({ AutoScalingGroupName, InstanceIds, ProtectedFromScaleIn: false }),
      );
    }
    await autoScaling.send(new DeleteAutoScalingGroupCommand({ AutoScalingGroupName }));
    return false;
  },
  async template({ ec2 }) {
    const { LaunchTemplates } = await ec2.send(new DescribeLaunchTemplatesCommand({}));
    if (LaunchTemplates?.length === 0) return true;
    await ec2.send(new DeleteLaunchTemplateCommand({ LaunchTemplateName: 'nodes' }));
    return false;
  },
  async cluster({ ecs }) {
    const { clusters } = await ecs.send(new DescribeClustersCommand({ clusters: ['main'] }));
    if (clusters?.[0]?.status === 'INACTIVE') return true;
    await ecs.send(new DeleteClusterCommand({ cluster: 'main' }));
    return false;
  },
};

/** What AWS may answer to each of them while others are still there (CLU-10, CP-14). */
const REFUSALS: Readonly<Record<string, readonly string[]>> = {
  association: ['ResourceInUseException'],
  provider: ['ClientException'],
  group: ['ResourceInUseFault', 'ScalingActivityInProgressFault'],
  cluster: [
    'ClusterContainsServicesException',
    'ClusterContainsTasksException',
    'ClusterContainsContainerInstancesException',
    'ClusterContainsCapacityProviderException',
    'UpdateInProgressException',
  ],
};

function shuffled<T>(items: readonly T[], seed: number): T[] {
  const random = seeded(seed);
  return items
    .map((item) => ({ item, key: random() }))
    .sort((a, b) => a.key - b.key)
    .map(({ item }) => item);
}

it.each(
  Array.from({ length: 20 }, (_, seed) => shuffled(Object.entries(DELETIONS), seed + 1)).map((order) => ({
    order,
    names: order.map(([name]) => name).join(', '),
  })),
)('CLU-10, CP-14: all of it can be deleted in the order $names', async ({ order }) => {
  const fixture = await startAll(6);
  expect(await tasksIn(fixture.ecs)).toHaveLength(6);
  const left = new Map(order);
  for (let round = 0; round < 12 && left.size > 0; round += 1) {
    for (const [name, step] of left) {
      const isGone = await step(fixture).catch((error: unknown) => {
        expect(error).toBeInstanceOf(Error);
        if (error instanceof Error) expect(REFUSALS[name] ?? []).toContain(error.name);
        return false;
      });
      if (isGone) left.delete(name);
    }
    fixture.region.advance(10 * SECOND);
  }
  expect([...left.keys()]).toEqual([]);
  const { taskDefinitions: _, ...things } = fixture.region.inventory();
  expect(Object.values(things).flat()).toEqual([]);
});
