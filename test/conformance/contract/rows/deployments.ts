import { expect } from 'vitest';
import type { Aws } from '../aws.ts';
import {
  createService,
  describeService,
  fargateDefinition,
  type Placed,
  primary,
  register,
  tasksOf,
} from '../builders.ts';
import { must, only, refused } from '../expect.ts';
import { type Row, row } from '../row.ts';

/** A steady service, and a second revision of its family that runs this image. */
async function steadyWithNext(
  aws: Aws,
  image: string,
  overrides: Parameters<typeof createService>[1] = {},
): Promise<{ placed: Placed; first: string; second: string }> {
  const input = fargateDefinition(aws);
  const first = (await register(aws, input)).taskDefinitionArn;
  const placed = await createService(aws, { taskDefinition: first, ...overrides });
  await aws.settle();
  const next = {
    ...input,
    containerDefinitions: [{ name: 'app', image, memory: 256, portMappings: [{ containerPort: 80 }] }],
  };
  return { placed, first, second: (await register(aws, next)).taskDefinitionArn };
}

async function update(
  aws: Aws,
  { cluster, serviceName: service }: Placed,
  change: Omit<Parameters<Aws['ecs']['updateService']>[0], 'service'>,
): Promise<void> {
  await aws.ecs.updateService({ cluster, service, ...change });
}

