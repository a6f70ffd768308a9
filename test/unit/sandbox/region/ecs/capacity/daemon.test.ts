import { RunInstancesCommand } from '@aws-sdk/client-ec2';
import {
  CreateServiceCommand,
  DescribeServicesCommand,
  PutAttributesCommand,
  RunTaskCommand,
  StopTaskCommand,
  UpdateContainerInstancesStateCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { type CapacityFixture, instancesOf, MINUTE, registerTask, SECOND, startCapacity, tasksIn } from './support.ts';

async function launch({ ec2, region }: CapacityFixture, count: number): Promise<void> {
  await ec2.send(
    new RunInstancesCommand({ LaunchTemplate: { LaunchTemplateName: 'nodes' }, MinCount: count, MaxCount: count }),
  );
  region.advance(MINUTE);
}

async function startDaemon(
  fixture: CapacityFixture,
  input: { readonly expression?: string; readonly family?: string } = {},
) {
  const { expression, family = 'web' } = input;
  await fixture.ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'agent',
      taskDefinition: family,
      schedulingStrategy: 'DAEMON',
      launchType: 'EC2',
      placementConstraints: expression === undefined ? [] : [{ type: 'memberOf', expression }],
    }),
  );
  fixture.region.advance(MINUTE);
}

async function describeDaemon({ ecs }: CapacityFixture) {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['agent'] }));
  return services?.[0];
}

const drain = ({ ecs }: CapacityFixture, containerInstance: string | undefined) =>
  ecs.send(
    new UpdateContainerInstancesStateCommand({
      cluster: 'main',
      containerInstances: [containerInstance ?? ''],
      status: 'DRAINING',
    }),
  );

/** Instance by task of the daemon, sorted. */
async function placed({ ecs }: CapacityFixture): Promise<(string | undefined)[]> {
  const tasks = (await tasksIn(ecs)).filter(({ group }) => group === 'service:agent');
  return tasks.map(({ containerInstanceArn }) => containerInstanceArn).sort();
}

const arnsOf = async ({ ecs }: CapacityFixture): Promise<string[]> =>
  (await instancesOf(ecs)).map(({ containerInstanceArn }) => containerInstanceArn ?? '').sort();

it('SV-01, SV-03: a daemon has one task on each instance, also on one that comes later', async () => {
  const fixture = await startCapacity();
  await startDaemon(fixture);
  expect(await describeDaemon(fixture)).toMatchObject({ desiredCount: 0, runningCount: 0 });
  await launch(fixture, 2);
  expect(await placed(fixture)).toEqual(await arnsOf(fixture));
  await launch(fixture, 1);
  expect(await placed(fixture)).toEqual(await arnsOf(fixture));
  expect(await describeDaemon(fixture)).toMatchObject({ desiredCount: 3, runningCount: 3 });
});

it('SV-01: a daemon task that stops is started again on its instance', async () => {
  const fixture = await startCapacity();
  await launch(fixture, 2);
  await startDaemon(fixture);
  const [task] = await tasksIn(fixture.ecs);
  await fixture.ecs.send(new StopTaskCommand({ cluster: 'main', task: task?.taskArn }));
  fixture.region.advance(MINUTE);
  expect(await placed(fixture)).toEqual(await arnsOf(fixture));
});

it('SV-02: a daemon follows its constraints, to instances that match and from those that no longer do', async () => {
  const fixture = await startCapacity();
  const { ecs, region } = fixture;
  await launch(fixture, 2);
  await startDaemon(fixture, { expression: 'attribute:stack == prod' });
  expect(await placed(fixture)).toEqual([]);
  const [targetId = ''] = await arnsOf(fixture);
  const put = async (value: string) => {
    await ecs.send(new PutAttributesCommand({ cluster: 'main', attributes: [{ name: 'stack', value, targetId }] }));
    region.advance(MINUTE);
  };
  await put('prod');
  expect(await placed(fixture)).toEqual([targetId]);
  expect(await describeDaemon(fixture)).toMatchObject({ desiredCount: 1 });
  await put('test');
  expect(await placed(fixture)).toEqual([]);
});

