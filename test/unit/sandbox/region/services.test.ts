import {
  CreateServiceCommand,
  type CreateServiceCommandInput,
  DeleteServiceCommand,
  DescribeServicesCommand,
  ListServicesCommand,
  type Service,
  StopTaskCommand,
  UpdateServiceCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import {
  advanceUntil,
  createService,
  describe1,
  expectError,
  isCompleted,
  NETWORK,
  register,
  serviceInput,
  startPopulated,
  tasksOf,
} from './support.ts';

const messages = (service: Service): string[] => service.events?.map((event) => event.message ?? '') ?? [];

describe('creating a service', () => {
  it('starts its tasks and completes the first deployment', async () => {
    const fixture = await startPopulated();
    const created = await createService(fixture.ecs);
    expect(created).toMatchObject({ status: 'ACTIVE', desiredCount: 2, runningCount: 0, pendingCount: 0 });
    const service = await advanceUntil(fixture, isCompleted);
    expect(service).toMatchObject({ runningCount: 2, pendingCount: 0 });
    expect(messages(service)[0]).toBe('(service web) has reached a steady state.');
    expect(service.deployments?.[0]?.rolloutStateReason).toBe(
      `ECS deployment ${service.deployments?.[0]?.id} completed.`,
    );
  });

  it('passes through the task states in order', async () => {
    const fixture = await startPopulated();
    await createService(fixture.ecs, { desiredCount: 1 });
    const seen: string[] = [];
    await advanceUntil(fixture, isCompleted, async () => {
      const [task] = await tasksOf(fixture.ecs, 'RUNNING');
      if (task?.lastStatus !== undefined && seen.at(-1) !== task.lastStatus) seen.push(task.lastStatus);
    });
    expect(seen).toEqual(['PROVISIONING', 'PENDING', 'ACTIVATING', 'RUNNING']);
  });

  it('is done by the next request with instant timings', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    await createService(ecs, { desiredCount: 5 });
    const service = await describe1(ecs);
    expect(service).toMatchObject({ runningCount: 5, pendingCount: 0 });
    expect(isCompleted(service)).toBe(true);
  });

  it('answers the same call with the same client token again', async () => {
    const { ecs, region } = await startPopulated();
    const first = await createService(ecs, { clientToken: 'token-1' });
    const second = await createService(ecs, { clientToken: 'token-1' });
    expect(second.serviceArn).toBe(first.serviceArn);
    expect(second.deployments?.[0]?.id).toBe(first.deployments?.[0]?.id);
    expect(region.inventory().services).toHaveLength(1);
  });

  it.each([
    ['no client token', {}, {}],
    ['another client token', { clientToken: 'a' }, { clientToken: 'b' }],
    ['another input under the same client token', { clientToken: 'a' }, { clientToken: 'a', desiredCount: 3 }],
  ])('refuses a name in use with %s', async (_, first, second) => {
    const { ecs } = await startPopulated();
    await createService(ecs, first);
    await expectError(
      createService(ecs, second),
      'InvalidParameterException',
      'Creation of service was not idempotent.',
    );
  });

  const refused: [string, Partial<CreateServiceCommandInput>, string, string | RegExp][] = [
    ['an unknown cluster', { cluster: 'other' }, 'ClusterNotFoundException', 'Cluster not found.'],
    ['an unknown task definition', { taskDefinition: 'nope' }, 'ClientException', 'TaskDefinition not found.'],
    [
      'no task definition',
      { taskDefinition: undefined },
      'InvalidParameterException',
      'TaskDefinition can not be blank.',
    ],
    ['a negative count', { desiredCount: -1 }, 'InvalidParameterException', 'Desired count can not be negative.'],
    [
      'DAEMON on Fargate',
      { schedulingStrategy: 'DAEMON', desiredCount: undefined },
      'InvalidParameterException',
      /DAEMON/,
    ],
    [
      'launch type with a strategy',
      { capacityProviderStrategy: [{ capacityProvider: 'FARGATE' }] },
      'InvalidParameterException',
      /^Specifying both a launch type and capacity provider strategy/,
    ],
    [
      'a provider that the cluster does not have',
      { launchType: undefined, capacityProviderStrategy: [{ capacityProvider: 'FARGATE', weight: 1 }] },
      'InvalidParameterException',
      /not associated with the cluster/,
    ],
    [
      'no network configuration',
      { networkConfiguration: undefined },
      'InvalidParameterException',
      "Network Configuration must be provided when networkMode 'awsvpc' is specified.",
    ],
    [
      'a load balancer on an unknown container',
      { loadBalancers: [{ targetGroupArn: 'arn:x', containerName: 'nope', containerPort: 80 }] },
      'InvalidParameterException',
      'The container nope does not exist in the task definition.',
    ],
    [
      'limits that block every deployment',
      { deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 100 } },
      'InvalidParameterException',
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    ],
    [
      'an unknown launch type',
      { launchType: 'MOON' as 'EC2' },
      'InvalidParameterException',
      /enum value set: \[EC2, EXTERNAL, FARGATE/,
    ],
  ];

  it.each(refused)('refuses %s', async (_, overrides, name, message) => {
    const { ecs, region } = await startPopulated();
    await expectError(createService(ecs, overrides), name, message);
    expect(region.inventory().services).toEqual([]);
  });
});

