import {
  type ContainerDefinition,
  CreateClusterCommand,
  DescribeTasksCommand,
  RegisterContainerInstanceCommand,
  RegisterTaskDefinitionCommand,
  type RegisterTaskDefinitionCommandInput,
  RunTaskCommand,
  type RunTaskCommandInput,
  StopTaskCommand,
  type Task,
} from '@aws-sdk/client-ecs';
import type { RegionOptions } from '../../../../../sandbox/region/index.ts';
import { type Fixture, NETWORK, startFixture } from '../../support.ts';

export type ContainerInput = Partial<ContainerDefinition> & { readonly image: string };

/** A region with a cluster `main`, in which time stands still. */
export async function startCluster(options: RegionOptions = { timings: 'instant', speed: 0 }): Promise<Fixture> {
  const fixture = await startFixture(options);
  await fixture.ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
  return fixture;
}

/** Registers a definition for Fargate with these containers; they are called c0, c1 and so on unless they say otherwise. */
export async function define(
  fixture: Fixture,
  containers: readonly ContainerInput[],
  overrides: Partial<RegisterTaskDefinitionCommandInput> = {},
): Promise<string> {
  const { taskDefinition } = await fixture.ecs.send(
    new RegisterTaskDefinitionCommand({
      family: 'it',
      networkMode: 'awsvpc',
      cpu: '256',
      memory: '512',
      containerDefinitions: containers.map((container, index) => ({ name: `c${index}`, ...container })),
      ...overrides,
    }),
  );
  return taskDefinition?.taskDefinitionArn ?? '';
}

export async function run(fixture: Fixture, input: Partial<RunTaskCommandInput> = {}): Promise<string> {
  const { tasks } = await fixture.ecs.send(
    new RunTaskCommand({
      cluster: 'main',
      taskDefinition: 'it',
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      ...input,
    }),
  );
  return tasks?.[0]?.taskArn ?? '';
}

/** Registers and runs in one go. */
export async function runContainers(fixture: Fixture, containers: readonly ContainerInput[]): Promise<string> {
  return run(fixture, { taskDefinition: await define(fixture, containers) });
}

export async function read(fixture: Fixture, task: string): Promise<Task> {
  const { tasks } = await fixture.ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: [task] }));
  return tasks?.[0] ?? {};
}

export async function stop(fixture: Fixture, task: string): Promise<Task> {
  return (await fixture.ecs.send(new StopTaskCommand({ cluster: 'main', task }))).task ?? {};
}

/** `c0 RUNNING, c1 STOPPED 1`: what there is to say of each container. */
export const containersOf = (task: Task): string =>
  (task.containers ?? [])
    .map(({ name, lastStatus, exitCode }) =>
      [name, lastStatus, exitCode].filter((part) => part !== undefined).join(' '),
    )
    .join(', ');

/** A container instance on EC2 with 1024 CPU units and 2048 MiB. */
export async function registerInstance(fixture: Fixture, instanceId = 'i-0123456789abcdef0'): Promise<string> {
  const { containerInstance } = await fixture.ecs.send(
    new RegisterContainerInstanceCommand({
      cluster: 'main',
      instanceIdentityDocument: JSON.stringify({ instanceId }),
      totalResources: [
        { name: 'CPU', type: 'INTEGER', integerValue: 1024 },
        { name: 'MEMORY', type: 'INTEGER', integerValue: 2048 },
      ],
    }),
  );
  return containerInstance?.containerInstanceArn ?? '';
}
