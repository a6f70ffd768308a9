import {
  CreateClusterCommand,
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DescribeServicesCommand,
  DescribeTasksCommand,
  type ECSClient,
  ListTasksCommand,
  RegisterTaskDefinitionCommand,
  type Service,
  type Task,
} from '@aws-sdk/client-ecs';
import { expect, onTestFinished } from 'vitest';
import { client, type Region, type RegionOptions, startRegion } from '../../../sandbox/region/index.ts';

export interface Fixture {
  readonly region: Region;
  readonly ecs: ECSClient;
}

/** A region that ends with the test. Time stands still unless the test says otherwise. */
export async function startFixture(options: RegionOptions = { speed: 0 }): Promise<Fixture> {
  const region = await startRegion(options);
  const ecs = client(region);
  onTestFinished(async () => {
    ecs.destroy();
    await region.stop();
  });
  return { region, ecs };
}

/** A fixture with a cluster `main` and task definitions `web:1` (runs), `bad:1` (exits) and `missing:1` (cannot be pulled). */
export async function startPopulated(options?: RegionOptions): Promise<Fixture> {
  const fixture = await startFixture(options);
  await fixture.ecs.send(new CreateClusterCommand({ clusterName: 'main' }));
  await register(fixture.ecs, 'web', 'nginx');
  await register(fixture.ecs, 'bad', 'sim/exit:1');
  await register(fixture.ecs, 'missing', 'sim/cannot-pull');
  return fixture;
}

export async function register(ecs: ECSClient, family: string, image: string): Promise<string> {
  const { taskDefinition } = await ecs.send(
    new RegisterTaskDefinitionCommand({
      family,
      networkMode: 'awsvpc',
      requiresCompatibilities: ['FARGATE'],
      cpu: '256',
      memory: '512',
      containerDefinitions: [{ name: 'app', image, portMappings: [{ containerPort: 80 }] }],
    }),
  );
  return taskDefinition?.taskDefinitionArn ?? '';
}

export const NETWORK = { awsvpcConfiguration: { subnets: ['subnet-1'] } };

export function serviceInput(overrides: Partial<CreateServiceCommandInput> = {}): CreateServiceCommandInput {
  return {
    cluster: 'main',
    serviceName: 'web',
    taskDefinition: 'web:1',
    desiredCount: 2,
    launchType: 'FARGATE',
    networkConfiguration: NETWORK,
    ...overrides,
  };
}

export async function createService(
  ecs: ECSClient,
  overrides: Partial<CreateServiceCommandInput> = {},
): Promise<Service> {
  const { service } = await ecs.send(new CreateServiceCommand(serviceInput(overrides)));
  return service ?? {};
}

export async function describe1(ecs: ECSClient, name = 'web'): Promise<Service> {
  const { services } = await ecs.send(new DescribeServicesCommand({ cluster: 'main', services: [name] }));
  const [service] = services ?? [];
  if (service === undefined) throw new Error(`service ${name} is missing`);
  return service;
}

export async function tasksOf(
  ecs: ECSClient,
  desiredStatus: 'RUNNING' | 'STOPPED',
  serviceName = 'web',
): Promise<Task[]> {
  const { taskArns = [] } = await ecs.send(new ListTasksCommand({ cluster: 'main', serviceName, desiredStatus }));
  if (taskArns.length === 0) return [];
  const { tasks = [] } = await ecs.send(new DescribeTasksCommand({ cluster: 'main', tasks: taskArns }));
  return tasks;
}

/** Moves time in small steps until the service is in a steady state, looking at it after each. */
export async function advanceUntil(
  fixture: Fixture,
  done: (service: Service) => boolean,
  look: (service: Service) => Promise<void> | void = () => {},
): Promise<Service> {
  for (let step = 0; step < 400; step += 1) {
    const service = await describe1(fixture.ecs);
    await look(service);
    if (done(service)) return service;
    fixture.region.advance(250);
  }
  throw new Error(`not reached: ${JSON.stringify(await describe1(fixture.ecs), null, 1)}`);
}

export const isCompleted = (service: Service): boolean =>
  service.deployments?.length === 1 && service.deployments[0]?.rolloutState === 'COMPLETED';

export async function expectError(call: Promise<unknown>, name: string, message?: string | RegExp): Promise<void> {
  const error = await call.then(
    () => undefined,
    (thrown: unknown) => thrown,
  );
  expect(error).toBeInstanceOf(Error);
  if (!(error instanceof Error)) return;
  expect(error.name).toBe(name);
  if (message instanceof RegExp) expect(error.message).toMatch(message);
  else if (message !== undefined) expect(error.message).toBe(message);
}