describe('what DescribeServices shows', () => {
  it('leaves out what AWS leaves out', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    await createService(ecs, {
      tags: [{ key: 'team', value: 'a' }],
      serviceConnectConfiguration: { enabled: true, namespace: 'internal' },
    });
    const service = await describe1(ecs);
    expect(service).not.toHaveProperty('serviceConnectConfiguration');
    expect(service).not.toHaveProperty('deploymentController');
    expect(service).not.toHaveProperty('capacityProviderStrategy');
    expect(service.tags ?? []).toEqual([]);
    expect(service.deployments?.[0]?.serviceConnectConfiguration).toEqual({ enabled: true, namespace: 'internal' });
    const tagged = await ecs.send(
      new DescribeServicesCommand({ cluster: 'main', services: ['web'], include: ['TAGS'] }),
    );
    expect(tagged.services?.[0]?.tags).toEqual([{ key: 'team', value: 'a' }]);
  });

  it('fills in what AWS fills in', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    await createService(ecs);
    expect(await describe1(ecs)).toMatchObject({
      launchType: 'FARGATE',
      platformVersion: 'LATEST',
      platformFamily: 'Linux',
      schedulingStrategy: 'REPLICA',
      propagateTags: 'NONE',
      enableECSManagedTags: false,
      availabilityZoneRebalancing: 'ENABLED',
      loadBalancers: [],
      placementConstraints: [],
      networkConfiguration: {
        awsvpcConfiguration: { subnets: ['subnet-1'], securityGroups: [], assignPublicIp: 'DISABLED' },
      },
      deploymentConfiguration: {
        maximumPercent: 200,
        minimumHealthyPercent: 100,
        deploymentCircuitBreaker: { enable: false, rollback: false },
      },
      deployments: [{ status: 'PRIMARY', platformVersion: '1.4.0' }],
    });
  });

  it('reports missing services as failures and takes ten at most', async () => {
    const { ecs } = await startPopulated();
    await createService(ecs);
    const found = await ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web', 'gone'] }));
    expect(found.services).toHaveLength(1);
    expect(found.failures).toEqual([{ arn: 'arn:aws:ecs:eu-central-1:123456789012:service/gone', reason: 'MISSING' }]);
    const names = Array.from({ length: 11 }, (_, index) => `s${index}`);
    await expectError(
      ecs.send(new DescribeServicesCommand({ cluster: 'main', services: names })),
      'InvalidParameterException',
    );
  });

  it('pages through all services once', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    for (let index = 0; index < 23; index += 1) await createService(ecs, { serviceName: `s${index}` });
    const arns: string[] = [];
    let nextToken: string | undefined;
    do {
      const result = await ecs.send(new ListServicesCommand({ cluster: 'main', maxResults: 10, nextToken }));
      arns.push(...(result.serviceArns ?? []));
      nextToken = result.nextToken;
    } while (nextToken !== undefined);
    expect(arns).toHaveLength(23);
    expect(new Set(arns).size).toBe(23);
  });
});

