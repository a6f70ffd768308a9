import {
  CreateServiceCommand,
  type CreateServiceCommandInput,
  CreateTaskSetCommand,
  DeleteServiceCommand,
  DeleteTaskSetCommand,
  DescribeTaskSetsCommand,
  type ECSClient,
  type TaskSet,
  UpdateServicePrimaryTaskSetCommand,
  UpdateTaskSetCommand,
} from '@aws-sdk/client-ecs';
import { describe, expect, it } from 'vitest';
import {
  createService,
  describe1,
  expectError,
  type Fixture,
  isCompleted,
  NETWORK,
  startPopulated,
  tasksOf,
} from '../../support.ts';
import { BALANCER, update } from './support.ts';

const WEB = { cluster: 'main', service: 'web' };

async function startExternal(timings: 'instant' | 'realistic' = 'instant'): Promise<Fixture> {
  const fixture = await startPopulated({ speed: 0, timings });
  await fixture.ecs.send(
    new CreateServiceCommand({
      cluster: 'main',
      serviceName: 'web',
      desiredCount: 3,
      deploymentController: { type: 'EXTERNAL' },
    }),
  );
  return fixture;
}

async function createSet(ecs: ECSClient, value?: number): Promise<TaskSet> {
  const { taskSet } = await ecs.send(
    new CreateTaskSetCommand({
      ...WEB,
      taskDefinition: 'web:1',
      launchType: 'FARGATE',
      networkConfiguration: NETWORK,
      externalId: 'blue',
      ...(value === undefined ? {} : { scale: { value, unit: 'PERCENT' } }),
    }),
  );
  return taskSet ?? {};
}

const scaleTo = (ecs: ECSClient, taskSet: string | undefined, value: number) =>
  ecs.send(new UpdateTaskSetCommand({ ...WEB, taskSet, scale: { value, unit: 'PERCENT' } }));

describe('a service with the EXTERNAL controller', () => {
  it('has no template and no deployments of its own (XD-02, XD-06)', async () => {
    const { ecs } = await startExternal();
    const service = await describe1(ecs);
    expect(service).toMatchObject({
      deploymentController: { type: 'EXTERNAL' },
      desiredCount: 3,
      deployments: [],
      taskSets: [],
      loadBalancers: [],
      deploymentConfiguration: { maximumPercent: 200, minimumHealthyPercent: 100 },
    });
    expect(service.taskDefinition).toBeUndefined();
    expect(service.currentServiceDeployment).toBeUndefined();
  });

  it('runs the share of its count that each task set is scaled to, rounded up', async () => {
    const { ecs } = await startExternal();
    const set = await createSet(ecs);
    expect(set).toMatchObject({
      id: expect.stringMatching(/^ecs-svc\/\d{19}$/),
      status: 'ACTIVE',
      computedDesiredCount: 0,
      scale: { value: 0, unit: 'PERCENT' },
      stabilityStatus: 'STABILIZING',
      externalId: 'blue',
      platformVersion: '1.4.0',
    });
    expect((await scaleTo(ecs, set.id, 50)).taskSet?.computedDesiredCount).toBe(2);
    const { taskSets } = await ecs.send(new DescribeTaskSetsCommand(WEB));
    expect(taskSets).toMatchObject([{ runningCount: 2, pendingCount: 0, stabilityStatus: 'STEADY_STATE' }]);
    expect((await describe1(ecs)).runningCount).toBe(2);
  });

  it('moves from one task set to another (XD-06)', async () => {
    const { ecs } = await startExternal();
    const blue = await createSet(ecs, 100);
    await ecs.send(new UpdateServicePrimaryTaskSetCommand({ ...WEB, primaryTaskSet: blue.taskSetArn }));
    const green = await createSet(ecs, 100);
    expect((await describe1(ecs)).runningCount).toBe(6);
    await ecs.send(new UpdateServicePrimaryTaskSetCommand({ ...WEB, primaryTaskSet: green.id }));
    expect((await describe1(ecs)).taskSets?.map(({ status }) => status)).toEqual(['ACTIVE', 'PRIMARY']);
    const remove = (force: boolean, taskSet: string | undefined) =>
      ecs.send(new DeleteTaskSetCommand({ ...WEB, taskSet, force }));
    await expectError(remove(false, blue.id), 'InvalidParameterException', /scaled above 0/);
    await expectError(remove(true, green.id), 'InvalidParameterException', /primary task set/);
    expect((await remove(true, blue.id)).taskSet?.status).toBe('DRAINING');
    expect(await describe1(ecs)).toMatchObject({ runningCount: 3, taskSets: [{ id: green.id }] });
    await expectError(scaleTo(ecs, blue.id, 1), 'TaskSetNotFoundException');
  });

  it('shows a task set that is deleted as DRAINING until its last task is gone', async () => {
    const { ecs, region } = await startExternal('realistic');
    const { id } = await createSet(ecs, 100);
    region.advance(60_000);
    await ecs.send(new DeleteTaskSetCommand({ ...WEB, taskSet: id, force: true }));
    const seen: (string | undefined)[] = [];
    for (let step = 0; step < 50; step += 1) {
      const { taskSets = [] } = await describe1(ecs);
      const ending = (await tasksOf(ecs, 'STOPPED')).some(({ lastStatus }) => lastStatus !== 'STOPPED');
      if (ending) expect(taskSets.map(({ status }) => status)).toEqual(['DRAINING']);
      seen.push(taskSets[0]?.status);
      region.advance(100);
    }
    expect(seen.at(-1)).toBeUndefined();
  });

  it('takes its count, but nothing that belongs to task sets (XD-03)', async () => {
    const { ecs } = await startExternal();
    await createSet(ecs, 100);
    await update(ecs, { desiredCount: 1 });
    expect((await describe1(ecs)).runningCount).toBe(1);
    await expectError(update(ecs, { taskDefinition: 'web:1' }), 'InvalidParameterException');
    await expectError(update(ecs, { forceNewDeployment: true }), 'InvalidParameterException');
    await expectError(
      createService(ecs, { serviceName: 'other', deploymentController: { type: 'EXTERNAL' } }),
      'InvalidParameterException',
    );
  });

  it('can be deleted by force with its task sets', async () => {
    const { ecs, region } = await startExternal();
    await createSet(ecs, 100);
    await expectError(ecs.send(new DeleteServiceCommand(WEB)), 'InvalidParameterException');
    await ecs.send(new DeleteServiceCommand({ ...WEB, force: true }));
    expect((await describe1(ecs)).status).toBe('INACTIVE');
    expect(region.inventory().tasks).toEqual([]);
  });

  it('can be handed over to ECS, which goes on from its primary task set', async () => {
    const { ecs } = await startExternal();
    const set = await createSet(ecs, 100);
    await ecs.send(new UpdateServicePrimaryTaskSetCommand({ ...WEB, primaryTaskSet: set.id }));
    await update(ecs, { deploymentController: { type: 'ECS' } });
    const service = await describe1(ecs);
    expect(isCompleted(service)).toBe(true);
    expect(service).toMatchObject({ runningCount: 3, launchType: 'FARGATE' });
    expect(service.taskDefinition).toMatch(/web:1$/);
  });
});