export const deployments: readonly Row[] = [
  row('SU-19g', 'a new service has one PRIMARY deployment that is IN_PROGRESS', async (aws) => {
    const { created } = await createService(aws);
    expect(only(created.deployments)).toMatchObject({
      status: 'PRIMARY',
      rolloutState: 'IN_PROGRESS',
      desiredCount: 1,
    });
    expect(only(created.deployments).id).toMatch(/^ecs-svc\/\d+$/);
  }),
  row('CB-05', 'a deployment that has come to rest is COMPLETED and says so', async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const deployment = await primary(aws, placed);
    expect(deployment).toMatchObject({ rolloutState: 'COMPLETED', runningCount: 1, failedTasks: 0 });
    expect(deployment.rolloutStateReason).toBe(`ECS deployment ${deployment.id} completed.`);
  }),
  row('CB-05b', 'a deployment in progress says so', async (aws) => {
    const { created } = await createService(aws);
    const deployment = only(created.deployments);
    expect(deployment.rolloutStateReason).toBe(`ECS deployment ${deployment.id} in progress.`);
  }),
  row(
    'SU-17',
    'another task definition begins a new deployment; the old one is ACTIVE until it is drained',
    async (aws) => {
      const { placed, second } = await steadyWithNext(aws, 'nginx:2');
      const before = await primary(aws, placed);
      await update(aws, placed, { taskDefinition: second });
      const service = await describeService(aws, placed);
      expect(service.deployments?.map(({ status }) => status)).toEqual(['PRIMARY', 'ACTIVE']);
      expect(service.deployments?.[1]?.id).toBe(before.id);
      await aws.settle();
      expect(only((await describeService(aws, placed)).deployments)).toMatchObject({
        status: 'PRIMARY',
        taskDefinition: second,
        rolloutState: 'COMPLETED',
      });
    },
  ),
  row('SU-17b', 'after a roll all tasks run the new definition', async (aws) => {
    const { placed, second } = await steadyWithNext(aws, 'nginx:2', { desiredCount: 3 });
    await update(aws, placed, { taskDefinition: second });
    await aws.settle(180);
    const tasks = await tasksOf(aws, placed);
    expect(tasks.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([second, second, second]);
  }),
  row('SU-17c', 'a change of the desired count alone begins no deployment', async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const { id } = await primary(aws, placed);
    await update(aws, placed, { desiredCount: 2 });
    await aws.settle();
    expect(only((await describeService(aws, placed)).deployments).id).toBe(id);
  }),
  row('SU-11', 'forceNewDeployment begins a deployment of the same definition', async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const before = await primary(aws, placed);
    await update(aws, placed, { forceNewDeployment: true });
    const after = await primary(aws, placed);
    expect(after.id).not.toBe(before.id);
    expect(after.taskDefinition).toBe(before.taskDefinition);
  }),
  row('SU-17d', "a change of the tags' propagation begins no deployment", async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const { id } = await primary(aws, placed);
    await update(aws, placed, { propagateTags: 'SERVICE' });
    expect((await primary(aws, placed)).id).toBe(id);
  }),
  row('PV-04', 'another platform version begins a deployment', async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const { id } = await primary(aws, placed);
    await update(aws, placed, { platformVersion: '1.4.0' });
    expect((await primary(aws, placed)).id).not.toBe(id);
  }),
  row(
    'RD-02',
    'the roll starts no task above maximumPercent and stops none below minimumHealthyPercent',
    async (aws) => {
      const { placed, second } = await steadyWithNext(aws, 'nginx:2', {
        desiredCount: 4,
        deploymentConfiguration: { maximumPercent: 150, minimumHealthyPercent: 50 },
      });
      await update(aws, placed, { taskDefinition: second });
      for (let second_ = 0; second_ < 60; second_ += 1) {
        await aws.settle(1);
        const { runningCount = 0, pendingCount = 0 } = await describeService(aws, placed);
        expect(runningCount + pendingCount).toBeLessThanOrEqual(6);
        expect(runningCount).toBeGreaterThanOrEqual(2);
      }
      const tasks = await tasksOf(aws, placed);
      expect(tasks.map(({ taskDefinitionArn }) => taskDefinitionArn)).toEqual([second, second, second, second]);
    },
  ),
  row('CB-02', 'the circuit breaker of a service of one trips at three failed tasks', async (aws) => {
    const { placed, second } = await steadyWithNext(aws, 'sim/cannot-pull', {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: false } },
    });
    await update(aws, placed, { taskDefinition: second });
    await aws.settle(1_800);
    const deployment = await primary(aws, placed);
    expect(deployment).toMatchObject({ rolloutState: 'FAILED', taskDefinition: second });
    expect(deployment.failedTasks).toBeGreaterThanOrEqual(3);
    expect(deployment.rolloutStateReason).toBe('ECS deployment circuit breaker: tasks failed to start.');
  }),
  row('CB-04', 'a rollback brings the last completed definition back', async (aws) => {
    const { placed, first, second } = await steadyWithNext(aws, 'sim/cannot-pull', {
      deploymentConfiguration: { deploymentCircuitBreaker: { enable: true, rollback: true } },
    });
    await update(aws, placed, { taskDefinition: second });
    await aws.settle(1_800);
    expect(await describeService(aws, placed)).toMatchObject({ taskDefinition: first, runningCount: 1 });
    const deployment = await primary(aws, placed);
    expect(deployment.rolloutState).toBe('COMPLETED');
  }),
  row('CB-01', 'without the circuit breaker a deployment that fails goes on for ever', async (aws) => {
    const { placed, second } = await steadyWithNext(aws, 'sim/cannot-pull');
    await update(aws, placed, { taskDefinition: second });
    await aws.settle(1_800);
    expect((await primary(aws, placed)).rolloutState).toBe('IN_PROGRESS');
    expect((await describeService(aws, placed)).runningCount).toBe(1);
  }),
  row('RD-01', 'percentages that allow neither a start nor a stop are refused', async (aws) => {
    await refused(
      createService(aws, { deploymentConfiguration: { maximumPercent: 100, minimumHealthyPercent: 100 } }),
      'InvalidParameterException',
      'Both maximumPercent and minimumHealthyPercent cannot be 100 as this will block deployments.',
    );
  }),
  row('FB.6l', 'each change of the service is a service deployment with a target revision', async (aws) => {
    const placed = await createService(aws);
    await aws.settle();
    const { cluster, serviceName: service } = placed;
    const { serviceDeployments } = await aws.ecs.listServiceDeployments({ cluster, service });
    const brief = only(serviceDeployments);
    expect(brief.status).toBe('SUCCESSFUL');
    expect(brief.serviceDeploymentArn).toMatch(new RegExp(`:service-deployment/${cluster}/${service}/`));
    expect(brief.targetServiceRevisionArn).toMatch(new RegExp(`:service-revision/${cluster}/${service}/\\d+$`));
  }),
  row('FB.6m', 'a service revision holds what DescribeServices leaves out', async (aws) => {
    const { cluster, serviceName: service } = await createService(aws, {
      serviceConnectConfiguration: { enabled: true, namespace: 'apps' },
    });
    await aws.settle();
    const { serviceDeployments } = await aws.ecs.listServiceDeployments({ cluster, service });
    const arn = must(only(serviceDeployments).targetServiceRevisionArn);
    const { serviceRevisions } = await aws.ecs.describeServiceRevisions({ serviceRevisionArns: [arn] });
    expect(only(serviceRevisions)).toMatchObject({
      serviceConnectConfiguration: { enabled: true, namespace: 'apps' },
      launchType: 'FARGATE',
      platformVersion: '1.4.0',
    });
  }),
];
