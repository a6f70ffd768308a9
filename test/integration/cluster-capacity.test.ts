import {
  type ContainerInstance,
  CreateServiceCommand,
  DeleteServiceCommand,
  DeregisterContainerInstanceCommand,
  DescribeContainerInstancesCommand,
  DescribeTasksCommand,
  ListContainerInstancesCommand,
  ListTasksCommand,
  PutAccountSettingDefaultCommand,
  RegisterContainerInstanceCommand,
  RunTaskCommand,
  StopTaskCommand,
} from '@aws-sdk/client-ecs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { AutoScalingGroupSpec } from '../../src/kinds/auto-scaling-group/api.ts';
import type { ECSClusterSpec } from '../../src/kinds/cluster/api.ts';
import type { ECSServiceSpec } from '../../src/kinds/service/api.ts';
import { cluster, service, trio } from '../support/manifests.ts';
import { nothing } from '../support/oracles.ts';
import { condition, type Managed, type Manifest, type TestBed, testBed } from '../support/test-bed.ts';

const MINUTE = 60_000;

/** A provider with group and launch template, all of one name, whose instances join the cluster. */
function provider(name: string, clusterName: string, group: Partial<AutoScalingGroupSpec> = {}): readonly Manifest[] {
  const metadata = { name };
  return [
    {
      kind: 'ECSCapacityProvider',
      metadata,
      spec: { autoScalingGroupProvider: { autoScalingGroupRef: { name }, managedScaling: { status: 'ENABLED' } } },
    },
    {
      kind: 'AutoScalingGroup',
      metadata,
      spec: { minSize: 0, maxSize: 4, vpcZoneIdentifier: 'subnet-a', launchTemplateRef: { name }, ...group },
    },
    {
      kind: 'LaunchTemplate',
      metadata,
      spec: {
        ecs: { clusterRef: { name: clusterName } },
        launchTemplateData: {
          imageId: 'ami-0a1b2c3d4e5f60718',
          instanceType: 'm5.large',
          iamInstanceProfile: { name: 'ecsInstanceRole' },
        },
      },
    },
  ];
}

function clusterOf(name: string, providers: readonly string[], spec: Partial<ECSClusterSpec> = {}): Manifest {
  return cluster(name, { capacityProviderRefs: providers.map((one) => ({ name: one })), ...spec });
}

/** Two of its tasks fit on an m5.large. */
function serviceOn(
  name: string,
  providerName: string,
  spec: Partial<ECSServiceSpec> = {},
): readonly [Manifest, Manifest] {
  const capacityProviderStrategy = [{ capacityProviderRef: { name: providerName }, weight: 1 }];
  return [
    {
      kind: 'ECSTaskDefinition',
      metadata: { name },
      spec: {
        requiresCompatibilities: ['EC2'],
        containerDefinitions: [{ name: 'app', image: 'nginx:1', cpu: 1024, memory: 1024 }],
      },
    },
    service(name, { launchType: undefined, networkConfiguration: undefined, capacityProviderStrategy, ...spec }),
  ];
}

/** Where the operator looks for what names no region. */
const here = { region: 'us-east-1' };

const counts = { registered: 0, draining: 0, disconnected: 0, registrationFailed: 0, external: 0 };