describe('a service with the CODE_DEPLOY controller', () => {
  const codeDeploy: Partial<CreateServiceCommandInput> = {
    deploymentController: { type: 'CODE_DEPLOY' },
    loadBalancers: [BALANCER],
  };

  it('gets one task set from ECS, which is PRIMARY (BG-11)', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    await createService(ecs, codeDeploy);
    expect(await describe1(ecs)).toMatchObject({
      runningCount: 2,
      deployments: [],
      taskSets: [{ status: 'PRIMARY', scale: { value: 100 }, runningCount: 2, stabilityStatus: 'STEADY_STATE' }],
    });
  });

  it('leaves deployments to CodeDeploy (BG-07)', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    await createService(ecs, codeDeploy);
    const refused = (what: string): string =>
      `Unable to update ${what} on services with a CODE_DEPLOY deployment controller. Use AWS CodeDeploy to trigger a new deployment.`;
    await expectError(
      update(ecs, { taskDefinition: 'web:1' }),
      'InvalidParameterException',
      refused('task definition'),
    );
    await expectError(
      update(ecs, { networkConfiguration: NETWORK }),
      'InvalidParameterException',
      refused('network parameters'),
    );
    await expectError(
      update(ecs, { forceNewDeployment: true }),
      'InvalidParameterException',
      /^Cannot force a new deployment/,
    );
    await update(ecs, { desiredCount: 4 });
    expect((await describe1(ecs)).runningCount).toBe(4);
  });

  it('needs a load balancer, and has no circuit breaker', async () => {
    const { ecs } = await startPopulated();
    await expectError(createService(ecs, { ...codeDeploy, loadBalancers: [] }), 'InvalidParameterException');
    await expectError(
      createService(ecs, {
        ...codeDeploy,
        deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
      }),
      'InvalidParameterException',
      'Deployment circuit breaker feature can only be configured with ECS deployment controller.',
    );
  });

  it('can be handed over to ECS, whose first deployment replaces its task set', async () => {
    const { ecs } = await startPopulated({ timings: 'instant' });
    await createService(ecs, codeDeploy);
    await update(ecs, { deploymentController: { type: 'ECS' }, taskDefinition: 'web:1' });
    const service = await describe1(ecs);
    expect(isCompleted(service)).toBe(true);
    expect(service).toMatchObject({ runningCount: 2, deploymentController: { type: 'ECS' } });
    expect(service.taskSets).toBeUndefined();
  });
});

it('has no task sets where ECS deploys', async () => {
  const { ecs } = await startPopulated();
  await createService(ecs);
  await expectError(createSet(ecs), 'InvalidParameterException', /Task sets are only supported/);
});
