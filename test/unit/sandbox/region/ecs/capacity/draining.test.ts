import {
  SetDesiredCapacityCommand,
  SetInstanceProtectionCommand,
  TerminateInstanceInAutoScalingGroupCommand,
} from '@aws-sdk/client-auto-scaling';
import {
  CreateServiceCommand,
  DeleteCapacityProviderCommand,
  DeleteServiceCommand,
  DeregisterContainerInstanceCommand,
  DescribeServicesCommand,
  ListTasksCommand,
  PutClusterCapacityProvidersCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateCapacityProviderCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import {
  type CapacityFixture,
  createProvider,
  groupOf,
  instancesOf,
  MINUTE,
  SECOND,
  startCapacity,
  tasksIn,
  userData,
} from './support.ts';

/** A service `web` of two tasks on two instances of the provider `nodes`. */
async function startTwo(
  settings: Parameters<typeof createProvider>[1] = {},
  group: Parameters<typeof createProvider>[2] = {},
) {
  const fixture = await startCapacity();
  await createProvider(fixture, { managedScaling: { status: 'DISABLED' }, ...settings }, { ...group });
  await setDesired(fixture, 2);
  await fixture.ecs.send(
    new CreateServiceCommand({ cluster: 'main', serviceName: 'web', taskDefinition: 'web', desiredCount: 2 }),
  );
  fixture.region.advance(MINUTE);
  return fixture;
}

async function setDesired({ autoScaling, region }: CapacityFixture, DesiredCapacity: number): Promise<void> {
  await autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'nodes', DesiredCapacity }));
  region.advance(MINUTE);
}

async function terminate({ autoScaling }: CapacityFixture, instanceId: string | undefined): Promise<void> {
  await autoScaling.send(
    new TerminateInstanceInAutoScalingGroupCommand({ InstanceId: instanceId, ShouldDecrementDesiredCapacity: true }),
  );
}

describe('a draining instance', () => {
  it('DR-04: has its service tasks replaced before they stop, DR-05: and keeps tasks without a service', async () => {
    const fixture = await startTwo();
    const { ecs, region } = fixture;
    const [first, second] = await instancesOf(ecs);
    await ecs.send(
      new RunTaskCommand({
        cluster: 'main',
        taskDefinition: 'web',
        placementConstraints: [{ type: 'memberOf', expression: `ec2InstanceId == ${first?.ec2InstanceId}` }],
      }),
    );
    region.advance(MINUTE);
    await ecs.send(
      new UpdateContainerInstancesStateCommand({
        cluster: 'main',
        containerInstances: [first?.containerInstanceArn ?? ''],
        status: 'DRAINING',
      }),
    );
    for (let step = 0; step < 60; step += 1) {
      region.advance(SECOND);
      const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
      expect(services?.[0]?.runningCount).toBeGreaterThanOrEqual(2);
    }
    const tasks = await tasksIn(ecs);
    const ofService = tasks.filter(({ group }) => group === 'service:web');
    expect(ofService.map(({ containerInstanceArn }) => containerInstanceArn)).toEqual(
      Array(2).fill(second?.containerInstanceArn),
    );
    const alone = tasks.filter(({ group }) => group === 'family:web');
    expect(alone).toMatchObject([{ lastStatus: 'RUNNING', containerInstanceArn: first?.containerInstanceArn }]);
    const left = new ListTasksCommand({ cluster: 'main', containerInstance: first?.containerInstanceArn });
    expect((await ecs.send(left)).taskArns).toEqual([alone[0]?.taskArn]);
    expect((await instancesOf(ecs))[0]?.status).toBe('DRAINING');
  });

  it('INS-13: stops tasks of services that are still PENDING at once, and takes no new ones', async () => {
    const fixture = await startTwo();
    const { ecs, region } = fixture;
    await ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 4 }));
    region.advance(500);
    const pending = (await tasksIn(ecs)).filter(({ lastStatus }) => lastStatus === 'PENDING');
    expect(pending).toHaveLength(2);
    const containerInstances = (await instancesOf(ecs)).map((instance) => instance.containerInstanceArn ?? '');
    await ecs.send(
      new UpdateContainerInstancesStateCommand({ cluster: 'main', containerInstances, status: 'DRAINING' }),
    );
    const stopped = await tasksIn(ecs, 'STOPPED');
    expect(stopped.map(({ taskArn }) => taskArn).sort()).toEqual(pending.map(({ taskArn }) => taskArn).sort());
    region.advance(MINUTE);
    // Nothing can be started elsewhere, and 100 percent is to stay healthy.
    expect((await tasksIn(ecs)).map(({ lastStatus }) => lastStatus)).toEqual(['RUNNING', 'RUNNING']);
  });
});