describe('updating a service', () => {
  it.each([
    [4, 100, 200],
    [4, 50, 100],
    [3, 34, 134],
    [5, 0, 100],
    [1, 0, 200],
    [7, 75, 130],
  ])(
    'replaces its tasks within the limits (desired, minimum, maximum): %i, %i, %i',
    async (desiredCount, minimumHealthyPercent, maximumPercent) => {
      const fixture = await startPopulated();
      const rebalancing = maximumPercent > 100 ? {} : ({ availabilityZoneRebalancing: 'DISABLED' } as const);
      await createService(fixture.ecs, {
        desiredCount,
        ...rebalancing,
        deploymentConfiguration: { minimumHealthyPercent, maximumPercent },
      });
      await advanceUntil(fixture, isCompleted);
      const next = await register(fixture.ecs, 'web', 'nginx:2');
      await fixture.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web' }));
      const service = await advanceUntil(fixture, isCompleted, async (seen) => {
        expect(seen.runningCount).toBeGreaterThanOrEqual(Math.ceil((desiredCount * minimumHealthyPercent) / 100));
        const stopping = (await tasksOf(fixture.ecs, 'STOPPED')).filter((task) =>
          ['DEACTIVATING', 'STOPPING'].includes(task.lastStatus ?? ''),
        );
        const occupied = (seen.runningCount ?? 0) + (seen.pendingCount ?? 0) + stopping.length;
        expect(occupied).toBeLessThanOrEqual(Math.floor((desiredCount * maximumPercent) / 100));
      });
      expect(service.taskDefinition).toBe(next);
      expect(service.runningCount).toBe(desiredCount);
    },
  );

  it('scales without a new deployment and replaces a task that somebody stopped', async () => {
    const fixture = await startPopulated({ timings: 'instant' });
    const { ecs } = fixture;
    const id = (await createService(ecs)).deployments?.[0]?.id;
    await ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 4 }));
    expect(await describe1(ecs)).toMatchObject({ runningCount: 4, deployments: [{ id }] });
    await ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 1 }));
    expect(await describe1(ecs)).toMatchObject({ runningCount: 1, deployments: [{ id }] });
    const [task] = await tasksOf(ecs, 'RUNNING');
    await ecs.send(new StopTaskCommand({ cluster: 'main', task: task?.taskArn, reason: 'test' }));
    expect(await describe1(ecs)).toMatchObject({ runningCount: 1, deployments: [{ id, failedTasks: 0 }] });
    const stopped = (await tasksOf(ecs, 'STOPPED')).find(({ taskArn }) => taskArn === task?.taskArn);
    expect(stopped).toMatchObject({ lastStatus: 'STOPPED', stopCode: 'UserInitiated', stoppedReason: 'test' });
  });

  it('starts no deployment for values that are already there, and one when forced', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    const id = (await createService(ecs)).deployments?.[0]?.id;
    const same = { cluster: 'main', service: 'web', taskDefinition: 'web:1', networkConfiguration: NETWORK };
    await ecs.send(new UpdateServiceCommand(same));
    expect((await describe1(ecs)).deployments).toMatchObject([{ id }]);
    await ecs.send(new UpdateServiceCommand({ ...same, forceNewDeployment: true }));
    expect((await describe1(ecs)).deployments?.[0]?.id).not.toBe(id);
  });

  it('changes nothing when one of its fields is refused', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    await createService(ecs);
    const update = { cluster: 'main', service: 'web', desiredCount: 5, taskDefinition: 'nope' };
    await expectError(ecs.send(new UpdateServiceCommand(update)), 'ClientException', 'TaskDefinition not found.');
    expect((await describe1(ecs)).desiredCount).toBe(2);
    await expectError(
      ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'gone' })),
      'ServiceNotFoundException',
      'Service not found.',
    );
  });

  it('says so when percentages leave no room to move', async () => {
    const fixture = await startPopulated();
    await createService(fixture.ecs, {
      desiredCount: 3,
      deploymentConfiguration: { minimumHealthyPercent: 100, maximumPercent: 125 },
    });
    await advanceUntil(fixture, isCompleted);
    await register(fixture.ecs, 'web', 'nginx:2');
    await fixture.ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', taskDefinition: 'web' }));
    fixture.region.advance(60_000);
    const service = await describe1(fixture.ecs);
    expect(messages(service)[0]).toMatch(/unable to stop or start tasks during a deployment/);
    expect(service.deployments).toHaveLength(2);
  });
});

