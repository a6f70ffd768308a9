import {
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  UpdateContainerInstancesStateCommand,
} from '@aws-sdk/client-ecs';
import { expect, it } from 'vitest';
import { advanceUntil, createService, describe1, type Fixture, isCompleted, startPopulated } from '../../support.ts';
import { messages, update } from './support.ts';

const ON_EC2 = { launchType: 'EC2', taskDefinition: 'small', networkConfiguration: undefined } as const;

/** Registers an instance with room for four tasks of `small`, and answers its ARN. */
async function addInstance(ecs: ECSClient, instanceId: string, zone: string): Promise<string> {
  const { containerInstance } = await ecs.send(
    new RegisterContainerInstanceCommand({
      cluster: 'main',
      instanceIdentityDocument: JSON.stringify({ instanceId }),
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 1_024 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 2_048 },
      ],
      attributes: [{ name: 'ecs.availability-zone', value: zone }],
    }),
  );
  return containerInstance?.containerInstanceArn ?? '';
}

async function startOnEc2(): Promise<Fixture> {
  const fixture = await startPopulated();
  await fixture.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'small',
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image: 'nginx' }],
    }),
  );
  return fixture;
}

/** How many live tasks of the service each instance has. */
async function countsByInstance(ecs: ECSClient): Promise<Record<string, number>> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'main', serviceName: 'web' }));
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: taskArns }));
  const counts: Record<string, number> = {};
  for (const { containerInstanceArn = '' } of tasks) {
    counts[containerInstanceArn] = (counts[containerInstanceArn] ?? 0) + 1;
  }
  return counts;
}

it('starts tasks as soon as an instance comes that has room for them', async () => {
  const fixture = await startOnEc2();
  await createService(fixture.ecs, ON_EC2);
  fixture.region.advance(30_000);
  const waiting = await describe1(fixture.ecs);
  expect(waiting).toMatchObject({ runningCount: 0, pendingCount: 0 });
  // Said once, however often it is tried.
  expect(messages(waiting).filter((message) => message.includes('unable to place a task'))).toHaveLength(1);
  await addInstance(fixture.ecs, 'i-0a', 'eu-central-1a');
  const service = await advanceUntil(fixture, isCompleted);
  expect(service.runningCount).toBe(2);
});

it('scales in where there are most tasks (SV-08)', async () => {
  const fixture = await startOnEc2();
  const { ecs, region } = fixture;
  const first = await addInstance(ecs, 'i-0a', 'eu-central-1a');
  await createService(ecs, { ...ON_EC2, desiredCount: 3 });
  await advanceUntil(fixture, isCompleted);
  const second = await addInstance(ecs, 'i-0b', 'eu-central-1b');
  await update(ecs, { desiredCount: 4 });
  region.advance(20_000);
  expect(await countsByInstance(ecs)).toEqual({ [first]: 3, [second]: 1 });
  await update(ecs, { desiredCount: 2 });
  region.advance(20_000);
  expect(await countsByInstance(ecs)).toEqual({ [first]: 1, [second]: 1 });
});

it('moves tasks off an instance that drains, within its percentages', async () => {
  const fixture = await startOnEc2();
  const { ecs } = fixture;
  const first = await addInstance(ecs, 'i-0a', 'eu-central-1a');
  await createService(ecs, ON_EC2);
  await advanceUntil(fixture, isCompleted);
  const second = await addInstance(ecs, 'i-0b', 'eu-central-1b');
  await ecs.send(
    new UpdateContainerInstancesStateCommand({ cluster: 'main', containerInstances: [first], status: 'DRAINING' }),
  );
  let most = 0;
  let moved: Record<string, number> = {};
  await advanceUntil(
    fixture,
    () => moved[second] === 2 && moved[first] === undefined,
    async ({ runningCount = 0 }) => {
      // 100 percent of two stay healthy all the time.
      expect(runningCount).toBeGreaterThanOrEqual(2);
      most = Math.max(most, runningCount);
      moved = await countsByInstance(ecs);
    },
  );
  expect(most).toBe(4);
});