describe('managed draining', () => {
  it('MD-04, MD-05: moves the tasks of an instance that its group ends, and lets it go when they have stopped', async () => {
    const fixture = await startTwo();
    const { ecs, region, autoScaling } = fixture;
    const [first, second] = await instancesOf(ecs);
    await terminate(fixture, first?.ec2InstanceId);
    region.advance(SECOND);
    expect((await instancesOf(ecs))[0]?.status).toBe('DRAINING');
    expect((await groupOf(autoScaling)).Instances?.[0]?.LifecycleState).toBe('Terminating:Wait');
    region.advance(MINUTE);
    expect((await tasksIn(ecs)).map(({ containerInstanceArn }) => containerInstanceArn)).toEqual(
      Array(2).fill(second?.containerInstanceArn),
    );
    expect((await instancesOf(ecs)).map(({ ec2InstanceId }) => ec2InstanceId)).toEqual([second?.ec2InstanceId]);
    expect((await groupOf(autoScaling)).Instances).toHaveLength(1);
    expect((await tasksIn(ecs, 'STOPPED')).map(({ stopCode }) => stopCode)).toEqual(['ServiceSchedulerInitiated']);
  });

  it('MD-05: waits for tasks without a service, for 48 hours at most', async () => {
    const fixture = await startTwo();
    const { ecs, region } = fixture;
    const [first] = await instancesOf(ecs);
    const { tasks } = await ecs.send(
      new RunTaskCommand({
        cluster: 'main',
        taskDefinition: 'web',
        placementConstraints: [{ type: 'memberOf', expression: `ec2InstanceId == ${first?.ec2InstanceId}` }],
      }),
    );
    region.advance(MINUTE);
    await terminate(fixture, first?.ec2InstanceId);
    region.advance(47 * 60 * MINUTE);
    expect((await instancesOf(ecs)).map(({ status }) => status)).toEqual(['DRAINING', 'ACTIVE']);
    region.advance(2 * 60 * MINUTE);
    expect((await instancesOf(ecs)).map(({ status }) => status)).toEqual(['ACTIVE']);
    expect((await tasksIn(ecs)).some(({ taskArn }) => taskArn === tasks?.[0]?.taskArn)).toBe(false);
  });

  it('MD-05: ends at once when the last task stops', async () => {
    const fixture = await startTwo();
    const { ecs, region } = fixture;
    await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    region.advance(MINUTE);
    const { tasks } = await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
    region.advance(MINUTE);
    const busy = (await instancesOf(ecs)).find(({ runningTasksCount }) => runningTasksCount === 1);
    await terminate(fixture, busy?.ec2InstanceId);
    region.advance(60 * MINUTE);
    expect(await instancesOf(ecs)).toHaveLength(2);
    await ecs.send(new StopTaskCommand({ cluster: 'main', task: tasks?.[0]?.taskArn }));
    region.advance(MINUTE);
    expect((await instancesOf(ecs)).map(({ ec2InstanceId }) => ec2InstanceId)).not.toContain(busy?.ec2InstanceId);
  });

  it.each([
    {
      does: 'deregisters the instance by force',
      change: ({ ecs }: CapacityFixture, containerInstance: string) =>
        ecs.send(new DeregisterContainerInstanceCommand({ cluster: 'main', containerInstance, force: true })),
    },
    {
      does: 'takes the instance back into use',
      change: ({ ecs }: CapacityFixture, arn: string) =>
        ecs.send(
          new UpdateContainerInstancesStateCommand({ cluster: 'main', containerInstances: [arn], status: 'ACTIVE' }),
        ),
    },
  ])('MD-05: ends when the last task stops, also if somebody $does meanwhile', async ({ change }) => {
    const fixture = await startTwo();
    const { ecs, region, autoScaling } = fixture;
    const [first] = await instancesOf(ecs);
    await terminate(fixture, first?.ec2InstanceId);
    region.advance(SECOND);
    expect((await groupOf(autoScaling)).Instances?.[0]?.LifecycleState).toBe('Terminating:Wait');
    await change(fixture, first?.containerInstanceArn ?? '');
    await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    region.advance(MINUTE);
    expect((await groupOf(autoScaling)).Instances).toHaveLength(1);
  });

  it('MD-06: that is switched off lets go of what it has held, as deleting its hook does', async () => {
    const fixture = await startTwo();
    const { ecs, region, autoScaling } = fixture;
    await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web', count: 2 }));
    region.advance(MINUTE);
    const [first] = await instancesOf(ecs);
    await terminate(fixture, first?.ec2InstanceId);
    region.advance(10 * MINUTE);
    expect((await groupOf(autoScaling)).Instances).toHaveLength(2);
    await ecs.send(
      new UpdateCapacityProviderCommand({
        name: 'nodes',
        autoScalingGroupProvider: { managedDraining: 'DISABLED' },
      }),
    );
    region.advance(MINUTE);
    expect((await groupOf(autoScaling)).Instances).toHaveLength(1);
  });

  it('MD-06: is not there when it is DISABLED: tasks stop with their host', async () => {
    const fixture = await startTwo({ managedDraining: 'DISABLED' });
    const [first] = await instancesOf(fixture.ecs);
    await terminate(fixture, first?.ec2InstanceId);
    fixture.region.advance(MINUTE);
    expect((await tasksIn(fixture.ecs, 'STOPPED')).map(({ stopCode }) => stopCode)).toEqual(['TerminationNotice']);
  });

  it('MD-02: drains at a Spot notice', async () => {
    const fixture = await startTwo();
    const { ecs, region } = fixture;
    const [first, second] = await instancesOf(ecs);
    region.interruptSpotInstance(first?.ec2InstanceId ?? '');
    region.advance(MINUTE);
    expect((await instancesOf(ecs))[0]).toMatchObject({ status: 'DRAINING', runningTasksCount: 0 });
    expect((await tasksIn(ecs)).map(({ containerInstanceArn }) => containerInstanceArn)).toEqual(
      Array(2).fill(second?.containerInstanceArn),
    );
    region.advance(2 * MINUTE);
    expect((await instancesOf(ecs)).map(({ ec2InstanceId }) => ec2InstanceId)).not.toContain(first?.ec2InstanceId);
  });

  it.each([
    { says: 'drains by itself', variable: 'ECS_ENABLE_SPOT_INSTANCE_DRAINING=true\n', status: 'DRAINING' },
    { says: 'does not unless it is told to', variable: '', status: 'ACTIVE' },
  ])('INS-11: without it an agent at a Spot notice $says', async ({ variable, status }) => {
    const fixture = await startCapacity({
      userData: userData(`cat <<EOF >> /etc/ecs/ecs.config\nECS_CLUSTER=main\n${variable}EOF`),
    });
    await createProvider(fixture, { managedScaling: { status: 'DISABLED' }, managedDraining: 'DISABLED' });
    await setDesired(fixture, 1);
    const [instance] = await instancesOf(fixture.ecs);
    fixture.region.interruptSpotInstance(instance?.ec2InstanceId ?? '');
    fixture.region.advance(SECOND);
    expect((await instancesOf(fixture.ecs))[0]?.status).toBe(status);
  });
});