describe('deleting a service', () => {
  it('needs it scaled to 0 or forced', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    await createService(ecs);
    const input = { cluster: 'main', service: 'web' };
    await expectError(
      ecs.send(new DeleteServiceCommand(input)),
      'InvalidParameterException',
      'The service cannot be stopped while it is scaled above 0.',
    );
    await ecs.send(new UpdateServiceCommand({ ...input, desiredCount: 0 }));
    const { service } = await ecs.send(new DeleteServiceCommand(input));
    expect(service?.status).toBe('DRAINING');
  });

  it('drains, keeps the name until it is INACTIVE, and then gives it back', async () => {
    const fixture = await startPopulated();
    const { ecs, region } = fixture;
    await createService(ecs);
    await advanceUntil(fixture, isCompleted);
    await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    expect(await describe1(ecs)).toMatchObject({ status: 'DRAINING', desiredCount: 0 });
    expect((await ecs.send(new ListServicesCommand({ cluster: 'main' }))).serviceArns).toEqual([]);
    await expectError(
      createService(ecs),
      'InvalidParameterException',
      'Unable to Start a service that is still Draining.',
    );
    await expectError(
      ecs.send(new UpdateServiceCommand({ cluster: 'main', service: 'web', desiredCount: 1 })),
      'ServiceNotActiveException',
      'Service was not ACTIVE.',
    );
    const gone = await advanceUntil(fixture, (seen) => seen.status === 'INACTIVE');
    expect(gone.deployments).toEqual([]);
    expect(region.inventory().services).toEqual([]);
    await createService(ecs);
    const service = await advanceUntil(fixture, isCompleted);
    expect(service.status).toBe('ACTIVE');
  });

  it('is MISSING an hour after it became INACTIVE', async () => {
    const { ecs, region } = await startPopulated({ timings: 'instant', speed: 0 });
    await createService(ecs);
    await ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web', force: true }));
    expect((await describe1(ecs)).status).toBe('INACTIVE');
    region.advance(3_600_001);
    const { failures } = await ecs.send(new DescribeServicesCommand({ cluster: 'main', services: ['web'] }));
    expect(failures?.[0]?.reason).toBe('MISSING');
    await expectError(
      ecs.send(new DeleteServiceCommand({ cluster: 'main', service: 'web' })),
      'ServiceNotFoundException',
    );
  });
});

describe('a service on EC2', () => {
  it('places nothing and says why', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    await ecs.send(new CreateServiceCommand(serviceInput({ launchType: 'EC2' })));
    const service = await describe1(ecs);
    expect(service).toMatchObject({ runningCount: 0, pendingCount: 0 });
    expect(messages(service)[0]).toMatch(
      /unable to place a task because no container instance met all of its requirements/,
    );
  });

  it('wants no task as a DAEMON, because there is no instance', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    await createService(ecs, { launchType: 'EC2', schedulingStrategy: 'DAEMON', desiredCount: undefined });
    expect(isCompleted(await describe1(ecs))).toBe(true);
  });
});