it('SV-03: a daemon leaves a draining instance after all other tasks', async () => {
  const fixture = await startCapacity();
  const { ecs, region } = fixture;
  await launch(fixture, 1);
  await startDaemon(fixture);
  const { tasks } = await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
  region.advance(MINUTE);
  const [instance] = await arnsOf(fixture);
  await drain(fixture, instance);
  region.advance(10 * MINUTE);
  expect(await placed(fixture)).toEqual([instance]);
  await ecs.send(new StopTaskCommand({ cluster: 'main', task: tasks?.[0]?.taskArn }));
  region.advance(MINUTE);
  expect(await placed(fixture)).toEqual([]);
  expect(await describeDaemon(fixture)).toMatchObject({ desiredCount: 0 });
});

it('SV-03: the place of a daemon is kept from other tasks', async () => {
  const fixture = await startCapacity();
  const { ecs, region } = fixture;
  await registerTask(ecs, {
    family: 'half',
    containerDefinitions: [{ name: 'app', image: 'nginx', cpu: 1024, memory: 1024 }],
  });
  await ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      taskDefinition: 'half',
      desiredCount: 2,
      launchType: 'EC2',
    }),
  );
  await startDaemon(fixture, { family: 'half' });
  await launch(fixture, 1);
  region.advance(5 * MINUTE);
  const groups = (await tasksIn(ecs)).map(({ group }) => group).sort();
  expect(groups).toEqual(['service:agent', 'service:web']);
});

it('SV-04: a rolling update of a daemon never has two tasks on an instance', async () => {
  const fixture = await startCapacity();
  const { ecs, region } = fixture;
  await launch(fixture, 3);
  await startDaemon(fixture);
  await registerTask(ecs, { family: 'web' });
  await ecs.send(
    new UpdateServiceCommand({
      cluster: 'main',
      service: 'agent',
      taskDefinition: 'web:2',
      deploymentConfiguration: { minimumHealthyPercent: 60 },
    }),
  );
  let fewest = 3;
  for (let second = 0; second < 90; second += 1) {
    region.advance(SECOND);
    const tasks = [...(await tasksIn(ecs)), ...(await tasksIn(ecs, 'STOPPED'))];
    const active = tasks
      .filter(({ lastStatus }) => lastStatus !== 'DEPROVISIONING' && lastStatus !== 'STOPPED')
      .map(({ containerInstanceArn }) => containerInstanceArn);
    expect(new Set(active).size).toBe(active.length);
    fewest = Math.min(fewest, (await describeDaemon(fixture))?.runningCount ?? 0);
  }
  // 60 percent of 3, rounded up: one at a time.
  expect(fewest).toBe(2);
  expect((await tasksIn(ecs)).map(({ taskDefinitionArn }) => taskDefinitionArn?.split(':').at(-1))).toEqual([
    '2',
    '2',
    '2',
  ]);
  expect((await describeDaemon(fixture))?.deployments).toMatchObject([{ rolloutState: 'COMPLETED' }]);
});

it('SV-06: a daemon that does not fit says so, and starts when there is room', async () => {
  const fixture = await startCapacity();
  const { ecs, region } = fixture;
  await registerTask(ecs, {
    family: 'full',
    containerDefinitions: [{ name: 'app', image: 'nginx', cpu: 2048, memory: 1024 }],
  });
  await launch(fixture, 1);
  const { tasks } = await ecs.send(new RunTaskCommand({ cluster: 'main', taskDefinition: 'web' }));
  await startDaemon(fixture, { family: 'full' });
  expect((await describeDaemon(fixture))?.events?.[0]?.message).toContain('has insufficient CPU units available');
  expect(await describeDaemon(fixture)).toMatchObject({ desiredCount: 1, runningCount: 0 });
  await ecs.send(new StopTaskCommand({ cluster: 'main', task: tasks?.[0]?.taskArn }));
  region.advance(MINUTE);
  expect(await describeDaemon(fixture)).toMatchObject({ runningCount: 1 });
});