describe('managed termination protection', () => {
  it('CP-02, CAS-11: protects instances with tasks from scale-in, daemons aside, and no others', async () => {
    const fixture = await startCapacity();
    const { ecs, region, autoScaling } = fixture;
    await createProvider(
      fixture,
      { managedScaling: { status: 'ENABLED' }, managedTerminationProtection: 'ENABLED' },
      { NewInstancesProtectedFromScaleIn: true },
    );
    await setDesired(fixture, 2);
    await ecs.send(
      new CreateServiceCommand({
        cluster: 'main',
        serviceName: 'agent',
        taskDefinition: 'web',
        schedulingStrategy: 'DAEMON',
        capacityProviderStrategy: [{ capacityProvider: 'nodes', weight: 1 }],
      }),
    );
    const protectedOnes = async () =>
      (await groupOf(autoScaling)).Instances?.filter(({ ProtectedFromScaleIn }) => ProtectedFromScaleIn).map(
        ({ InstanceId }) => InstanceId,
      );
    region.advance(2 * MINUTE);
    expect(await protectedOnes()).toEqual([]);
    const { tasks } = await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
    // At once, not with the next look of managed scaling.
    region.advance(8 * SECOND);
    const busy = (await instancesOf(ecs)).find(({ runningTasksCount }) => runningTasksCount === 2);
    expect(await protectedOnes()).toEqual([busy?.ec2InstanceId]);
    // CAS-08: the empty one goes, whatever the group's own choice would be.
    region.advance(20 * MINUTE);
    expect((await groupOf(autoScaling)).Instances?.map(({ InstanceId }) => InstanceId)).toEqual([busy?.ec2InstanceId]);
    await ecs.send(new StopTaskCommand({ cluster: 'main', task: tasks?.[0]?.taskArn }));
    region.advance(MINUTE);
    expect(await protectedOnes()).toEqual([]);
    // ECS has unprotected it itself, so that is in nobody's way.
    await ecs.send(
      new UpdateCapacityProviderCommand({
        name: 'nodes',
        autoScalingGroupProvider: { managedScaling: { targetCapacity: 90 } },
      }),
    );
    // The scheduler, not the user, says who is protected.
    await autoScaling.send(
      new SetInstanceProtectionCommand({
        AutoScalingGroupName: 'nodes',
        InstanceIds: [busy?.ec2InstanceId ?? ''],
        ProtectedFromScaleIn: true,
      }),
    );
    region.advance(MINUTE);
    expect(await protectedOnes()).toEqual([]);
  });

  it('is nobody’s once the provider is gone: instances stay protected until somebody says otherwise', async () => {
    const fixture = await startCapacity();
    const { ecs, region, autoScaling } = fixture;
    await createProvider(
      fixture,
      { managedScaling: { status: 'ENABLED' }, managedTerminationProtection: 'ENABLED' },
      { NewInstancesProtectedFromScaleIn: true },
    );
    await ecs.send(
      new PutClusterCapacityProvidersCommand({
        cluster: 'main',
        capacityProviders: [],
        defaultCapacityProviderStrategy: [],
      }),
    );
    region.advance(MINUTE);
    await ecs.send(new DeleteCapacityProviderCommand({ capacityProvider: 'nodes' }));
    await setDesired(fixture, 1);
    await setDesired(fixture, 0);
    region.advance(60 * MINUTE);
    const [instance] = (await groupOf(autoScaling)).Instances ?? [];
    expect(instance).toMatchObject({ ProtectedFromScaleIn: true, LifecycleState: 'InService' });
    await autoScaling.send(
      new SetInstanceProtectionCommand({
        AutoScalingGroupName: 'nodes',
        InstanceIds: [instance?.InstanceId ?? ''],
        ProtectedFromScaleIn: false,
      }),
    );
    region.advance(MINUTE);
    expect((await groupOf(autoScaling)).Instances).toEqual([]);
  });
});