describe('the capacity of a cluster', () => {
  let bed: TestBed;
  beforeAll(async () => {
    bed = await testBed();
  });
  afterAll(() => bed.stop());

  /** A cluster with one provider and a service of so many tasks, all of one name. */
  const withService = async (name: string, desiredCount: number, group: Partial<AutoScalingGroupSpec> = {}) => {
    const manifests = [
      clusterOf(name, [name]),
      ...provider(name, name, group),
      ...serviceOn(name, name, { desiredCount }),
    ];
    await bed.apply(...manifests);
    await bed.eventually('ECSService', name, 'is in AWS', ({ status }) => status?.desiredCount === desiredCount);
    return manifests;
  };

  /** Lets ECS look at its providers once, as it does each minute, and returns the cluster as it tells itself after a pass. */
  const later = async (name: string): Promise<Managed> => {
    bed.region.advance(MINUTE);
    return told(name);
  };

  const told = async (name: string): Promise<Managed> => {
    await bed.pass('ECSCluster', name);
    return bed.eventually('ECSCluster', name, 'is there', () => true);
  };

  const deleteAll = async (manifests: readonly Manifest[]): Promise<void> => {
    await Promise.all(manifests.map(({ kind, metadata }) => bed.delete(kind, metadata.name)));
    for (const { kind, metadata } of manifests) await bed.gone(kind, metadata.name);
  };

  const instancesOf = async (name: string): Promise<readonly ContainerInstance[]> => {
    const { containerInstanceArns } = await bed.aws.send(new ListContainerInstancesCommand({ cluster: name }));
    const command = new DescribeContainerInstancesCommand({ cluster: name, containerInstances: containerInstanceArns });
    return (await bed.aws.send(command)).containerInstances ?? [];
  };

  it('is counted, with what ECS makes of it, for five calls a pass', async () => {
    const manifests = await withService('counted', 3);
    expect((await told('counted')).status).toMatchObject({
      capacityProviders: ['counted'],
      containerInstances: counts,
      capacityProviderStatuses: [{ desiredInstances: 0, runningInstances: 0, reservation: 200 }],
    });
    // CAS-07: from nothing to two, which are enough for three tasks.
    const object = await later('counted');
    expect(object.status).toMatchObject({
      containerInstances: { ...counts, registered: 2 },
      capacityProviderStatuses: [
        {
          name: 'counted',
          status: 'ACTIVE',
          autoScalingGroupName: 'counted',
          minSize: 0,
          maxSize: 4,
          desiredInstances: 2,
          runningInstances: 2,
          reservation: 100,
        },
      ],
    });
    expect(object.status).not.toHaveProperty('capacityProviderStatuses.0.notScaling');
    await bed.ready('ECSService', 'counted');
    await bed.settled();
    const mark = bed.region.journal.mark();
    await bed.pass('ECSCluster', 'counted');
    expect(bed.region.journal.count(mark)).toEqual({
      DescribeClusters: 1,
      DescribeCapacityProviders: 1,
      DescribeAutoScalingGroups: 1,
      ListContainerInstances: 1,
      DescribeContainerInstances: 1,
    });
    await deleteAll(manifests);
  });

  it('tells which agents have lost their way to ECS, as long as they have', async () => {
    const manifests = await withService('agents', 2);
    await later('agents');
    const [lost] = await instancesOf('agents');
    bed.region.setAgent(lost?.ec2InstanceId ?? '', false, here);
    const object = await told('agents');
    expect(object.status?.containerInstances).toEqual({ ...counts, registered: 2, disconnected: 1 });
    expect(condition(object, 'AgentDisconnected')).toMatchObject({
      status: 'True',
      message: expect.stringContaining(`not connected to ECS on ${lost?.ec2InstanceId}:`),
    });
    expect(condition(object, 'Ready')?.status).toBe('True');
    bed.region.setAgent(lost?.ec2InstanceId ?? '', true, here);
    expect(condition(await told('agents'), 'AgentDisconnected')).toBeUndefined();
    await deleteAll(manifests);
  });

  it('tells that a group may not grow, until it may', async () => {
    const manifests = await withService('full', 5, { maxSize: 1 });
    await later('full');
    const object = await later('full');
    expect(object.status?.capacityProviderStatuses).toMatchObject([
      { maxSize: 1, desiredInstances: 1, runningInstances: 1, notScaling: 'the group is at its maximum of 1' },
    ]);
    expect(condition(object, 'TasksUnplaceable')).toMatchObject({
      reason: 'GroupAtMaximum',
      message: expect.stringMatching(/^Tasks of service full \(1024 CPU units, 1024 MiB\) wait for .* maximum of 1\./),
    });
    await bed.apply(...provider('full', 'full', { maxSize: 4 }));
    await bed.ready('AutoScalingGroup', 'full');
    for (let minute = 0; minute < 6; minute += 1) bed.region.advance(MINUTE);
    const grown = await told('full');
    expect(condition(grown, 'TasksUnplaceable')).toBeUndefined();
    expect(grown.status?.capacityProviderStatuses).toMatchObject([{ runningInstances: 3 }]);
    await deleteAll(manifests);
  });

  it('tells which tasks are too large for any instance, before there is one (CAS-12, ME-02)', async () => {
    const [taskDefinition, ...rest] = serviceOn('large', 'large');
    const containerDefinitions = [{ name: 'app', image: 'nginx:1', cpu: 1024, memory: 8192 }];
    const large = { ...taskDefinition, spec: { ...taskDefinition.spec, containerDefinitions } };
    const manifests = [clusterOf('large', ['large']), ...provider('large', 'large'), large, ...rest];
    await bed.apply(...manifests);
    await bed.eventually('ECSService', 'large', 'is in AWS', ({ status }) => status?.desiredCount === 1);
    const object = await later('large');
    expect(object.status?.capacityProviderStatuses).toMatchObject([
      {
        desiredInstances: 0,
        reservation: 100,
        notScaling: expect.stringContaining('too large for the smallest instance of the group, m5.large'),
      },
    ]);
    expect(condition(object, 'TasksUnplaceable')).toMatchObject({
      reason: 'TaskTooLarge',
      message: expect.stringContaining('service large (1024 CPU units, 8192 MiB): the largest is m5.large'),
    });
    await deleteAll(manifests);
  });

  it('tells that EC2 has none, until it has', async () => {
    bed.region.setShortage({ ...here, instanceType: 'm5.large' }, true);
    const manifests = await withService('short', 2);
    const object = await later('short');
    const failure = 'We currently do not have sufficient m5.large capacity';
    expect(condition(object, 'CapacityUnavailable')).toMatchObject({
      reason: 'InsufficientInstanceCapacity',
      message: expect.stringContaining(failure),
    });
    expect(object.status?.capacityProviderStatuses).toMatchObject([
      { desiredInstances: 2, runningInstances: 0, notScaling: expect.stringContaining(failure) },
    ]);
    bed.region.setShortage({ ...here, instanceType: 'm5.large' }, false);
    const there = await later('short');
    expect(condition(there, 'CapacityUnavailable')).toBeUndefined();
    expect(there.status?.containerInstances).toMatchObject({ registered: 2 });
    await deleteAll(manifests);
  });

  it('counts external instances, and never takes them out of the cluster (EX-07)', async () => {
    await bed.apply(cluster('anywhere'));
    await bed.ready('ECSCluster', 'anywhere');
    const { containerInstance } = await bed.aws.send(
      new RegisterContainerInstanceCommand({
        cluster: 'anywhere',
        totalResources: [
          { name: 'CPU', type: 'INTEGER', integerValue: 4096 },
          { name: 'MEMORY', type: 'INTEGER', integerValue: 8000 },
        ],
      }),
    );
    const object = await told('anywhere');
    expect(object.status?.containerInstances).toEqual({ ...counts, registered: 1, external: 1 });
    expect(object.status).not.toHaveProperty('capacityProviderStatuses');

    const mark = bed.region.journal.mark();
    await bed.delete('ECSCluster', 'anywhere');
    const waiting = await bed.notReady('ECSCluster', 'anywhere', 'InUse');
    expect(condition(waiting, 'Ready')?.message).toContain(`deregister ${containerInstance?.ec2InstanceId} (`);
    expect(bed.mutations(mark)).toEqual([]);
    await bed.aws.send(
      new DeregisterContainerInstanceCommand({
        cluster: 'anywhere',
        containerInstance: containerInstance?.containerInstanceArn,
      }),
    );
    await bed.gone('ECSCluster', 'anywhere');
  });

  it('tells why instances could not register', async () => {
    await bed.aws.send(new PutAccountSettingDefaultCommand({ name: 'awsvpcTrunking', value: 'enabled' }));
    const manifests = [
      clusterOf('trunks', ['trunks']),
      ...provider('trunks', 'trunks', { minSize: 1, vpcZoneIdentifier: 'subnet-shared-a' }),
    ];
    await bed.apply(...manifests);
    await bed.ready('ECSCluster', 'trunks');
    const object = await later('trunks');
    expect(object.status?.containerInstances).toEqual({ ...counts, registrationFailed: 1 });
    expect(condition(object, 'RegistrationFailed')).toMatchObject({
      message: expect.stringContaining('(ENI trunking is not supported in shared subnets)'),
    });
    await deleteAll(manifests);
    await bed.aws.send(new PutAccountSettingDefaultCommand({ name: 'awsvpcTrunking', value: 'disabled' }));
  });

  it('is told without what the operator may not read, and the cluster does what it always does', async () => {
    const operations = ['DescribeAutoScalingGroups', 'ListContainerInstances', 'ListTasks'];
    const manifests = await withService('denied', 1);
    await later('denied');
    await bed.ready('ECSService', 'denied');
    const faults = operations.map((operation) =>
      bed.region.faults.add({ operation, times: 0, fault: { kind: 'accessDenied' } }),
    );
    const object = await told('denied');
    expect(condition(object, 'Ready')?.status).toBe('True');
    expect(condition(object, 'Stalled')?.status).not.toBe('True');
    const { reason, message } = condition(object, 'StatusIncomplete') ?? {};
    expect(reason).toBe('AccessDenied');
    expect(message).toContain('Allow autoscaling:DescribeAutoScalingGroups in');
    expect(message).toContain('Allow ecs:ListContainerInstances in');
    expect(object.status).not.toHaveProperty('containerInstances');
    expect(object.status?.capacityProviderStatuses).toEqual([{ name: 'denied', status: 'ACTIVE' }]);

    // Associating is none of what is denied.
    await bed.apply(clusterOf('denied', ['denied'], { capacityProviders: ['FARGATE'] }));
    await bed.eventually('ECSCluster', 'denied', 'has both', ({ status }) => {
      return JSON.stringify(status?.capacityProviders) === '["FARGATE","denied"]';
    });
    for (const removeFault of faults) removeFault();
    const whole = await told('denied');
    expect(condition(whole, 'StatusIncomplete')).toBeUndefined();
    expect(whole.status?.containerInstances).toMatchObject({ registered: 2 });
    await deleteAll(manifests);
  });

  it('of Fargate costs what it always did', async () => {
    const names = ['FARGATE', 'FARGATE_SPOT'];
    await bed.apply(...trio('serverless', { desiredCount: 2 }), cluster('serverless', { capacityProviders: names }));
    await bed.ready('ECSService', 'serverless');
    await bed.settled();
    const mark = bed.region.journal.mark();
    const object = await told('serverless');
    expect(bed.region.journal.count(mark)).toEqual({ DescribeClusters: 1 });
    expect(object.status).not.toHaveProperty('containerInstances');
    await deleteAll(trio('serverless'));
  });

  it('moves to another provider when the spec names it instead, once no service is left on the old one', async () => {
    const manifests = await withService('moving', 2);
    await later('moving');
    await bed.ready('ECSService', 'moving');
    const next = provider('next', 'moving');
    const mark = bed.region.journal.mark();
    await bed.apply(clusterOf('moving', ['next']), ...next, ...serviceOn('moving', 'next', { desiredCount: 2 }));
    await bed.eventually('ECSCluster', 'moving', 'has both', ({ status }) => {
      return JSON.stringify(status?.capacityProviders) === '["moving","next"]';
    });
    await bed.region.journal.waitFor(({ operation }) => operation === 'UpdateService', 20_000, mark);
    for (let minute = 0; minute < 3; minute += 1) bed.region.advance(MINUTE);
    await bed.ready('ECSService', 'moving');
    const object = await bed.ready('ECSCluster', 'moving');
    expect(object.status?.capacityProviders).toEqual(['next']);
    expect(bed.mutations(mark).filter((operation) => operation === 'PutClusterCapacityProviders')).toHaveLength(2);
    await deleteAll([...manifests, ...next]);
  });

  it('keeps a provider that a service of others uses, and names that service', async () => {
    const [taskDefinition] = serviceOn('shared', 'shared');
    const made = [clusterOf('shared', ['shared']), ...provider('shared', 'shared'), taskDefinition];
    await bed.apply(...made);
    await bed.ready('ECSCluster', 'shared');
    const object = await bed.ready('ECSTaskDefinition', 'shared');
    await bed.aws.send(
      new CreateServiceCommand({
        cluster: 'shared',
        serviceName: 'theirs',
        taskDefinition: String(object.status?.taskDefinitionArn),
        desiredCount: 0,
        capacityProviderStrategy: [{ capacityProvider: 'shared', weight: 1 }],
      }),
    );
    const mark = bed.region.journal.mark();
    await bed.apply(cluster('shared', { driftPolicy: 'Correct' }));
    const waiting = await bed.notReady('ECSCluster', 'shared', 'InUse');
    expect(condition(waiting, 'Ready')?.message).toContain('shared (services theirs)');
    expect(bed.mutations(mark)).toEqual([]);
    await bed.aws.send(new DeleteServiceCommand({ cluster: 'shared', service: 'theirs', force: true }));
    await bed.ready('ECSCluster', 'shared');
    expect(bed.mutations(mark)).toEqual(['DeleteService', 'PutClusterCapacityProviders']);
    await deleteAll(made);
  });

  it('is taken down only after tasks that nobody but their starter may stop, and says so', async () => {
    const manifests = await withService('tasks', 1);
    await later('tasks');
    await bed.ready('ECSService', 'tasks');
    const { taskArns } = await bed.aws.send(new ListTasksCommand({ cluster: 'tasks' }));
    const { tasks } = await bed.aws.send(new DescribeTasksCommand({ cluster: 'tasks', tasks: taskArns }));
    const ran = await bed.aws.send(
      new RunTaskCommand({
        cluster: 'tasks',
        taskDefinition: tasks?.[0]?.taskDefinitionArn,
        capacityProviderStrategy: [{ capacityProvider: 'tasks', weight: 1 }],
      }),
    );
    await Promise.all(manifests.map(({ kind, metadata }) => bed.delete(kind, metadata.name)));
    await bed.gone('ECSService', 'tasks');
    const waiting = await bed.eventually('ECSCluster', 'tasks', 'waits for the task', (object) => {
      return condition(object, 'Ready')?.message.includes('AWS still has 1.') ?? false;
    });
    expect(condition(waiting, 'Ready')?.message).toContain('no longer used by');
    await bed.aws.send(new StopTaskCommand({ cluster: 'tasks', task: ran.tasks?.[0]?.taskArn }));
    for (const { kind, metadata } of manifests) await bed.gone(kind, metadata.name);
    expect(bed.region.inventory()).toEqual(nothing);
  });
});
