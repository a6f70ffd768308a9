import { DeleteTagsCommand, PutWarmPoolCommand, SetDesiredCapacityCommand } from '@aws-sdk/client-auto-scaling';
import { DescribeTasksCommand, RunTaskCommand } from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import { expectError } from '../../support.ts';
import {
  createGroup,
  createProvider,
  groupOf,
  instancesOf,
  MINUTE,
  registerTask,
  startCapacity,
  tasksIn,
  userData,
} from './support.ts';

describe('instances of a capacity provider', () => {
  it('CP-04: belong to it if they registered after the association, and only then take its tasks', async () => {
    const fixture = await startCapacity();
    const { ecs, region } = fixture;
    await createProvider(fixture, { managedScaling: { status: 'DISABLED' } }, { DesiredCapacity: 1 });
    expect((await instancesOf(ecs))[0]).not.toHaveProperty('capacityProviderName');
    const run = () =>
      ecs.send(
        new RunTaskCommand({
          cluster: 'main',
          taskDefinition: 'web',
          capacityProviderStrategy: [{ capacityProvider: 'nodes', weight: 1 }],
        }),
      );
    // CP-11: nothing scales, so nothing waits.
    await expectError(
      run(),
      'InvalidParameterException',
      'No Container Instances were found in your capacity provider.',
    );
    await fixture.autoScaling.send(
      new SetDesiredCapacityCommand({ AutoScalingGroupName: 'nodes', DesiredCapacity: 2 }),
    );
    region.advance(MINUTE);
    const names = (await instancesOf(ecs)).map(({ capacityProviderName }) => capacityProviderName);
    expect(names).toEqual([undefined, 'nodes']);
    expect((await run()).tasks).toMatchObject([{ capacityProviderName: 'nodes', launchType: 'EC2' }]);
  });

  it('CAS-12: a task larger than the group’s type waits, nothing is started, and it is given up in the end', async () => {
    const fixture = await startCapacity();
    const { ecs, region, autoScaling } = fixture;
    await createProvider(fixture);
    await registerTask(ecs, {
      family: 'huge',
      containerDefinitions: [{ name: 'app', image: 'nginx', cpu: 4096, memory: 1024 }],
    });
    const { tasks } = await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'huge' }));
    expect(tasks).toMatchObject([{ lastStatus: 'PROVISIONING' }]);
    region.advance(20 * MINUTE);
    expect((await groupOf(autoScaling)).DesiredCapacity).toBe(0);
    expect(await tasksIn(ecs)).toMatchObject([{ lastStatus: 'PROVISIONING' }]);
    region.advance(20 * MINUTE);
    const described = await ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [tasks?.[0]?.taskArn ?? ''] }));
    expect(described.tasks).toMatchObject([
      {
        lastStatus: 'STOPPED',
        stopCode: 'TaskFailedToStart',
        stoppedReason: 'TaskFailedToStart: EMPTY CAPACITY PROVIDER',
      },
    ]);
  });

  it.each([
    { does: 'stay out of it when their agents look', setting: 'ECS_WARM_POOLS_CHECK=true', warming: 0 },
    { does: 'are in it otherwise', setting: 'ECS_WARM_POOLS_CHECK=false', warming: 1 },
  ])('CP-12: from a warm pool join the cluster in the end, and before that $does', async ({ setting, warming }) => {
    const fixture = await startCapacity({
      userData: userData(`echo ECS_CLUSTER=main >> /etc/ecs/ecs.config\n${setting}\n`),
    });
    const { ecs, region, autoScaling } = fixture;
    await createGroup(fixture, { MaxSize: 1 });
    await autoScaling.send(new PutWarmPoolCommand({ AutoScalingGroupName: 'nodes', PoolState: 'Running' }));
    region.advance(MINUTE);
    expect(await instancesOf(ecs)).toHaveLength(warming);
    await autoScaling.send(new SetDesiredCapacityCommand({ AutoScalingGroupName: 'nodes', DesiredCapacity: 1 }));
    region.advance(MINUTE);
    expect(await instancesOf(ecs)).toMatchObject([{ status: 'ACTIVE', agentConnected: true }]);
  });

  it('ERR-10: are not scaled once the group has lost its tag', async () => {
    const fixture = await startCapacity();
    const { ecs, region, autoScaling } = fixture;
    await createProvider(fixture);
    await autoScaling.send(
      new DeleteTagsCommand({
        Tags: [{ ResourceId: 'nodes', ResourceType: 'auto-scaling-group', Key: 'AmazonECSManaged' }],
      }),
    );
    await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
    region.advance(5 * MINUTE);
    expect((await groupOf(autoScaling)).DesiredCapacity).toBe(0);
  });
});
